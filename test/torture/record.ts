import { crc32c } from '../../src/lib/crc32c.js';
import { SeededRandom } from '../../src/lib/random.js';
import { BatchBuilder } from '../../src/log/records.js';

/**
 * What is in every record's value: which stream it belongs to, its number in that stream, a checksum over all of it,
 * and filling. So a record read back says by itself whether it is whole and where it should be.
 */
export const valueBytesMin = 20;
const filling: Buffer = new SeededRandom(7).bytes(256 * 1024);
const fillingStep = 31;

/** Stream and number as one value that sorts and compares as a number. */
export function identityOf(stream: number, number: number): number {
  return stream * 4294967296 + number;
}

export function nameOf(identity: number): string {
  return `record ${identity % 4294967296} of stream ${Math.floor(identity / 4294967296)}`;
}

export function encodeValue(stream: number, number: number, bytes: number): Buffer {
  const value = Buffer.allocUnsafe(Math.max(bytes, valueBytesMin));
  value.writeUInt32BE(0, 0);
  value.writeUInt32BE(stream, 4);
  value.writeUInt32BE(number, 8);
  for (let at = 12; at < value.length; ) {
    at += filling.copy(value, at, (number * fillingStep) % (filling.length / 2));
  }
  value.writeUInt32BE(crc32c(value, 4, value.length), 0);
  return value;
}

/** The identity in a value; undefined when the bytes are not those that were sent. */
export function identityIn(bytes: Buffer, at: number, length: number): number | undefined {
  if (length < valueBytesMin || crc32c(bytes, at + 4, at + length) !== bytes.readUInt32BE(at)) return undefined;
  return identityOf(bytes.readUInt32BE(at + 4), bytes.readUInt32BE(at + 8));
}

/** One batch with the records `first`, `first + 1`, … of a stream, in the sizes given. */
export function encodeBatch(
  stream: number,
  first: number,
  sizes: readonly number[],
  producerId = -1,
  producerEpoch = -1,
): Buffer {
  const builder = new BatchBuilder();
  // The broker looks at how far a timestamp is from its own clock.
  const timestamp = Date.now();
  for (const [index, bytes] of sizes.entries()) {
    builder.add(null, encodeValue(stream, first + index, bytes), timestamp);
  }
  return builder.build(0, producerId, producerEpoch, producerId < 0 ? -1 : first);
}
