/**
 * Where a message goes. Equal answers are one object: the same exchange and key, or another key that leads to the
 * same places, give the same RouteResult until a binding changes, so that a run of messages is recognised by
 * identity.
 */
export class RouteResult {
  /** Numbers of logs and queues, ascending, each once. */
  readonly destinations: readonly number[];

  constructor(destinations: number[]) {
    this.destinations = Object.freeze(destinations);
  }
}

export const nowhere: RouteResult = new RouteResult([]);

/** What is known about one exchange: one answer whatever the key, or an answer by key. */
class KnownRoutes {
  any: RouteResult | null = null;
  readonly byKey = new Map<string, RouteResult>();
}

/**
 * Answers that were worked out before. Two generations stand in for a list in order of use: what is looked up moves
 * to the young one, and when that holds half the limit, the old one is dropped whole. A hit costs two map lookups
 * and no bookkeeping.
 */
export class RouteCache {
  private readonly youngMax: number;
  private young = new Map<string, KnownRoutes>();
  private old = new Map<string, KnownRoutes>();
  private youngCount = 0;

  constructor(routesMax: number) {
    this.youngMax = Math.max(1, routesMax >>> 1);
  }

  find(exchange: string, key: string): RouteResult | undefined {
    const routes = this.young.get(exchange);
    if (routes !== undefined) {
      if (routes.any !== null) return routes.any;
      const known = routes.byKey.get(key);
      if (known !== undefined) return known;
    }
    return this.old.size === 0 ? undefined : this.findOld(exchange, key);
  }

  private findOld(exchange: string, key: string): RouteResult | undefined {
    const routes = this.old.get(exchange);
    if (routes === undefined) return undefined;
    if (routes.any !== null) {
      this.keepForAnyKey(exchange, routes.any);
      return routes.any;
    }
    const known = routes.byKey.get(key);
    if (known !== undefined) this.keep(exchange, key, known);
    return known;
  }

  keep(exchange: string, key: string, result: RouteResult): void {
    this.routesOf(exchange).byKey.set(key, result);
    this.count();
  }

  keepForAnyKey(exchange: string, result: RouteResult): void {
    this.routesOf(exchange).any = result;
    this.count();
  }

  private routesOf(exchange: string): KnownRoutes {
    let routes = this.young.get(exchange);
    if (routes === undefined) {
      routes = new KnownRoutes();
      this.young.set(exchange, routes);
    }
    return routes;
  }

  private count(): void {
    this.youngCount++;
    if (this.youngCount < this.youngMax) return;
    this.old = this.young;
    this.young = new Map();
    this.youngCount = 0;
  }

  get empty(): boolean {
    return this.young.size === 0 && this.old.size === 0;
  }

  forget(exchange: string): void {
    this.young.delete(exchange);
    this.old.delete(exchange);
  }

  clear(): void {
    this.young.clear();
    this.old.clear();
    this.youngCount = 0;
  }
}

/** One object per set of destinations. Bounded: when full it starts afresh, which costs identity, not correctness. */
export class RouteResults {
  private readonly resultsMax: number;
  private readonly single = new Map<number, RouteResult>();
  private readonly several = new Map<string, RouteResult>();

  constructor(resultsMax: number) {
    this.resultsMax = resultsMax;
  }

  to(destination: number): RouteResult {
    return this.single.get(destination) ?? this.addSingle(destination);
  }

  private addSingle(destination: number): RouteResult {
    const result = new RouteResult([destination]);
    if (this.single.size >= this.resultsMax) this.single.clear();
    this.single.set(destination, result);
    return result;
  }

  /** `destinations` may hold one twice and in any order; it is the caller's to use again. */
  of(destinations: number[]): RouteResult {
    if (destinations.length === 0) return nowhere;
    if (destinations.length > 1) destinations.sort(ascending);
    const unique = destinations.filter((destination, at) => destination !== destinations[at - 1]);
    if (unique.length === 1) return this.to(unique[0]!);
    const name = unique.join();
    const known = this.several.get(name);
    if (known !== undefined) return known;
    const result = new RouteResult(unique);
    if (this.several.size >= this.resultsMax) this.several.clear();
    this.several.set(name, result);
    return result;
  }

  forget(destination: number): void {
    this.single.delete(destination);
  }

  clear(): void {
    this.single.clear();
    this.several.clear();
  }
}

function ascending(left: number, right: number): number {
  return left - right;
}
