/** Thrown when bytes end before the value does, or a length makes no sense: always the sender's fault. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

/**
 * Reads big-endian values out of a buffer between two positions. 64-bit integers come out as numbers: offsets,
 * timestamps and identifiers stay below 2^53.
 */
export class ByteReader {
  buffer: Buffer;
  position: number;
  end: number;

  constructor(buffer: Buffer, position = 0, end: number = buffer.length) {
    this.buffer = buffer;
    this.position = position;
    this.end = end;
  }

  get remaining(): number {
    return this.end - this.position;
  }

  /** Steps over `count` bytes and answers where they began. */
  take(count: number): number {
    const from = this.position;
    if (count < 0 || count > this.end - from) throw new DecodeError(`${count} bytes wanted, ${this.end - from} left`);
    this.position = from + count;
    return from;
  }

  u8(): number {
    return this.buffer[this.take(1)]!;
  }

  i8(): number {
    return (this.buffer[this.take(1)]! << 24) >> 24;
  }

  i16(): number {
    const at = this.take(2);
    return ((this.buffer[at]! << 24) >> 16) | this.buffer[at + 1]!;
  }

  u16(): number {
    const at = this.take(2);
    return (this.buffer[at]! << 8) | this.buffer[at + 1]!;
  }

  i32(): number {
    const at = this.take(4);
    const bytes = this.buffer;
    return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
  }

  u32(): number {
    return this.i32() >>> 0;
  }

  i64(): number {
    const high = this.i32();
    const low = this.i32() >>> 0;
    return high * 4294967296 + low;
  }

  f64(): number {
    return this.buffer.readDoubleBE(this.take(8));
  }

  /** Base-128, low bits first; up to 2^53 - 1. */
  uvarint(): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 10; count++) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw new DecodeError('a variable-length number of more than ten bytes');
  }

  /** Zig-zag coded. */
  varint(): number {
    const coded = this.uvarint();
    return coded % 2 === 0 ? coded / 2 : -(coded + 1) / 2;
  }

  /** A view of the next `count` bytes: it shares their memory. */
  view(count: number): Buffer {
    const from = this.take(count);
    return this.buffer.subarray(from, from + count);
  }

  utf8(byteCount: number): string {
    const from = this.take(byteCount);
    return this.buffer.toString('utf8', from, from + byteCount);
  }

  /** A string behind its length as uvarint: the form our own files use. */
  string(): string {
    return this.utf8(this.uvarint());
  }
}
