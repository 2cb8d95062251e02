import { LedgerModel } from '../../src/broker/queue/ledger-model.js';
import { lastOffsetDelta, storedCrc } from '../../src/log/batch.js';

export type LogUse = 'stream' | 'compacted' | 'queue';

export interface ModelRecord {
  /** Behind the base of its batch. */
  readonly delta: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly timestamp: number;
}

/** A batch as its publisher made it, with base offset 0. */
export interface Content {
  readonly bytes: Buffer;
  readonly records: readonly ModelRecord[];
  readonly control: boolean;
}

export interface Placed {
  readonly base: number;
  readonly next: number;
  readonly content: Content;
}

/** How large a ledger is told that a record is: it needs no truth, only agreement. */
export function measuredBytes(offset: number): number {
  return 1 + ((offset * 7) % 5);
}

/** What a follower of a log makes of the batches it hears of: any one missing, doubled or misplaced changes it. */
export function digest(before: number, bytes: Buffer, at: number, base: number): number {
  const crc = storedCrc(bytes, at);
  return (Math.imul(before ^ crc, 16_777_619) + base * 31 + lastOffsetDelta(bytes, at)) >>> 0;
}

export class ModelLog {
  readonly id: number;
  readonly name: string;
  readonly use: LogUse;
  readonly batches: Placed[] = [];
  start = 0;
  end = 0;
  digest = 0;
  ledger: LedgerModel | null;

  constructor(id: number, name: string, use: LogUse) {
    this.id = id;
    this.name = name;
    this.use = use;
    this.ledger = use === 'queue' ? new LedgerModel(false, measuredBytes) : null;
  }

  clone(): ModelLog {
    const other = new ModelLog(this.id, this.name, this.use);
    other.batches.push(...this.batches);
    other.start = this.start;
    other.end = this.end;
    other.digest = this.digest;
    if (this.ledger !== null && other.ledger !== null) {
      other.ledger.limit = this.ledger.limit;
      for (const one of this.ledger.all) other.ledger.all.push({ ...one });
    }
    return other;
  }

  append(content: Content): number {
    const base = this.end;
    this.end = base + lastOffsetDelta(content.bytes, 0) + 1;
    this.batches.push({ base, next: this.end, content });
    this.digest = digest(this.digest, content.bytes, 0, base);
    this.ledger?.arrived(this.end);
    return base;
  }

  /** The place in `batches` of the one that holds `offset`, or of the first one behind it. */
  find(offset: number): number {
    let low = 0;
    let high = this.batches.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.batches[middle]!.next <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The record's own words: unlike its offset they are never used twice. */
  nameOf(offset: number): string {
    const placed = this.batches[this.find(offset)]!;
    return placed.content.records[offset - placed.base]!.value ?? 'nothing';
  }
}

export type Operation =
  | { readonly kind: 'create'; readonly id: number; readonly name: string; readonly use: LogUse }
  | { readonly kind: 'delete'; readonly id: number }
  | { readonly kind: 'append'; readonly id: number; readonly content: Content; readonly base: number }
  | { readonly kind: 'trim'; readonly id: number; readonly offset: number }
  | { readonly kind: 'ledger'; readonly id: number; readonly apply: (ledger: LedgerModel) => unknown }
  | { readonly kind: 'stamp'; readonly number: number };

/** All that one synchronous stretch of code recorded: there whole or not at all. */
export interface Stretch {
  readonly number: number;
  readonly text: string;
  readonly operations: readonly Operation[];
}

/** What there is if all that was done had happened and nothing ever failed: plain arrays and maps. */
export class Model {
  readonly logs: Map<number, ModelLog> = new Map();
  stamp = 0;

  clone(): Model {
    const other = new Model();
    for (const [id, log] of this.logs) other.logs.set(id, log.clone());
    other.stamp = this.stamp;
    return other;
  }

  log(id: number): ModelLog {
    const log = this.logs.get(id);
    if (log === undefined) throw new Error(`the model has no log ${id}`);
    return log;
  }

  applyAll(stretch: Stretch): void {
    for (const operation of stretch.operations) this.apply(operation);
  }

  apply(operation: Operation): void {
    switch (operation.kind) {
      case 'create':
        this.logs.set(operation.id, new ModelLog(operation.id, operation.name, operation.use));
        break;
      case 'delete':
        this.logs.delete(operation.id);
        break;
      case 'append':
        this.log(operation.id).append(operation.content);
        break;
      case 'trim': {
        const log = this.log(operation.id);
        log.start = Math.max(log.start, operation.offset);
        break;
      }
      case 'ledger':
        operation.apply(this.log(operation.id).ledger!);
        break;
      case 'stamp':
        this.stamp = operation.number;
        break;
    }
  }
}
