/**
 * Writes big-endian values into a buffer that grows by doubling. The counterpart of ByteReader.
 */
export class ByteWriter {
  buffer: Buffer;
  length = 0;

  constructor(capacity = 256) {
    this.buffer = Buffer.allocUnsafeSlow(capacity);
  }

  clear(): void {
    this.length = 0;
  }

  /** What was written so far; it shares memory with the writer, so take it before the next `clear`. */
  bytes(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  /** What was written so far, in memory of its own. */
  copy(): Buffer {
    return Buffer.from(this.buffer.subarray(0, this.length));
  }

  /** Makes room for `count` bytes, steps over them and answers where they begin. */
  reserve(count: number): number {
    const at = this.length;
    const needed = at + count;
    if (needed > this.buffer.length) this.grow(needed);
    this.length = needed;
    return at;
  }

  private grow(needed: number): void {
    let capacity = this.buffer.length * 2;
    while (capacity < needed) capacity *= 2;
    const larger = Buffer.allocUnsafeSlow(capacity);
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
  }

  u8(value: number): void {
    // The place first: `reserve` may put another buffer in.
    const at = this.reserve(1);
    this.buffer[at] = value;
  }

  i8(value: number): void {
    this.u8(value);
  }

  i16(value: number): void {
    const at = this.reserve(2);
    this.buffer[at] = value >> 8;
    this.buffer[at + 1] = value;
  }

  u16(value: number): void {
    this.i16(value);
  }

  i32(value: number): void {
    this.i32At(this.reserve(4), value);
  }

  u32(value: number): void {
    this.i32At(this.reserve(4), value | 0);
  }

  i64(value: number): void {
    const high = Math.floor(value / 4294967296);
    const at = this.reserve(8);
    this.i32At(at, high);
    this.i32At(at + 4, value - high * 4294967296);
  }

  f64(value: number): void {
    const at = this.reserve(8);
    this.buffer.writeDoubleBE(value, at);
  }

  /** Fills in a length that was not known when its place was reserved. */
  i32At(at: number, value: number): void {
    const bytes = this.buffer;
    bytes[at] = value >>> 24;
    bytes[at + 1] = value >>> 16;
    bytes[at + 2] = value >>> 8;
    bytes[at + 3] = value;
  }

  uvarint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.u8((rest % 128) | 0x80);
      rest = Math.floor(rest / 128);
    }
    this.u8(rest);
  }

  varint(value: number): void {
    this.uvarint(value >= 0 ? value * 2 : -value * 2 - 1);
  }

  view(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length);
    this.buffer.set(bytes, at);
  }

  utf8(text: string): number {
    const count = Buffer.byteLength(text);
    const at = this.reserve(count);
    this.buffer.write(text, at, count, 'utf8');
    return count;
  }

  /** A string behind its length as uvarint: the form our own files use. */
  string(text: string): void {
    this.uvarint(Buffer.byteLength(text));
    this.utf8(text);
  }
}
