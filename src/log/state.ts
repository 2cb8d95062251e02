import type { ByteReader } from '../lib/byte-reader.js';
import type { ByteWriter } from '../lib/byte-writer.js';

/**
 * Anything durable that is not a log: a ledger, the catalog of topics. It changes by operations that go through
 * the journal in the same bundle as the appends they belong to, and it is written whole into each checkpoint.
 *
 * `restore` of a snapshot followed by `replay` of each later operation must give the state that wrote them.
 */
export interface State {
  replay(operation: ByteReader): void;
  snapshot(into: ByteWriter): void;
  restore(from: ByteReader): void;
}

/**
 * Where a state writes its operations. All operations and appends of one synchronous stretch of code become
 * durable together or not at all.
 */
export interface Recorder {
  /** The writer to put one operation's bytes into; `end` closes it. Nothing else may be recorded in between. */
  begin(): ByteWriter;
  end(): void;
}
