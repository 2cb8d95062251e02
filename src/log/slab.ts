/**
 * Fresh bytes of all logs go one behind the other into slabs of 1 MB, which serve both as the tails' memory and as
 * what the journal writes: what was appended in turn lies in turn, so a bundle is written from a handful of
 * pieces, however many logs it is for. A slab lives as long as some tail points into it.
 */
const slabBytes = 1024 * 1024;

/** Larger runs get memory of their own: no slab is left half empty for them. */
const ownMemoryFromBytes = slabBytes / 4;

export class Slabs {
  private current: Buffer = Buffer.alloc(0);
  private used = 0;

  /** Where the last `place` put its bytes. */
  buffer: Buffer = this.current;
  at = 0;

  /** Copies the bytes in; `buffer` and `at` say where they are now. */
  place(source: Buffer, start: number, end: number): void {
    const size = end - start;
    if (size >= ownMemoryFromBytes) {
      this.buffer = Buffer.allocUnsafeSlow(size);
      this.at = 0;
    } else {
      if (size > this.current.length - this.used) {
        this.current = Buffer.allocUnsafeSlow(slabBytes);
        this.used = 0;
      }
      this.buffer = this.current;
      this.at = this.used;
      this.used += size;
    }
    source.copy(this.buffer, this.at, start, end);
  }
}
