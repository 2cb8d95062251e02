import {
  batchHeaderBytes,
  controlBit,
  lastOffsetDelta,
  putBatchHeader,
  seal,
  transactionalBit,
} from '../../src/log/batch.js';
import { compress } from '../../src/log/compression.js';
import { BatchBuilder } from '../../src/log/records.js';
import type { Content, LogUse, ModelRecord } from './model.js';
import type { Place } from './roster.js';
import type { Rung, World } from './world.js';

const rungs: readonly Rung[] = ['none', 'written', 'written', 'durable', 'durable'];

/** A batch nobody has seen before. */
export function freshContent(world: World, keyed: boolean): Content {
  const { random, settings } = world;
  const number = ++world.contentCount;
  const control = random.chance(0.03);
  const count = control ? 1 : 1 + random.below(random.chance(0.1) ? 12 : 4);
  const builder = new BatchBuilder();
  const records: ModelRecord[] = [];
  for (let delta = 0; delta < count; delta++) {
    const key = keyed || control ? `k${random.below(settings.keys)}` : null;
    const size = random.below(random.chance(0.05) ? 12_000 : settings.recordBytesMax);
    const tombstone = keyed && !control && random.chance(0.2);
    const value = tombstone ? null : `${number}.${delta}:${'x'.repeat(size)}`;
    const timestamp = world.clock.now() - random.below(50);
    records.push({ delta, key, value, timestamp });
    builder.add(key === null ? null : Buffer.from(key), value === null ? null : Buffer.from(value), timestamp);
  }
  const plain = builder.build(control ? controlBit | transactionalBit : 0);
  return { bytes: !control && random.chance(0.1) ? compressed(plain, records) : plain, records, control };
}

/** The same batch with its records deflated. */
function compressed(plain: Buffer, records: readonly ModelRecord[]): Buffer {
  const gzip = 1;
  const body = compress(gzip, plain.subarray(batchHeaderBytes));
  const batch = Buffer.concat([plain.subarray(0, batchHeaderBytes), body]);
  const first = records[0]!.timestamp;
  const largest = Math.max(...records.map((record) => record.timestamp));
  const delta = lastOffsetDelta(plain, 0);
  putBatchHeader(batch, 0, batch.length, gzip, delta, first, largest, -1, -1, -1, records.length);
  seal(batch, 0);
  return batch;
}

export function placesOf(world: World, ...uses: LogUse[]): Place[] {
  return [...world.roster.places.values()].filter((place) => uses.includes(place.use));
}

/** Publishers wait at a limit, and are called when there is room. */
function held(world: World): boolean {
  if (!world.storage.congested) return false;
  const { generation } = world;
  let called = false;
  world.waiting++;
  world.storage.whenRoom(() => {
    if (called || generation !== world.generation) return;
    called = true;
    world.waiting--;
  });
  world.trace.say('publishers wait for room');
  return true;
}

/** What a queue is told of some arrivals, in the stretch in which they arrive. */
function admit(world: World, place: Place, from: number): void {
  const { random } = world;
  const to = place.log.endOffset;
  const way = random.below(8);
  if (way > 2) return;
  const priority = way === 0 ? random.below(4) : 0;
  const group = way === 1 ? `group ${random.below(3)}` : undefined;
  const dueMs = random.chance(0.3) ? world.clock.now() + 1 + random.below(300) : 0;
  world.ledger(
    place,
    (ledger) => ledger.admit(from, to, { priority, dueMs, group }),
    (model) => model.admit(from, to, priority, dueMs, group),
  );
}

export function appendTo(world: World, place: Place, content: Content): void {
  const from = place.log.endOffset;
  world.append(place, content);
  if (place.use === 'queue') admit(world, place, from);
}

export function publish(world: World): void {
  const { random } = world;
  const places = placesOf(world, 'stream', 'compacted', 'queue');
  if (places.length === 0 || held(world)) return;
  const count = 1 + random.below(random.chance(0.15) ? 12 : 3);
  const place = random.pick(places);
  const taken = world.stretch(`${count} to ${place.log.name}`, () => {
    for (let done = 0; done < count; done++) appendTo(world, place, freshContent(world, place.use === 'compacted'));
  });
  if (taken) world.promise(random.pick(rungs));
}

/** The same bytes to several logs, one behind the other or crosswise with others. */
export function fanOut(world: World): void {
  const { random } = world;
  const places = placesOf(world, 'stream', 'queue').filter(() => random.chance(0.7));
  if (places.length < 2 || held(world)) return;
  const contents = Array.from({ length: 1 + random.below(3) }, () => freshContent(world, false));
  const names = places.map((place) => place.log.name).join(' ');
  const logByLog = random.chance(0.3);
  const taken = world.stretch(`${contents.length} to each of ${names}`, () => {
    const { pool } = world.storage;
    const placed = contents.map((content) => {
      pool.place(content.bytes, 0, content.bytes.length);
      // The next one's place may be in a slab of its own, and nothing else keeps this one yet.
      pool.hold(pool.buffer);
      return { content, buffer: pool.buffer, at: pool.at };
    });
    const one = (place: Place, which: number): void => {
      const { content, buffer, at } = placed[which]!;
      world.appendPlaced(place, content, buffer, at);
    };
    if (logByLog) for (const place of places) for (let which = 0; which < placed.length; which++) one(place, which);
    else for (let which = 0; which < placed.length; which++) for (const place of places) one(place, which);
    for (const { buffer } of placed) pool.release(buffer);
  });
  if (taken) world.promise(random.pick(rungs));
}
