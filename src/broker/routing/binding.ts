import type { Exchange } from './exchange.js';
import type { Headers } from './headers.js';

/** Where a binding leads: a number is a log or queue, a string the name of an exchange. */
export type Destination = number | string;

export class Binding {
  readonly source: Exchange;
  readonly destination: Destination;
  readonly key: string;
  readonly arguments: Headers;
  /** Equal for two bindings of one source exactly when destination, key and arguments are equal. */
  readonly identity: string;

  constructor(source: Exchange, destination: Destination, key: string, args: Headers, identity: string) {
    this.source = source;
    this.destination = destination;
    this.key = key;
    this.arguments = args;
    this.identity = identity;
  }
}

/** Properties of a message that can decide where it goes; null for what it does not have. */
export interface MessageProperties {
  readonly messageId: string | null;
  readonly correlationId: string | null;
  /** In seconds. */
  readonly timestamp: number | null;
}

/** The bindings of one exchange, kept so that those a message matches are found without looking at the others. */
export interface BindingIndex {
  add(binding: Binding): void;
  remove(binding: Binding): void;
  /** Adds the bindings that match to `into`. */
  match(key: string, headers: Headers | null, into: Binding[], properties: MessageProperties | null): void;
}
