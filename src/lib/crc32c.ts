import { crc32c as nativeCrc32c } from '@node-rs/crc32';

/**
 * CRC-32C (Castagnoli), as Kafka's batches and our journal use it. The native call wins above about 130 bytes
 * (6 GB/s), the table below: crossing into native code costs more than a short run of lookups.
 */
const nativeFromBytes = 130;

const table = new Uint32Array(256 * 4);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  table[byte] = crc >>> 0;
}
for (let byte = 0; byte < 256; byte++) {
  for (let slice = 1; slice < 4; slice++) {
    const previous = table[(slice - 1) * 256 + byte]!;
    table[slice * 256 + byte] = (table[previous & 0xff]! ^ (previous >>> 8)) >>> 0;
  }
}

/** `seed` is the CRC of what came before, for a checksum over several pieces. */
export function crc32c(bytes: Buffer, start: number, end: number, seed = 0): number {
  if (end - start >= nativeFromBytes) return nativeCrc32c(bytes.subarray(start, end), seed) >>> 0;
  let crc = ~seed;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    crc =
      table[768 + (crc & 0xff)]! ^
      table[512 + ((crc >>> 8) & 0xff)]! ^
      table[256 + ((crc >>> 16) & 0xff)]! ^
      table[crc >>> 24]!;
  }
  for (; at < end; at++) crc = table[(crc ^ bytes[at]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** `shifts[power]`: what 2^power bytes of zeros make of a checksum, byte by byte of it. Made when first needed. */
const shifts: Uint32Array[] = [];

function shifted(shift: Uint32Array, crc: number): number {
  return (
    shift[crc & 0xff]! ^
    shift[256 + ((crc >>> 8) & 0xff)]! ^
    shift[512 + ((crc >>> 16) & 0xff)]! ^
    shift[768 + (crc >>> 24)]!
  );
}

function shiftOf(power: number): Uint32Array {
  const shift = new Uint32Array(256 * 4);
  for (let slice = 0; slice < 4; slice++) {
    for (let byte = 0; byte < 256; byte++) {
      const crc = byte << (slice * 8);
      if (power === 0) {
        shift[slice * 256 + byte] = table[crc & 0xff]! ^ (crc >>> 8);
      } else {
        const half = shifts[power - 1]!;
        shift[slice * 256 + byte] = shifted(half, shifted(half, crc));
      }
    }
  }
  return shift;
}

/** The checksum of two pieces in a row from those of each: nothing is read again. `second` was made without a seed. */
export function crc32cJoined(first: number, second: number, secondBytes: number): number {
  let crc = first;
  for (let power = 0, left = secondBytes; left > 0; power++, left >>>= 1) {
    if (shifts.length === power) shifts.push(shiftOf(power));
    if ((left & 1) === 1) crc = shifted(shifts[power]!, crc);
  }
  return (crc ^ second) >>> 0;
}
