import { type ByteReader, DecodeError } from '../../lib/byte-reader.js';
import type { ByteWriter } from '../../lib/byte-writer.js';
import type { Clock } from '../../lib/clock.js';
import { Deadline } from '../../lib/deadline.js';
import type { OffsetCommit } from '../group/offsets.js';
import type { Partition } from '../partition.js';

/** What is asked of a transaction and refused. A front maps each to its own error. */
export type TransactionRefusal =
  | 'invalid-request'
  | 'invalid-timeout'
  /** No producer is known by this transactional id, or another one is. */
  | 'unknown-producer'
  /** A newer incarnation of the producer has taken over. */
  | 'fenced'
  | 'invalid-state'
  /** The partition or group was not added to the transaction; the producer can abort and go on. */
  | 'not-covered'
  /** The storage takes nothing in, or there are too many transactional ids: try again later. */
  | 'unavailable';

export type TransactionState = 'empty' | 'ongoing' | 'committed' | 'aborted';

const states: readonly TransactionState[] = ['empty', 'ongoing', 'committed', 'aborted'];

/** Kafka's limit: the epoch behind it is kept for the marker that fences the last incarnation. */
export const highestEpoch = 32_766;

export const noProducerId = -1;
export const noEpoch = -1;

/** An offset that becomes a group's when the transaction commits. */
export interface HeldOffset extends OffsetCommit {
  /** Of another topic of the same name it would say nothing. */
  readonly topicId: string;
}

export function heldKey(topic: string, partition: number): string {
  return `${partition} ${topic}`;
}

/** What a transactional id stands for: one producer at a time, with at most one open transaction. */
export class Transaction {
  readonly id: string;
  producerId: number;
  epoch: number;
  /** What the producer was before its id or epoch last changed, so that it may ask again after a lost answer. */
  lastProducerId: number = noProducerId;
  lastEpoch: number = noEpoch;
  timeoutMs: number;
  state: TransactionState = 'empty';
  /** The producer takes a new epoch at each end of a transaction (KIP-890). */
  bumpsEpochs = false;
  startMs = -1;
  updatedMs: number;
  readonly partitions: Set<Partition> = new Set();
  /** By group, then by `heldKey`. A group may be added before any offset is. */
  readonly groups: Map<string, Map<string, HeldOffset>> = new Map();
  readonly deadline: Deadline;

  constructor(id: string, producerId: number, timeoutMs: number, nowMs: number, clock: Clock, late: TimedOut) {
    this.id = id;
    this.producerId = producerId;
    this.epoch = 0;
    this.timeoutMs = timeoutMs;
    this.updatedMs = nowMs;
    this.deadline = new Deadline(clock, () => late(this));
  }

  get ongoing(): boolean {
    return this.state === 'ongoing';
  }

  begin(nowMs: number): void {
    if (this.ongoing) return;
    this.state = 'ongoing';
    this.startMs = nowMs;
    this.updatedMs = nowMs;
  }

  /** Nothing is left open. */
  clear(state: TransactionState): void {
    this.partitions.clear();
    this.groups.clear();
    this.deadline.clear();
    this.state = state;
    this.startMs = -1;
  }

  /** The next incarnation of the producer: a new epoch, and with the last of them used up a new id. */
  bump(remembersEpoch: boolean, takeId: () => number): void {
    this.lastEpoch = remembersEpoch ? this.epoch : noEpoch;
    if (this.epoch < highestEpoch) {
      this.lastProducerId = noProducerId;
      this.epoch++;
      return;
    }
    this.lastProducerId = this.producerId;
    this.producerId = takeId();
    this.epoch = 0;
  }

  offsetsOf(group: string): Map<string, HeldOffset> {
    let offsets = this.groups.get(group);
    if (offsets === undefined) {
      offsets = new Map();
      this.groups.set(group, offsets);
    }
    return offsets;
  }

  /** All but what the transaction covers. */
  writeHead(into: ByteWriter): void {
    into.varint(this.producerId);
    into.varint(this.epoch);
    into.varint(this.lastProducerId);
    into.varint(this.lastEpoch);
    into.uvarint(this.timeoutMs);
    into.u8(states.indexOf(this.state));
    into.u8(this.bumpsEpochs ? 1 : 0);
    into.varint(this.startMs);
    into.varint(this.updatedMs);
  }

  readHead(from: ByteReader): void {
    this.producerId = from.varint();
    this.epoch = from.varint();
    this.lastProducerId = from.varint();
    this.lastEpoch = from.varint();
    this.timeoutMs = from.uvarint();
    const state = states[from.u8()];
    if (state === undefined) throw new DecodeError('a transaction in an unknown state');
    this.state = state;
    this.bumpsEpochs = from.u8() === 1;
    this.startMs = from.varint();
    this.updatedMs = from.varint();
  }
}

export type TimedOut = (transaction: Transaction) => void;

export function writeHeldOffset(into: ByteWriter, held: HeldOffset): void {
  const { committed } = held;
  into.string(held.topic);
  into.view(Buffer.from(held.topicId, 'hex'));
  into.uvarint(held.partition);
  into.varint(committed.offset);
  into.varint(committed.leaderEpoch);
  into.string(committed.metadata);
  into.varint(committed.commitTimestampMs);
}

export function readHeldOffset(from: ByteReader): HeldOffset {
  const topic = from.string();
  const topicId = from.view(16).toString('hex');
  const partition = from.uvarint();
  const offset = from.varint();
  const leaderEpoch = from.varint();
  const metadata = from.string();
  const commitTimestampMs = from.varint();
  return {
    topic,
    topicId,
    partition,
    committed: { offset, leaderEpoch, metadata, commitTimestampMs, expireTimestampMs: -1 },
  };
}
