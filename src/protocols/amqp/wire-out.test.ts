import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '../../lib/random.js';
import type { Connection } from '../connection.js';
import { OutSlab, WireOut } from './wire-out.js';

/** A connection whose pieces leave when the test says. */
class SlowConnection {
  readonly waiting: { piece: Buffer; expected: Buffer; left: (sent: boolean) => void }[] = [];
  expected: Buffer[] = [];

  wake(): void {}

  send(piece: Buffer, left: (sent: boolean) => void): void {
    const expected = Buffer.concat(this.expected);
    this.expected = [];
    this.waiting.push({ piece, expected, left });
  }
}

test('memory is written over only when all that was sent of it has left, and then it is', () => {
  const random = new SeededRandom(11);
  const slab = new OutSlab();
  const ends = Array.from({ length: 5 }, () => {
    const connection = new SlowConnection();
    return { connection, out: new WireOut(slab, connection as unknown as Connection) };
  });
  const parts = new Set<Buffer>();
  for (let round = 0; round < 20_000; round++) {
    const { connection, out } = ends[random.below(ends.length)]!;
    if (random.chance(0.25)) out.close();
    if (random.chance(0.6) && connection.waiting.length > 0) {
      const { piece, expected, left } = connection.waiting.shift()!;
      assert.ok(piece.equals(expected), `round ${round}`);
      left(true);
    }
    const size = random.chance(0.001) ? 400_000 : 1 + random.below(9000);
    const frame = Buffer.alloc(size, random.below(256));
    if (frame.length > 0 && random.chance(0.5)) {
      if (out.pendingBytes > 100_000) out.close();
      // Opening may end the piece before it, which is then no longer expected in the next.
      const at = out.open(size);
      frame.copy(out.bytes, at);
      out.wrote(size);
      connection.expected.push(frame);
      parts.add(out.bytes);
    }
  }
  // 45 MB went through parts of 256 KB.
  assert.ok(parts.size < 60, `${parts.size}`);
});

test('memory of which a piece was lost with its connection is not used again', () => {
  const slab = new OutSlab();
  const connection = new SlowConnection();
  const out = new WireOut(slab, connection as unknown as Connection);
  const fill = (): Buffer => {
    out.open(200_000);
    out.wrote(200_000);
    out.close();
    return out.bytes;
  };
  const lost = fill();
  connection.waiting.shift()!.left(false);
  const kept = fill();
  connection.waiting.shift()!.left(true);
  const seen = Array.from({ length: 20 }, () => {
    const bytes = fill();
    connection.waiting.shift()!.left(true);
    return bytes;
  });
  assert.ok(!seen.includes(lost));
  assert.ok(seen.includes(kept));
});
