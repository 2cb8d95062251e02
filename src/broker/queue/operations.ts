import { type ByteReader, DecodeError } from '../../lib/byte-reader.js';
import type { ByteWriter } from '../../lib/byte-writer.js';
import { toDiscard, toExtend, toKill, toLock, toReject, toRelease, toUnsee } from './changes.js';
import { type DeliveryTable, plainLane } from './delivery-table.js';
import type { DoneMarks } from './done-marks.js';
import { firstGroupLane } from './groups.js';
import { reopen } from './reopening.js';
import { countMax, doneAhead, holderMax } from './run-map.js';
import { deathReasons, Runs } from './runs.js';

/**
 * A ledger in the journal and in a checkpoint. An operation is its number, what it needs to know, and the ranges
 * it applied to: not what was asked for but what came of it, so that one operation lost to damage does not change
 * the meaning of the next.
 */
export const operations = {
  acquire: 1,
  extend: 2,
  ack: 3,
  release: 4,
  reject: 5,
  kill: 6,
  discard: 7,
  buried: 8,
  expire: 9,
  purge: 10,
  admit: 11,
  limit: 12,
  restarted: 13,
  reset: 14,
  unsee: 15,
  reopen: 16,
  mark: 17,
} as const;

/** Runs as distances: a count, then for each how far it begins from where the last ended, and its length. */
export function writeRanges(into: ByteWriter, ranges: Runs): void {
  const { from, to, count } = ranges;
  into.uvarint(count);
  let last = 0;
  for (let index = 0; index < count; index++) {
    const begin = from[index]!;
    into.varint(begin - last);
    last = to[index]!;
    into.uvarint(last - begin);
  }
}

export function readRanges(from: ByteReader, into: Runs): void {
  into.clear();
  let last = 0;
  for (let count = from.uvarint(); count > 0; count--) {
    const begin = last + from.varint();
    last = begin + from.uvarint();
    if (!(begin >= 0 && last > begin && last <= Number.MAX_SAFE_INTEGER))
      throw new DecodeError('a range out of bounds');
    into.add(begin, last);
  }
}

/** A time; Infinity as 0. */
export function writeTime(into: ByteWriter, timeMs: number): void {
  into.uvarint(timeMs === Number.POSITIVE_INFINITY ? 0 : timeMs);
}

function readTime(from: ByteReader): number {
  const timeMs = from.uvarint();
  return timeMs === 0 ? Number.POSITIVE_INFINITY : timeMs;
}

function readHolder(from: ByteReader): number {
  return below(from.uvarint(), holderMax + 1, 'holder');
}

function readReason(from: ByteReader): number {
  return below(from.u8(), deathReasons.length, 'reason');
}

function below(value: number, limit: number, what: string): number {
  if (value >= limit) throw new DecodeError(`a ${what} of ${value} in a ledger`);
  return value;
}

/** Applies what still applies of an operation, and leaves the rest: after damage an operation may be missing. */
export function replayOperation(from: ByteReader, table: DeliveryTable, marks: DoneMarks): void {
  const operation = from.u8();
  switch (operation) {
    case operations.limit:
      table.deliveryLimit = from.uvarint() - 1;
      break;
    case operations.expire:
      table.expire(from.uvarint());
      break;
    case operations.purge: {
      const end = from.uvarint();
      table.arrived(end);
      table.purge(end, from.u8() !== 0);
      break;
    }
    case operations.admit:
      replayAdmit(from, table);
      break;
    case operations.restarted:
      table.restarted(from.uvarint(), from.uvarint());
      break;
    case operations.reset: {
      const offset = from.uvarint();
      table.arrived(from.uvarint());
      table.reset(offset);
      break;
    }
    case operations.reopen:
      replayReopen(from, table, marks);
      break;
    case operations.mark: {
      const timeMs = from.uvarint();
      marks.add(timeMs, from.uvarint());
      break;
    }
    default:
      replayRanges(operation, from, table);
  }
  table.tidyDue();
}

function replayReopen(from: ByteReader, table: DeliveryTable, marks: DoneMarks): void {
  const lane = table.laneFor(from.u8(), from.u8() === 0 ? undefined : from.string());
  readRanges(from, replayed);
  if (replayed.count > 0) marks.reopened(replayed.from[0]!);
  for (let index = 0; index < replayed.count; index++) {
    table.arrived(replayed.to[index]!);
    reopen(table, replayed.from[index]!, replayed.to[index]!, lane);
  }
}

function replayAdmit(from: ByteReader, table: DeliveryTable): void {
  const begin = from.uvarint();
  const end = begin + from.uvarint();
  const priority = from.u8();
  const dueMs = from.uvarint();
  const group = from.u8() === 0 ? undefined : from.string();
  if (end > Number.MAX_SAFE_INTEGER) throw new DecodeError('a range out of bounds');
  table.arrived(end);
  table.admit(begin, end, table.laneFor(priority, group), dueMs);
}

/** Only used within one replay of one operation. */
const replayed = new Runs();

function replayRanges(operation: number, from: ByteReader, table: DeliveryTable): void {
  let holder = 0;
  let timeMs = 0;
  let flag = 0;
  if (operation === operations.acquire) holder = readHolder(from);
  if (operation === operations.acquire || operation === operations.extend) timeMs = readTime(from);
  if (operation === operations.release) {
    timeMs = from.uvarint();
    flag = from.u8();
  }
  if (operation === operations.reject || operation === operations.kill) flag = readReason(from);
  readRanges(from, replayed);
  table.touched.clear();
  for (let index = 0; index < replayed.count; index++) {
    const begin = replayed.from[index]!;
    const end = replayed.to[index]!;
    table.arrived(end);
    switch (operation) {
      case operations.acquire:
        table.changeWaiting(toLock, begin, end, holder, timeMs);
        break;
      case operations.extend:
        table.changeLocked(toExtend, 0, begin, end, timeMs, false, 0);
        break;
      case operations.ack:
      case operations.discard:
        // An ack is as good without the acquire before it: what was acked must not come back.
        table.changeWaiting(toDiscard, begin, end, 0, 0);
        break;
      case operations.release:
        table.changeLocked(toRelease, 0, begin, end, timeMs, flag !== 0, 0);
        break;
      case operations.reject:
        table.changeLocked(toReject, 0, begin, end, 0, false, flag);
        break;
      case operations.unsee:
        table.changeLocked(toUnsee, 0, begin, end, 0, false, 0);
        break;
      case operations.kill:
        table.changeWaiting(toKill, begin, end, flag, 0);
        break;
      case operations.buried:
        table.buried(begin, end);
        break;
      default:
        throw new DecodeError(`an operation ${operation} in a ledger`);
    }
  }
}

const snapshotVersion = 1;
const hasLane = 8;
const hasHolder = 16;
const hasUntil = 32;
const hasCounts = 64;

/** Version, limit, end, next, the groups' names, then each run by its distance from the one before. */
export function writeSnapshot(into: ByteWriter, table: DeliveryTable): void {
  const { runs, groups } = table;
  into.uvarint(snapshotVersion);
  into.uvarint(table.deliveryLimit + 1);
  into.uvarint(table.end);
  into.uvarint(table.next);
  into.uvarint(groups.count);
  const places = new Map<number, number>();
  for (const [name, lane] of groups.entries()) {
    places.set(lane, firstGroupLane + places.size);
    into.string(name);
  }
  into.uvarint(runs.size);
  let last = 0;
  for (let found = runs.first(); found; found = runs.step()) {
    const { from, to, lane, holder, until, deliveries, attempts } = runs;
    const flags =
      (lane === plainLane ? 0 : hasLane) |
      (holder === 0 ? 0 : hasHolder) |
      (until === 0 ? 0 : hasUntil) |
      (deliveries === 0 && attempts === 0 ? 0 : hasCounts);
    into.u8(runs.state | flags);
    into.uvarint(from - last);
    into.uvarint(to - from);
    if (flags & hasLane) into.uvarint(places.get(lane) ?? lane);
    if (flags & hasHolder) into.uvarint(holder);
    if (flags & hasUntil) writeTime(into, until);
    if (flags & hasCounts) {
      into.uvarint(deliveries);
      into.uvarint(attempts);
    }
    last = to;
  }
}

export function readSnapshot(from: ByteReader, table: DeliveryTable): void {
  const version = from.uvarint();
  if (version !== snapshotVersion) throw new DecodeError(`a ledger of format ${version}`);
  table.clear();
  table.deliveryLimit = from.uvarint() - 1;
  table.end = from.uvarint();
  table.next = Math.min(from.uvarint(), table.end);
  const lanes: number[] = [];
  for (let count = from.uvarint(); count > 0; count--) lanes.push(table.groups.intern(from.string()));
  let last = 0;
  for (let count = from.uvarint(); count > 0; count--) {
    const flags = from.u8();
    const state = flags & 7;
    const begin = last + from.uvarint();
    const end = begin + from.uvarint();
    let lane = flags & hasLane ? from.uvarint() : plainLane;
    if (lane >= firstGroupLane) lane = lanes[below(lane - firstGroupLane, lanes.length, 'lane')]!;
    const holder = flags & hasHolder ? readHolder(from) : 0;
    const until = flags & hasUntil ? readTime(from) : 0;
    const deliveries = flags & hasCounts ? below(from.uvarint(), countMax + 1, 'count') : 0;
    const attempts = flags & hasCounts ? below(from.uvarint(), countMax + 1, 'count') : 0;
    if (state < 1 || state > doneAhead || end <= begin || end > table.end) throw new DecodeError('a run out of bounds');
    table.restoreRun(begin, end, state, lane, holder, until, deliveries, attempts);
    last = end;
  }
  table.recountFresh();
  for (const lane of lanes) table.refresh(lane);
}
