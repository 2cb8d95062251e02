import { assert } from '../../lib/assert.js';
import { type ByteReader, DecodeError } from '../../lib/byte-reader.js';
import { ByteWriter } from '../../lib/byte-writer.js';
import type { Recorder, State } from '../../log/state.js';
import { BrokerError } from '../errors.js';
import { Binding, type Destination, type MessageProperties } from './binding.js';
import { HeaderRule } from './binding-index.js';
import { Exchange, type ExchangeProperties, exchangeFault } from './exchange.js';
import { weightFault } from './hash-index.js';
import { type Headers, nestsTooDeeply, noHeaders, readHeaders, writeHeaders } from './headers.js';
import { RouteCache, type RouteResult, RouteResults } from './route-cache.js';
import { readDestination, readExchange, routerOperation, writeDestination, writeExchange } from './router-operation.js';

export interface RouterLimits {
  /** Answers kept by exchange and key; a fanout takes one, a headers exchange none. */
  readonly cachedRoutesMax: number;
  /** Distinct sets of destinations kept as one object each. */
  readonly cachedResultsMax: number;
}

export const defaultRouterLimits: RouterLimits = { cachedRoutesMax: 65_536, cachedResultsMax: 65_536 };

/** The exchange without a name: it leads to the log or queue whose name is the routing key. It cannot be bound. */
export const defaultExchangeName = '';

const snapshotVersion = 1;

/**
 * Takes an exchange, a routing key and headers, and answers the logs and queues a message goes to. One router per
 * namespace; nothing in it waits.
 *
 * Every change goes through the recorder before it is made. What follows from it (a binding that goes with its
 * exchange, an auto-delete exchange that goes with its last binding) is not recorded: replay makes it happen again.
 */
export class Router implements State {
  /** Grows with every change that can alter an answer. Who keeps an answer beyond one turn compares it. */
  version = 0;
  private readonly recorder: Recorder;
  private readonly predeclared: readonly ExchangeProperties[];
  private readonly byName = new Map<string, Exchange>();
  private readonly toLog = new Map<number, Set<Binding>>();
  /** Names of exchanges by the alternate they name, which may not exist. */
  private readonly byFallback = new Map<string, Set<Exchange>>();
  private alternateFor: (exchange: string) => string | null = () => null;
  private readonly idByName = new Map<string, number>();
  private readonly nameById = new Map<number, string>();
  private readonly cache: RouteCache;
  private readonly results: RouteResults;
  private readonly identityWriter = new ByteWriter();
  private walk = 0;
  private readonly walked: Exchange[] = [];
  private readonly matched: Binding[] = [];
  private readonly reached: number[] = [];

  /** Exchanges that are `predeclared` are there from the start, and not recorded as declared. */
  constructor(
    recorder: Recorder,
    limits: RouterLimits = defaultRouterLimits,
    predeclared: readonly ExchangeProperties[] = [],
  ) {
    this.recorder = recorder;
    this.predeclared = predeclared;
    this.cache = new RouteCache(limits.cachedRoutesMax);
    this.results = new RouteResults(limits.cachedResultsMax);
    this.declarePredeclared();
  }

  private declarePredeclared(): void {
    for (const exchange of this.predeclared) if (!this.byName.has(exchange.name)) this.applyDeclare(exchange);
  }

  /**
   * The answer for one publish; `null` when there is no such exchange. Known answers cost two map lookups;
   * an answer that headers or properties had a part in is worked out each time.
   */
  route(
    exchange: string,
    key: string,
    headers: Headers | null,
    properties: MessageProperties | null = null,
  ): RouteResult | null {
    const known = this.cache.find(exchange, key);
    if (known !== undefined) return known;
    if (exchange === defaultExchangeName) return this.routeByName(key);
    const source = this.byName.get(exchange);
    return source === undefined ? null : this.workOut(source, key, headers, properties);
  }

  /** For a message with several routing keys: the union, and the alternate only when none of the keys matched. */
  routeKeys(
    exchange: string,
    keys: readonly string[],
    headers: Headers | null,
    properties: MessageProperties | null = null,
  ): RouteResult | null {
    this.reached.length = 0;
    if (exchange === defaultExchangeName) {
      for (const key of keys) {
        const id = this.idByName.get(key);
        if (id !== undefined) this.reached.push(id);
      }
      return this.results.of(this.reached);
    }
    const source = this.byName.get(exchange);
    if (source === undefined) return null;
    this.follow(source, keys, headers, properties);
    return this.results.of(this.reached);
  }

  private routeByName(name: string): RouteResult {
    const id = this.idByName.get(name);
    if (id !== undefined) return this.results.to(id);
    this.reached.length = 0;
    return this.results.of(this.reached);
  }

  private workOut(
    source: Exchange,
    key: string,
    headers: Headers | null,
    properties: MessageProperties | null,
  ): RouteResult {
    this.reached.length = 0;
    this.follow(source, [key], headers, properties);
    const result = this.results.of(this.reached);
    let keyMatters = false;
    for (const exchange of this.walked) {
      if (exchange.readsContent) return result;
      if (exchange.routesAs !== 'fanout') keyMatters = true;
    }
    if (keyMatters) this.cache.keep(source.name, key, result);
    else this.cache.keepForAnyKey(source.name, result);
    return result;
  }

  /** Walks from exchange to exchange, each once, and leaves the destinations in `reached`, the way in `walked`. */
  private follow(
    source: Exchange,
    keys: readonly string[],
    headers: Headers | null,
    properties: MessageProperties | null,
  ): void {
    const { walked, matched, reached } = this;
    walked.length = 0;
    this.walk++;
    this.visit(source);
    for (let at = 0; at < walked.length; at++) {
      const exchange = walked[at]!;
      matched.length = 0;
      // A hash exchange leads to one place, however many keys there are.
      if (exchange.routesAs === 'x-consistent-hash') exchange.index.match(keys[0] ?? '', headers, matched, properties);
      else for (const key of keys) exchange.index.match(key, headers, matched, properties);
      if (matched.length === 0 && exchange.fallback !== null) this.visit(this.byName.get(exchange.fallback));
      for (const binding of matched) {
        if (typeof binding.destination === 'number') reached.push(binding.destination);
        else this.visit(this.byName.get(binding.destination));
      }
    }
  }

  private visit(exchange: Exchange | undefined): void {
    if (exchange === undefined || exchange.walkedAt === this.walk) return;
    exchange.walkedAt = this.walk;
    this.walked.push(exchange);
  }

  /**
   * Whether where messages go that are published here may depend on their headers or properties: those of other
   * exchanges need not be looked at before they are routed. Good until `version` changes.
   */
  readsContent(name: string): boolean {
    const exchange = this.byName.get(name);
    if (exchange === undefined) return false;
    const { walked } = this;
    walked.length = 0;
    this.walk++;
    this.visit(exchange);
    for (let at = 0; at < walked.length; at++) {
      const reached = walked[at]!;
      if (reached.readsContent) return true;
      if (reached.fallback !== null) this.visit(this.byName.get(reached.fallback));
      for (const { destination } of reached.outgoing.values()) {
        if (typeof destination === 'string') this.visit(this.byName.get(destination));
      }
    }
    return false;
  }

  find(name: string): Exchange | undefined {
    return this.byName.get(name);
  }

  exchanges(): IterableIterator<Exchange> {
    return this.byName.values();
  }

  bindingsTo(destination: Destination): Iterable<Binding> {
    const bindings =
      typeof destination === 'number' ? this.toLog.get(destination) : this.byName.get(destination)?.incoming;
    return bindings ?? [];
  }

  /**
   * Makes a log or queue known to the default exchange. Names belong to the catalog, which tells them again after
   * each start: they are not recorded here.
   */
  addDestination(name: string, id: number): void {
    assert(Number.isSafeInteger(id) && id >= 0, 'a destination is a whole number');
    this.idByName.set(name, id);
    this.nameById.set(id, name);
    this.version++;
  }

  /** The log or queue that the default exchange leads to by that name. */
  destination(name: string): number | undefined {
    return this.idByName.get(name);
  }

  nameOf(destination: number): string | undefined {
    return this.nameById.get(destination);
  }

  destinations(): IterableIterator<[string, number]> {
    return this.idByName.entries();
  }

  /** A log or queue is gone, and its name and bindings with it. */
  removeDestination(id: number): void {
    if (this.toLog.has(id)) {
      this.begin(routerOperation.removeDestination).uvarint(id);
      this.recorder.end();
    }
    this.applyRemoveDestination(id);
  }

  /** False when the exchange is already there just so; an exchange that differs is an error. */
  declare(properties: ExchangeProperties): boolean {
    this.refuseDefault(properties.name);
    const present = this.byName.get(properties.name);
    if (present !== undefined) {
      const difference = present.difference(properties);
      if (difference === null) return false;
      throw new BrokerError(
        'exchange-mismatch',
        `exchange '${properties.name}' is there with another ${difference}: ` +
          `${String(present[difference])}, not ${String(properties[difference])}`,
      );
    }
    refuseDeep(properties.arguments);
    const fault = exchangeFault(properties.type, properties.arguments);
    if (fault !== null) throw new BrokerError('invalid-exchange', fault);
    writeExchange(this.begin(routerOperation.declare), properties);
    this.recorder.end();
    this.applyDeclare(properties);
    return true;
  }

  /** False when there is no such exchange. In use means that bindings lead away from it. */
  delete(name: string, onlyIfUnused = false): boolean {
    this.refuseDefault(name);
    const exchange = this.byName.get(name);
    if (exchange === undefined) return false;
    if (onlyIfUnused && exchange.outgoing.size > 0) {
      throw new BrokerError('exchange-in-use', `exchange '${name}' has ${exchange.outgoing.size} bindings`);
    }
    this.begin(routerOperation.delete).string(name);
    this.recorder.end();
    this.remove(exchange);
    return true;
  }

  /** False when the binding is already there: same source, destination, key and arguments. */
  bind(source: string, destination: Destination, key: string, args: Headers = noHeaders): boolean {
    const exchange = this.endsOf(source, destination);
    refuseDeep(args);
    if (exchange.routesAs === 'headers') HeaderRule.of(args);
    const fault = exchange.routesAs === 'x-consistent-hash' ? weightFault(key) : null;
    if (fault !== null) throw new BrokerError('invalid-binding', fault);
    const identity = this.identityOf(destination, key, args);
    if (exchange.outgoing.has(identity)) return false;
    this.recordBinding(routerOperation.bind, source, destination, key, args);
    this.applyBind(exchange, destination, key, args, identity);
    return true;
  }

  /** False when there is no such binding, or no such exchange. */
  unbind(source: string, destination: Destination, key: string, args: Headers = noHeaders): boolean {
    this.refuseDefault(source);
    refuseDeep(args);
    const binding = this.byName.get(source)?.outgoing.get(this.identityOf(destination, key, args));
    if (binding === undefined) return false;
    this.recordBinding(routerOperation.unbind, source, destination, key, args);
    this.applyUnbind(binding);
    return true;
  }

  /** Drops the exchanges that were not meant to outlive the process; to be called once after recovery. */
  forgetTransient(): void {
    if (![...this.byName.values()].some((exchange) => !exchange.durable)) return;
    this.begin(routerOperation.forgetTransient);
    this.recorder.end();
    this.applyForgetTransient();
  }

  private refuseDefault(name: string): void {
    if (name === defaultExchangeName) {
      throw new BrokerError('reserved-exchange', 'the default exchange cannot be declared, deleted or bound');
    }
  }

  private endsOf(source: string, destination: Destination): Exchange {
    this.refuseDefault(source);
    if (typeof destination === 'string') {
      this.refuseDefault(destination);
      if (!this.byName.has(destination)) throw unknownExchange(destination);
    }
    const exchange = this.byName.get(source);
    if (exchange === undefined) throw unknownExchange(source);
    return exchange;
  }

  private identityOf(destination: Destination, key: string, args: Headers): string {
    const into = this.identityWriter;
    into.clear();
    writeDestination(into, destination);
    into.string(key);
    writeHeaders(into, args);
    return into.buffer.toString('latin1', 0, into.length);
  }

  private begin(operation: number): ByteWriter {
    const into = this.recorder.begin();
    into.u8(operation);
    return into;
  }

  private recordBinding(operation: number, source: string, destination: Destination, key: string, args: Headers): void {
    const into = this.begin(operation);
    into.string(source);
    writeDestination(into, destination);
    into.string(key);
    writeHeaders(into, args);
    this.recorder.end();
  }

  private applyDeclare(properties: ExchangeProperties): void {
    const exchange = new Exchange(properties);
    this.byName.set(exchange.name, exchange);
    exchange.fallback ??= this.alternateFor(exchange.name);
    this.joinFallback(exchange);
    this.changed(exchange);
  }

  private joinFallback(exchange: Exchange): void {
    if (exchange.fallback === null) return;
    const naming = this.byFallback.get(exchange.fallback);
    if (naming === undefined) this.byFallback.set(exchange.fallback, new Set([exchange]));
    else naming.add(exchange);
  }

  private applyBind(source: Exchange, destination: Destination, key: string, args: Headers, identity: string): void {
    const binding = new Binding(source, destination, key, args, identity);
    source.outgoing.set(identity, binding);
    source.index.add(binding);
    if (typeof destination === 'string') this.byName.get(destination)!.incoming.add(binding);
    else {
      const bindings = this.toLog.get(destination);
      if (bindings === undefined) this.toLog.set(destination, new Set([binding]));
      else bindings.add(binding);
    }
    this.changed(source);
  }

  private applyUnbind(binding: Binding): void {
    this.detach(binding);
    this.deleteIfDone(binding.source);
  }

  private applyRemoveDestination(id: number): void {
    const name = this.nameById.get(id);
    if (name !== undefined) {
      this.nameById.delete(id);
      if (this.idByName.get(name) === id) this.idByName.delete(name);
    }
    this.results.forget(id);
    this.version++;
    const bindings = this.toLog.get(id);
    if (bindings === undefined) return;
    const sources = new Set<Exchange>();
    for (const binding of bindings) {
      this.detach(binding);
      sources.add(binding.source);
    }
    for (const source of sources) this.deleteIfDone(source);
  }

  private applyForgetTransient(): void {
    const transient = [...this.byName.values()].filter((exchange) => !exchange.durable);
    for (const exchange of transient) if (this.byName.get(exchange.name) === exchange) this.remove(exchange);
  }

  /** Takes the exchange and all its bindings away; auto-delete exchanges that only led here follow. */
  private remove(first: Exchange): void {
    const leaving = [first];
    for (let exchange = leaving.pop(); exchange !== undefined; exchange = leaving.pop()) {
      if (this.byName.get(exchange.name) !== exchange) continue;
      this.changed(exchange);
      this.byName.delete(exchange.name);
      this.leaveFallback(exchange);
      for (const binding of exchange.outgoing.values()) this.detach(binding);
      for (const binding of exchange.incoming) {
        this.detach(binding);
        if (binding.source.autoDelete && binding.source.outgoing.size === 0) leaving.push(binding.source);
      }
    }
  }

  private leaveFallback(exchange: Exchange): void {
    if (exchange.fallback === null) return;
    const naming = this.byFallback.get(exchange.fallback);
    if (naming?.delete(exchange) && naming.size === 0) this.byFallback.delete(exchange.fallback);
  }

  /**
   * Says which alternate an exchange has that was declared without one, from now on and again whenever it may have
   * changed. Not recorded: what it follows from is.
   */
  fallBackTo(alternateFor: (exchange: string) => string | null): void {
    this.alternateFor = alternateFor;
    for (const exchange of this.byName.values()) {
      if (exchange.alternate !== null) continue;
      const fallback = alternateFor(exchange.name);
      if (fallback === exchange.fallback) continue;
      this.leaveFallback(exchange);
      exchange.fallback = fallback;
      this.joinFallback(exchange);
      this.changed(exchange);
    }
  }

  private detach(binding: Binding): void {
    const { source, destination } = binding;
    this.changed(source);
    source.outgoing.delete(binding.identity);
    source.index.remove(binding);
    if (typeof destination === 'string') this.byName.get(destination)?.incoming.delete(binding);
    else {
      const bindings = this.toLog.get(destination);
      if (bindings?.delete(binding) && bindings.size === 0) this.toLog.delete(destination);
    }
  }

  private deleteIfDone(exchange: Exchange): void {
    if (exchange.autoDelete && exchange.outgoing.size === 0) this.remove(exchange);
  }

  /** Answers that came by this exchange are no longer good: its own, and those of all that lead or fall back to it. */
  private changed(exchange: Exchange): void {
    this.version++;
    if (this.cache.empty) return;
    const { walked } = this;
    walked.length = 0;
    this.walk++;
    this.visit(exchange);
    for (let at = 0; at < walked.length; at++) {
      const stale = walked[at]!;
      this.cache.forget(stale.name);
      for (const binding of stale.incoming) this.visit(binding.source);
      for (const fallingBack of this.byFallback.get(stale.name) ?? []) this.visit(fallingBack);
    }
  }

  replay(operation: ByteReader): void {
    const kind = operation.u8();
    switch (kind) {
      case routerOperation.declare:
        this.applyDeclare(readExchange(operation));
        break;
      case routerOperation.delete:
        this.remove(this.recorded(operation.string()));
        break;
      case routerOperation.bind:
        this.replayBind(operation);
        break;
      case routerOperation.unbind:
        this.replayUnbind(operation);
        break;
      case routerOperation.removeDestination:
        this.applyRemoveDestination(operation.uvarint());
        break;
      case routerOperation.forgetTransient:
        this.applyForgetTransient();
        break;
      default:
        throw new DecodeError(`a router operation of unknown kind ${kind}`);
    }
  }

  private replayBind(from: ByteReader): void {
    const source = this.recorded(from.string());
    const destination = readDestination(from);
    if (typeof destination === 'string') this.recorded(destination);
    const key = from.string();
    const args = readHeaders(from);
    this.applyBind(source, destination, key, args, this.identityOf(destination, key, args));
  }

  private replayUnbind(from: ByteReader): void {
    const source = this.recorded(from.string());
    const binding = source.outgoing.get(this.identityOf(readDestination(from), from.string(), readHeaders(from)));
    if (binding === undefined) throw new DecodeError(`an unbind from '${source.name}' of no binding there`);
    this.applyUnbind(binding);
  }

  private recorded(name: string): Exchange {
    const exchange = this.byName.get(name);
    if (exchange === undefined) throw new DecodeError(`an operation on exchange '${name}', which was never declared`);
    return exchange;
  }

  snapshot(into: ByteWriter): void {
    into.u8(snapshotVersion);
    into.uvarint(this.byName.size);
    for (const exchange of this.byName.values()) writeExchange(into, exchange);
    for (const exchange of this.byName.values()) {
      into.uvarint(exchange.outgoing.size);
      for (const binding of exchange.outgoing.values()) {
        into.string(exchange.name);
        writeDestination(into, binding.destination);
        into.string(binding.key);
        writeHeaders(into, binding.arguments);
      }
    }
  }

  /** Replaces everything, the names of destinations included. */
  restore(from: ByteReader): void {
    const version = from.u8();
    if (version !== snapshotVersion) throw new DecodeError(`a router snapshot of unknown version ${version}`);
    this.byName.clear();
    this.toLog.clear();
    this.byFallback.clear();
    this.idByName.clear();
    this.nameById.clear();
    this.cache.clear();
    this.results.clear();
    const count = from.uvarint();
    for (let at = 0; at < count; at++) this.applyDeclare(readExchange(from));
    for (let at = 0; at < count; at++) {
      const bindings = from.uvarint();
      for (let binding = 0; binding < bindings; binding++) this.replayBind(from);
    }
    // A checkpoint may be older than what is predeclared.
    this.declarePredeclared();
    this.version++;
  }
}

function unknownExchange(name: string): BrokerError {
  return new BrokerError('unknown-exchange', `there is no exchange '${name}'`);
}

function refuseDeep(args: Headers): void {
  if (nestsTooDeeply(args)) throw new BrokerError('invalid-binding', 'arguments are nested too deeply');
}
