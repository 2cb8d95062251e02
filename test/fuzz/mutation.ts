import type { SeededRandom } from '../../src/lib/random.js';

/** What breaks lengths and counts: as plain numbers, as variable-length ones, and as text. */
const hostile: readonly Buffer[] = [
  '00',
  '7f',
  '80',
  'ff',
  'ffff',
  '7fff',
  '7fffffff',
  '80000000',
  'ffffffff',
  'ffffffff0f',
  '8080808010',
  'ffffffffffffffffff01',
  '7fffffffffffffff',
]
  .map((hex) => Buffer.from(hex, 'hex'))
  .concat(
    ['-1', '1e400', '9007199254740993', '[[[[[[[[', '{"', '"', '%00', '&', '=', '.', '__proto__', '\\u0000'].map(
      (text) => Buffer.from(text),
    ),
  );

/** One to six changes; `others` lend pieces. */
export function mutated(bytes: Buffer, others: readonly Buffer[], random: SeededRandom): Buffer {
  let result: Buffer = Buffer.from(bytes);
  for (let left = 1 + random.below(6); left > 0; left--) result = changed(result, others, random);
  return result;
}

function changed(bytes: Buffer, others: readonly Buffer[], random: SeededRandom): Buffer {
  const at = random.below(bytes.length + 1);
  const behind = Math.min(bytes.length, at + 1 + random.below(8));
  const spliced = (from: number, to: number, ...put: Buffer[]): Buffer =>
    Buffer.concat([bytes.subarray(0, from), ...put, bytes.subarray(to)]);
  switch (random.below(8)) {
    case 0:
      return at < bytes.length ? spliced(at, at + 1, Buffer.from([bytes[at]! ^ (1 << random.below(8))])) : bytes;
    case 1:
      return spliced(at, Math.min(bytes.length, at + 1), random.bytes(1));
    case 2: {
      const put = random.pick(hostile);
      return spliced(at, Math.min(bytes.length, at + put.length), put);
    }
    case 3:
      return spliced(at, at, random.pick(hostile));
    case 4:
      return spliced(at, behind);
    case 5:
      return spliced(at, at, bytes.subarray(at, behind));
    case 6:
      return bytes.subarray(0, at);
    default: {
      const other = random.pick(others);
      const from = random.below(other.length + 1);
      return spliced(at, behind, other.subarray(from, from + random.below(40)));
    }
  }
}

/** Bytes that have nothing to do with anything. */
export function noise(random: SeededRandom, bytesMax: number): Buffer {
  return random.bytes(random.below(bytesMax));
}
