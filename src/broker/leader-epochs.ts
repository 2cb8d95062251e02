import type { ByteReader } from '../lib/byte-reader.js';
import type { ByteWriter } from '../lib/byte-writer.js';

/**
 * Which epoch wrote from which offset on. A new one begins with each start of the broker that appends, so that
 * clients which were ahead of what a crash left can tell (KIP-101, KIP-320).
 */
export class LeaderEpochs {
  private epochs: number[] = [];
  private starts: number[] = [];

  get latest(): number {
    return this.epochs.at(-1) ?? -1;
  }

  observe(epoch: number, offset: number): void {
    if (epoch <= this.latest) return;
    this.epochs.push(epoch);
    this.starts.push(offset);
  }

  /**
   * The largest known epoch not above `epoch` and where it ends: where the next one starts, or the log's end. One older
   * than all that are known ended where they begin.
   */
  endOf(epoch: number, logEnd: number): { readonly epoch: number; readonly endOffset: number } {
    let at = this.epochs.length - 1;
    while (at >= 0 && this.epochs[at]! > epoch) at--;
    if (at < 0) return { epoch, endOffset: this.starts[0] ?? logEnd };
    return { epoch: this.epochs[at]!, endOffset: this.starts[at + 1] ?? logEnd };
  }

  /** The epoch that wrote `offset`, -1 when it is not known. */
  at(offset: number): number {
    let at = this.epochs.length - 1;
    while (at >= 0 && this.starts[at]! > offset) at--;
    return at < 0 ? -1 : this.epochs[at]!;
  }

  /** Forgets epochs that ended before the log begins. */
  trim(startOffset: number): void {
    let gone = 0;
    while (gone + 1 < this.starts.length && this.starts[gone + 1]! <= startOffset) gone++;
    this.epochs.splice(0, gone);
    this.starts.splice(0, gone);
  }

  snapshot(into: ByteWriter): void {
    into.uvarint(this.epochs.length);
    for (let at = 0; at < this.epochs.length; at++) {
      into.uvarint(this.epochs[at]!);
      into.uvarint(this.starts[at]!);
    }
  }

  restore(from: ByteReader): void {
    this.epochs = [];
    this.starts = [];
    for (let left = from.uvarint(); left > 0; left--) {
      this.epochs.push(from.uvarint());
      this.starts.push(from.uvarint());
    }
  }
}
