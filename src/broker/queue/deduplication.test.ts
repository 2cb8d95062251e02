import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteReader } from '../../lib/byte-reader.js';
import { ByteWriter } from '../../lib/byte-writer.js';
import { VirtualClock } from '../../lib/virtual-clock.js';
import type { Storage } from '../../log/storage.js';
import { Deduplication } from './deduplication.js';

const windowMs = 5 * 60 * 1000;

class Home {
  readonly clock: VirtualClock;
  readonly written: Buffer[] = [];
  readonly deduplication: Deduplication;

  constructor(clock: VirtualClock = new VirtualClock()) {
    this.clock = clock;
    const into = new ByteWriter();
    const storage = {
      clock,
      logs: new Map([[7, {}]]),
      register: () => {},
      recorder: () => ({
        begin: () => {
          into.clear();
          return into;
        },
        end: () => this.written.push(Buffer.from(into.bytes())),
      }),
    };
    this.deduplication = new Deduplication(storage as unknown as Storage);
  }

  saw(key: string, offset: number, logId = 7): void {
    this.deduplication.saw(logId, key, { untilMs: this.clock.now() + windowMs, offset, id: `id of ${key}` });
  }

  offset(key: string, logId = 7): number | null {
    return this.deduplication.find(logId, key)?.offset ?? null;
  }
}

test('a message is known by its key and queue for five minutes', async () => {
  const home = new Home();
  home.saw('a', 1);
  assert.deepEqual([home.offset('a'), home.offset('b'), home.offset('a', 8)], [1, null, null]);
  await home.clock.advance(windowMs - 1);
  assert.equal(home.offset('a'), 1);
  await home.clock.advance(1);
  assert.equal(home.offset('a'), null);
});

test('what was seen is known again from the journal and from a snapshot, until it is forgotten', () => {
  const home = new Home();
  home.saw('a', 1);
  home.saw('b', 2);
  home.saw('of a queue that is gone', 3, 8);
  const replayed = new Home(home.clock);
  for (const bytes of home.written) replayed.deduplication.replay(new ByteReader(bytes));
  assert.deepEqual([replayed.offset('a'), replayed.offset('b')], [1, 2]);
  const into = new ByteWriter();
  home.deduplication.snapshot(into);
  const restored = new Home(home.clock);
  restored.deduplication.restore(new ByteReader(into.bytes()));
  assert.deepEqual(
    [restored.offset('a'), restored.offset('b'), restored.offset('of a queue that is gone', 8)],
    [1, 2, null],
  );
  assert.equal(restored.deduplication.find(7, 'a')!.id, 'id of a');
  home.written.length = 0;
  home.deduplication.forget(7);
  for (const bytes of home.written) replayed.deduplication.replay(new ByteReader(bytes));
  assert.deepEqual([home.offset('a'), replayed.offset('a')], [null, null]);
});
