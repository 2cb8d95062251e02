import type { ByteReader } from '../lib/byte-reader.js';
import type { ByteWriter } from '../lib/byte-writer.js';
import type { Recorder, State } from '../log/state.js';
import type { Storage } from '../log/storage.js';
import { stateNumbers } from './state-numbers.js';

/** A block is taken from the journal at a time: handing out an id costs no write. */
const blockSize = 1000;

/** Numbers for idempotent producers, never given out twice. */
export class ProducerIds implements State {
  private readonly recorder: Recorder;
  private next = 0;
  private blockEnd = 0;

  constructor(storage: Storage) {
    this.recorder = storage.recorder(stateNumbers.producerIds);
    storage.register(stateNumbers.producerIds, this);
  }

  /** A new id. It may be told to a producer once the storage is durable. */
  take(): number {
    if (this.next === this.blockEnd) {
      const end = this.blockEnd + blockSize;
      this.recorder.begin().uvarint(end);
      this.recorder.end();
      this.blockEnd = end;
    }
    return this.next++;
  }

  /** Whether a producer may have been given this id: no later one will be. */
  wasTaken(id: number): boolean {
    return id >= 0 && id < this.next;
  }

  // As a state: what is left of a block is lost with a crash, as nobody knows how much of it was given out.

  replay(operation: ByteReader): void {
    this.blockEnd = operation.uvarint();
    this.next = this.blockEnd;
  }

  snapshot(into: ByteWriter): void {
    into.uvarint(this.blockEnd);
  }

  restore(from: ByteReader): void {
    this.replay(from);
  }
}
