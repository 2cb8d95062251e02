import { compact } from '../../src/log/compaction.js';
import { LogError } from '../../src/log/errors.js';
import { applyRetention } from '../../src/log/retention.js';
import { compareAll, eachKeyOnce, readAndCompare } from './contents.js';
import type { LogUse } from './model.js';
import { placesOf } from './publishing.js';
import type { Place } from './roster.js';
import { Violation } from './trace.js';
import type { World } from './world.js';

const logsMax = 9;

function anyPlace(world: World, ...uses: LogUse[]): Place | undefined {
  const places = placesOf(world, ...uses);
  return places.length === 0 ? undefined : world.random.pick(places);
}

/** A reader somewhere in a log, beside everything else. */
export function read(world: World): void {
  const place = anyPlace(world, 'stream', 'compacted', 'queue');
  if (place === undefined) return;
  const { random } = world;
  const { log } = place;
  const limit = place.use === 'queue' || random.chance(0.2) ? log.endOffset : log.durableOffset;
  const start = Math.max(log.startOffset, place.ledger?.doneBefore ?? 0);
  if (start >= limit) return;
  const bytesMax = random.pick([1, 200, 5000, 100_000]);
  if (random.chance(0.2)) {
    world.errand(`all of ${log.name}`, () => unlessDeleted(place, compareAll(world, place, bytesMax)));
    return;
  }
  const from = start + random.below(limit - start);
  world.errand(`read ${log.name} from ${from}`, () =>
    unlessDeleted(place, readAndCompare(world, place, from, bytesMax, limit)),
  );
}

/** Whoever reads a log while it is deleted is told that it is gone. */
async function unlessDeleted(place: Place, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!place.log.deleted || !(error instanceof LogError) || error.code !== 'closed') throw error;
  }
}

/** The first batch with a record as late as some time, found by the index and by looking at each. */
export function lookUpTime(world: World): void {
  const place = anyPlace(world, 'stream', 'queue');
  if (place === undefined) return;
  const { log } = place;
  const timestamp = world.clock.now() - world.random.below(400);
  const limit = log.durableOffset;
  const start = log.startOffset;
  const expected = world.model
    .log(log.id)
    .batches.find(
      ({ base, next, content }) =>
        next > start && base < limit && content.records.some((record) => record.timestamp >= timestamp),
    );
  if (place.use === 'queue' && start < place.ledger!.doneBefore) return;
  const lookUp = async (): Promise<void> => {
    const found = await log.batchForTime(timestamp, limit);
    if (log.deleted || log.startOffset > start) return;
    const base = found === undefined ? -1 : Number(found.readBigInt64BE(0));
    if (base === (expected?.base ?? -1)) return;
    throw new Violation('times are found', `${log.name}: ${timestamp} at ${base}, not ${expected?.base}`);
  };
  world.errand(`look up a time in ${log.name}`, () => unlessDeleted(place, lookUp()));
}

export function retain(world: World): void {
  const place = anyPlace(world, 'stream', 'compacted');
  if (place === undefined) return;
  const { random } = world;
  const policy = {
    retentionMs: random.pick([-1, 30, 1000]),
    retentionBytes: random.pick([-1, 2000, 10_000]),
  };
  world.trace.say(`retention of ${place.log.name}`);
  world.errand(`retention of ${place.log.name}`, () =>
    unlessDeleted(place, applyRetention(place.log, policy, world.clock.now())),
  );
}

export function trim(world: World): void {
  const place = anyPlace(world, 'stream', 'compacted');
  if (place === undefined) return;
  const { log } = place;
  const { random } = world;
  // Only what is durable is ever let go of, as Kafka's DeleteRecords demands.
  const span = log.durableOffset - log.startOffset;
  if (span <= 0) return;
  const offset = log.startOffset + 1 + random.below(random.chance(0.1) ? span : Math.ceil(span / 3));
  const taken = world.stretch(`${log.name} is cut before ${offset}`, () => log.trim(offset));
  if (taken && random.chance(0.3)) world.promise('durable');
}

export function compactSome(world: World): void {
  const place = anyPlace(world, 'compacted');
  if (place === undefined || world.storage.refusal !== null) return;
  const { random, settings } = world;
  const { log } = place;
  const policy = {
    minLagMs: random.pick([0, 0, 200]),
    deleteRetentionMs: settings.deleteRetentionMs,
    minDirtyRatio: random.pick([0, 0.5]),
    keysMax: settings.keysMax,
    inflatedBytesMax: 1 << 24,
  };
  let cleanings = world.cleanings.get(log.id);
  if (cleanings === undefined) {
    cleanings = [];
    world.cleanings.set(log.id, cleanings);
  }
  const pass = async (): Promise<void> => {
    const unknown = Number.POSITIVE_INFINITY;
    const cleaning = { startedMs: world.clock.now(), endedMs: unknown, before: unknown };
    cleanings.push(cleaning);
    const result = await compact(world.storage, log, policy);
    world.endCleaning(cleaning, log.durableOffset);
    if (result === null) return;
    world.trace.say(`  compacted ${log.name}: ${result.segmentsBefore} to ${result.segmentsAfter} segments`);
    if (policy.keysMax >= 1000) await eachKeyOnce(world, place);
  };
  world.errand(`compaction of ${log.name}`, () => unlessDeleted(place, pass()));
}

export function create(world: World): void {
  const { random } = world;
  if (world.roster.places.size >= logsMax) return;
  const use = random.pick(['stream', 'compacted', 'queue'] as const);
  // Names come back: the new log must not be mixed up with the old one's files.
  const name = `${use}-${random.below(4)}`;
  if (placesOf(world, use).some((place) => place.log.name === name)) return;
  const policy = random.below(world.settings.policies.length);
  const taken = world.stretch(`a log ${name}`, () => {
    const place = world.create(name, use, policy);
    world.cleanings.delete(place.log.id);
  });
  if (taken && random.chance(0.5)) world.promise('durable');
}

export function remove(world: World): void {
  const place = anyPlace(world, 'stream', 'compacted', 'queue');
  if (place === undefined) return;
  const taken = world.stretch(`${place.log.name} is deleted`, () => world.remove(place));
  if (taken && world.random.chance(0.5)) world.promise('durable');
}

/** The next few calls of the disk fail. */
export function fault(world: World): void {
  const { random, faults } = world;
  const count = 1 + random.below(3);
  const kind = random.pick(['failWrites', 'failWrites', 'failSyncs', 'failObjects', 'failReads'] as const);
  world.trouble();
  world.trace.counts.faults++;
  world.trace.say(`${kind} ${count}`);
  faults[kind] = count;
}

/** Room runs out, or is there again. */
export function room(world: World): void {
  const { random, faults, disk } = world;
  world.trouble();
  if (faults.capacityBytes === Number.POSITIVE_INFINITY) {
    world.trace.counts.faults++;
    faults.capacityBytes = disk.usedBytes + random.below(20_000);
    world.trace.say(`room up to ${faults.capacityBytes} bytes`);
  } else {
    faults.capacityBytes = Number.POSITIVE_INFINITY;
    world.trace.say('room again');
  }
}

/** The disk becomes slow, or fast again. */
export function pace(world: World): void {
  const { random, faults } = world;
  faults.latencyMsMax = random.pick([0, 1, 10, 200]);
  faults.latencyMsMin = random.chance(0.2) ? faults.latencyMsMax / 2 : 0;
  world.trace.say(`the disk takes up to ${faults.latencyMsMax} ms`);
}
