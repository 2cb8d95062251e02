import { BrokerError } from '../errors.js';
import type { Binding, BindingIndex } from './binding.js';
import { type Headers, headerValuesEqual } from './headers.js';

/** Direct: the key is equal. */
export class DirectIndex implements BindingIndex {
  private readonly byKey = new Map<string, Set<Binding>>();

  add(binding: Binding): void {
    const bindings = this.byKey.get(binding.key);
    if (bindings === undefined) this.byKey.set(binding.key, new Set([binding]));
    else bindings.add(binding);
  }

  remove(binding: Binding): void {
    const bindings = this.byKey.get(binding.key);
    if (bindings?.delete(binding) && bindings.size === 0) this.byKey.delete(binding.key);
  }

  match(key: string, _headers: Headers | null, into: Binding[]): void {
    const bindings = this.byKey.get(key);
    if (bindings !== undefined) for (const binding of bindings) into.push(binding);
  }
}

/** Fanout: every binding. */
export class FanoutIndex implements BindingIndex {
  private readonly bindings = new Set<Binding>();

  add(binding: Binding): void {
    this.bindings.add(binding);
  }

  remove(binding: Binding): void {
    this.bindings.delete(binding);
  }

  match(_key: string, _headers: Headers | null, into: Binding[]): void {
    for (const binding of this.bindings) into.push(binding);
  }
}

/** Headers: the binding's arguments against the message's headers; the key plays no part. */
export class HeadersIndex implements BindingIndex {
  private readonly rules = new Map<Binding, HeaderRule>();

  add(binding: Binding): void {
    this.rules.set(binding, HeaderRule.of(binding.arguments));
  }

  remove(binding: Binding): void {
    this.rules.delete(binding);
  }

  match(_key: string, headers: Headers | null, into: Binding[]): void {
    for (const [binding, rule] of this.rules) if (rule.accepts(headers)) into.push(binding);
  }
}

/**
 * A headers binding, compiled: which names count is decided once. `all` and `any` pass over names that begin with
 * `x-`, `all-with-x` and `any-with-x` only over `x-match` itself. A void value asks for presence alone. With nothing
 * to compare, `all` always matches and `any` never does.
 */
export class HeaderRule {
  private readonly any: boolean;
  private readonly names: readonly string[];
  private readonly values: Headers;

  private constructor(any: boolean, names: readonly string[], values: Headers) {
    this.any = any;
    this.names = names;
    this.values = values;
  }

  static of(args: Headers): HeaderRule {
    const mode = args.get('x-match') ?? 'all';
    if (mode !== 'all' && mode !== 'any' && mode !== 'all-with-x' && mode !== 'any-with-x') {
      throw new BrokerError(
        'invalid-binding',
        `x-match must be one of all, any, all-with-x, any-with-x, not ${String(mode).slice(0, 40)}`,
      );
    }
    const withX = mode.endsWith('-with-x');
    const names = [...args.keys()].filter((name) => name !== 'x-match' && (withX || !name.startsWith('x-')));
    return new HeaderRule(mode.startsWith('any'), names, args);
  }

  accepts(headers: Headers | null): boolean {
    const any = this.any;
    for (const name of this.names) {
      if (this.holds(name, headers) === any) return any;
    }
    return !any;
  }

  private holds(name: string, headers: Headers | null): boolean {
    const present = headers?.get(name);
    if (present === undefined) return false;
    const wanted = this.values.get(name)!;
    return wanted === null || headerValuesEqual(wanted, present);
  }
}
