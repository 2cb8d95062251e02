import { batchBytes, batchHeaderBytes, checkBatch } from '../../src/log/batch.js';
import { RecordCursor } from '../../src/log/records.js';
import { identityIn, nameOf } from './record.js';

const inflatedBytesMax = 64 * 1024 * 1024;
const violationsKept = 20_000;

/** The records one producer sends to one partition, numbered from 0. */
export interface Stream {
  readonly id: number;
  readonly partition: PartitionHistory;
  /** Its batches are taken in once, whatever is sent again: the numbers that are stored have no holes and no repeats. */
  readonly idempotent: boolean;
}

/** What is known of one partition from outside: which record was said, or seen, to be at which offset. */
export class PartitionHistory {
  readonly topic: string;
  readonly index: number;
  /** Identity by offset, plus one; 0 where nothing is known. */
  private claims = new Float64Array(1024);
  /** Behind the last offset with a claim. */
  claimedEnd = 0;
  /** The highest watermark any answer has told. */
  highWatermark = 0;

  constructor(topic: string, index: number) {
    this.topic = topic;
    this.index = index;
  }

  get name(): string {
    return `${this.topic}-${this.index}`;
  }

  claimAt(offset: number): number | undefined {
    const claim = this.claims[offset];
    return claim === undefined || claim === 0 ? undefined : claim - 1;
  }

  /** Notes that a record is at an offset; answers the other one that was said to be there, if one was. */
  claim(offset: number, identity: number): number | undefined {
    if (offset >= this.claims.length) {
      const larger = new Float64Array(Math.max(offset + 1, this.claims.length * 2));
      larger.set(this.claims);
      this.claims = larger;
    }
    const before = this.claims[offset]!;
    if (before !== 0 && before !== identity + 1) return before - 1;
    this.claims[offset] = identity + 1;
    if (offset >= this.claimedEnd) this.claimedEnd = offset + 1;
    return undefined;
  }
}

/** How far a partition was read from its start on, and the last number of each stream before that place. */
export interface ScanState {
  readonly offset: number;
  readonly lastNumbers: ReadonlyMap<number, number>;
}

export const scanStart: ScanState = { offset: 0, lastNumbers: new Map() };

export interface Counts {
  acknowledgedWritten: number;
  acknowledgedDurable: number;
  unacknowledged: number;
  recordsChecked: number;
  commits: number;
  topicsMade: number;
  topicsDeleted: number;
  producerIds: number;
}

/**
 * All that the broker has promised so far, and every promise that turned out broken. Nothing here asks the broker
 * anything: it is told what was answered and what was read.
 */
export class History {
  /** See Judge. */
  mayRefuse = false;
  readonly violations: string[] = [];
  violationCount = 0;
  readonly partitions: PartitionHistory[] = [];
  readonly streams: Map<number, Stream> = new Map();
  readonly counts: Counts = {
    acknowledgedWritten: 0,
    acknowledgedDurable: 0,
    unacknowledged: 0,
    recordsChecked: 0,
    commits: 0,
    topicsMade: 0,
    topicsDeleted: 0,
    producerIds: 0,
  };

  violation(message: string): void {
    this.violationCount++;
    if (this.violations.length < violationsKept) this.violations.push(message);
  }

  partition(topic: string, index: number): PartitionHistory {
    const found = this.partitions.find((known) => known.topic === topic && known.index === index);
    if (found !== undefined) return found;
    const made = new PartitionHistory(topic, index);
    this.partitions.push(made);
    return made;
  }

  stream(partition: PartitionHistory, idempotent: boolean): Stream {
    const stream = { id: this.streams.size + 1, partition, idempotent };
    this.streams.set(stream.id, stream);
    return stream;
  }

  /** A record was said to be at an offset, by an acknowledgement or by a read. */
  placed(partition: PartitionHistory, offset: number, identity: number, source: string): void {
    const other = partition.claim(offset, identity);
    if (other === undefined) return;
    this.violation(
      `${partition.name}: ${source} puts ${nameOf(identity)} at offset ${offset}, where ${nameOf(other)} was`,
    );
  }

  sawHighWatermark(partition: PartitionHistory, highWatermark: number): void {
    if (highWatermark < partition.highWatermark) {
      this.violation(
        `${partition.name}: the high watermark went back from ${partition.highWatermark} to ${highWatermark}`,
      );
    } else partition.highWatermark = highWatermark;
  }

  /**
   * Looks at batches that were fetched from `state.offset` on: whole, in order, without holes, each record the one
   * that was promised at its offset. Answers how far they go. Batches may begin before the offset asked for.
   */
  read(partition: PartitionHistory, state: ScanState, bytes: Buffer, source: string): ScanState {
    const lastNumbers = new Map(state.lastNumbers);
    let expected = state.offset;
    for (let at = 0; at < bytes.length; ) {
      if (bytes.length - at < batchHeaderBytes || at + batchBytes(bytes, at) > bytes.length) break;
      const fault = checkBatch(bytes, at, bytes.length);
      if (fault !== 'ok') {
        this.violation(`${partition.name}: ${source} finds a batch behind offset ${expected} that is ${fault}`);
        break;
      }
      const cursor = new RecordCursor(bytes, at, inflatedBytesMax);
      while (cursor.next()) {
        if (cursor.offset < state.offset) continue;
        this.readRecord(partition, cursor, expected, lastNumbers, source);
        expected = cursor.offset + 1;
      }
      at += batchBytes(bytes, at);
    }
    return { offset: expected, lastNumbers };
  }

  private readRecord(
    partition: PartitionHistory,
    cursor: RecordCursor,
    expected: number,
    lastNumbers: Map<number, number>,
    source: string,
  ): void {
    const { offset } = cursor;
    this.counts.recordsChecked++;
    if (offset !== expected) {
      this.violation(`${partition.name}: ${source} finds offset ${offset} where ${expected} should be`);
    }
    const identity = identityIn(cursor.bytes, cursor.valueAt, cursor.valueLength);
    if (identity === undefined) {
      this.violation(`${partition.name}: ${source} finds a record at offset ${offset} that is not as it was sent`);
      return;
    }
    const id = Math.floor(identity / 4294967296);
    const stream = this.streams.get(id);
    if (stream === undefined || stream.partition !== partition) {
      this.violation(`${partition.name}: ${source} finds ${nameOf(identity)} at offset ${offset}, sent elsewhere`);
      return;
    }
    const number = identity % 4294967296;
    const last = lastNumbers.get(id) ?? -1;
    if (stream.idempotent ? number !== last + 1 : number <= last) {
      const kind = stream.idempotent ? 'idempotent ' : '';
      this.violation(
        `${partition.name}: ${source} finds ${kind}${nameOf(identity)} at offset ${offset}, behind number ${last}`,
      );
    }
    lastNumbers.set(id, number);
    this.placed(partition, offset, identity, source);
  }

  /** The whole partition was read, up to the end that the broker told. */
  readToEnd(partition: PartitionHistory, state: ScanState, highWatermark: number, source: string): void {
    this.sawHighWatermark(partition, highWatermark);
    if (state.offset !== highWatermark) {
      this.violation(`${partition.name}: ${source} ends at offset ${state.offset}, not at ${highWatermark}`);
    }
    const end = Math.min(state.offset, highWatermark);
    let lost = 0;
    for (let offset = end; offset < partition.claimedEnd; offset++) {
      if (partition.claimAt(offset) !== undefined) lost++;
    }
    if (lost === 0) return;
    const first = partition.claimAt(end);
    this.violation(
      `${partition.name}: ${source} ends at offset ${end}; ${lost} acknowledged or delivered records behind it are ` +
        `lost${first === undefined ? '' : `, the first one ${nameOf(first)}`}`,
    );
  }
}
