import type { Call } from './call.js';

/** One API. What is registered in `apis.ts` is what ApiVersions tells. */
export interface Handler {
  readonly key: number;
  /** Overrides the lowest version that is told, where clients draw wrong conclusions from the true one. */
  readonly advertisedMin?: number;
  /**
   * The request's bytes are those that were read from the connection and gone when `handle` returns: everything is to be
   * used or copied before. Other handlers get a copy of the request for themselves.
   */
  readonly readsInPlace?: boolean;
  /** The answer may be many megabytes: what the client asks behind it is begun when it has been sent. */
  readonly largeAnswer?: boolean;
  /** Reads the body from `call.reader` and answers, now or later. What it throws or rejects with closes the connection. */
  handle(call: Call): void | Promise<void>;
}
