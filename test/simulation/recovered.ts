import type { Model, ModelLog } from './model.js';
import type { Place } from './roster.js';
import { Violation } from './trace.js';
import type { World } from './world.js';

/**
 * What came back is exactly what a first part of the stretches made, cut between two of them and not before what was
 * promised. That one sentence holds most others: nothing promised is lost, a bundle is there whole or not at all,
 * offsets go on without a gap, what was acked for good does not come back, counts of deliveries do not go down.
 *
 * Answers how many stretches there are.
 */
export function findCut(world: World, floor: number): number {
  const { base, stretches } = world;
  const model = base.clone();
  let found = -1;
  let nearest: { count: number; differences: string[] } | undefined;
  for (let count = 0; count <= stretches.length; count++) {
    if (count > 0) model.applyAll(stretches[count - 1]!);
    const here = differences(world, model, nearest?.differences.length ?? Number.POSITIVE_INFINITY);
    if (here.length === 0) found = count;
    else if (nearest === undefined || here.length < nearest.differences.length) {
      nearest = { count, differences: here };
    }
  }
  if (found < 0) {
    const number = nearest!.count === 0 ? 'the last start' : `#${stretches[nearest!.count - 1]!.number}`;
    throw new Violation(
      'what survives is a first part of what was done',
      `nearest to how it was after ${number}, but: ${nearest!.differences.join('; ')}`,
    );
  }
  const last = found === 0 ? 0 : stretches[found - 1]!.number;
  if (last < floor) {
    const lost = stretches.slice(found).find((stretch) => stretch.number <= floor);
    if (lost !== undefined) {
      throw new Violation(
        'nothing promised is lost',
        `all up to #${floor} was promised, back is what was up to #${last}; lost first: #${lost.number} ${lost.text}`,
      );
    }
  }
  return found;
}

/** How the storage differs from the model; no more than `most` of it. */
function differences(world: World, model: Model, most: number): string[] {
  const { roster, storage } = world;
  const list: string[] = [];
  if (model.stamp !== roster.stamp) list.push(`the last stamp is ${roster.stamp}, not ${model.stamp}`);
  for (const log of model.logs.values()) {
    if (!roster.places.has(log.id)) list.push(`the log ${log.id} ${log.name} is missing`);
  }
  for (const [id, log] of storage.logs) {
    if (!model.logs.has(id)) list.push(`there is a log ${id} ${log.name}`);
  }
  for (const place of roster.places.values()) {
    const log = model.logs.get(place.log.id);
    if (log === undefined) continue;
    compareLog(world, place, log, list);
  }
  if (list.length >= most) return list;
  for (const place of roster.places.values()) {
    const log = model.logs.get(place.log.id);
    if (log !== undefined && place.ledger !== null) compareLedger(place, log, list);
  }
  return list;
}

function compareLog(world: World, place: Place, expected: ModelLog, list: string[]): void {
  const { log } = place;
  const says = (what: string, got: unknown, wanted: unknown): void => {
    if (got !== wanted) list.push(`${log.name}: ${what} is ${got}, not ${wanted}`);
  };
  says('name', log.name, expected.name);
  says('use', place.use, expected.use);
  says('end', log.endOffset, expected.end);
  says('durable end', log.durableOffset, log.endOffset);
  says('digest of what its follower heard', place.tally.digest, expected.digest);
  if (place.use !== 'queue' || world.settings.recordsTrims) says('start', log.startOffset, expected.start);
  else if (log.startOffset > expected.ledger!.doneBefore) {
    list.push(`${log.name}: starts at ${log.startOffset}, behind what is not done (${expected.ledger!.doneBefore})`);
  }
}

/** The whole of what a ledger tells. */
export function compareLedger(place: Place, expected: ModelLog, list: string[]): void {
  const ledger = place.ledger!;
  const model = expected.ledger!;
  const { name } = place.log;
  ledger.arrived(place.log.endOffset);
  if (place.log.endOffset !== model.all.length) return;
  const says = (what: string, got: unknown, wanted: unknown): void => {
    if (got !== wanted) list.push(`${name}: ${what} is ${got}, not ${wanted}`);
  };
  for (const state of ['ready', 'locked', 'delayed', 'dead'] as const) says(state, ledger[state], model.count(state));
  says('what is done before', ledger.doneBefore, model.doneBefore);
  says('delivery limit', ledger.deliveryLimit, model.limit);
  says('next due', ledger.nextDueMs(), model.nextDueMs);
  for (const one of model.all) {
    const state = ledger.stateOf(one.offset);
    if (state !== one.state) list.push(`${name}@${one.offset} is ${state}, not ${one.state}`);
    if (one.state === 'done') continue;
    says(`deliveries of ${one.offset}`, ledger.deliveryCount(one.offset), one.deliveries);
    says(`attempts of ${one.offset}`, ledger.attemptCount(one.offset), one.attempts);
  }
}
