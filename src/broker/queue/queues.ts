import { type ByteReader, DecodeError } from '../../lib/byte-reader.js';
import type { ByteWriter } from '../../lib/byte-writer.js';
import type { Logger } from '../../lib/logger.js';
import type { Log, LogPolicy } from '../../log/log.js';
import type { Recorder, State } from '../../log/state.js';
import type { Storage } from '../../log/storage.js';
import { BrokerError } from '../errors.js';
import { brokerErrorOf } from '../refusal.js';
import { stateNumbers } from '../state-numbers.js';
import type { DeadBatch } from './dead-batch.js';
import { defaultQueueOptions, Queue, type QueueOptions } from './queue.js';
import type { DeathReason } from './runs.js';

const operation = { declare: 1, delete: 2 } as const;
const snapshotVersion = 1;

/** Queues are mostly empty again before a segment is written: theirs are small, and nothing goes to them directly. */
const queueLogPolicy: LogPolicy = {
  segmentBytes: 64 * 1024 * 1024,
  segmentMs: Number.POSITIVE_INFINITY,
  indexIntervalBytes: 4096,
  direct: false,
};

const nameBytesMax = 255;

/** Which queues there are. Dead letters go from one to another, so they live together. */
export class Queues implements State {
  private readonly storage: Storage;
  private readonly logger: Logger;
  private readonly recorder: Recorder;
  private readonly byName = new Map<string, Queue>();

  constructor(storage: Storage, logger: Logger) {
    this.storage = storage;
    this.logger = logger;
    this.recorder = storage.recorder(stateNumbers.queues);
    storage.register(stateNumbers.queues, this);
  }

  get(name: string): Queue | undefined {
    return this.byName.get(name);
  }

  all(): IterableIterator<Queue> {
    return this.byName.values();
  }

  /** The queue of that name, made when it is not there yet. */
  declare(name: string, options: QueueOptions = defaultQueueOptions): Queue {
    const present = this.byName.get(name);
    if (present !== undefined) return present;
    if (name === '' || Buffer.byteLength(name) > nameBytesMax) {
      throw new BrokerError('invalid-queue-name', `a queue name has 1 to ${nameBytesMax} bytes`);
    }
    this.refuseWhenStorageDoes();
    const log = this.storage.createLog(this.logName(name), queueLogPolicy);
    const into = this.recorder.begin();
    into.u8(operation.declare);
    writeQueue(into, name, options, log);
    this.recorder.end();
    return this.add(name, options, log);
  }

  /** `~` is in no topic's name, and the number tells queues apart whose names look alike as a folder. */
  private logName(name: string): string {
    const readable = name.replaceAll(/[^a-zA-Z0-9._-]/g, '_').slice(0, 100);
    return `queue~${this.storage.nextLogId}~${readable}`;
  }

  private add(name: string, options: QueueOptions, log: Log): Queue {
    log.policy = queueLogPolicy;
    const id = stateNumbers.ledger(log.id);
    const target = {
      take: (records: DeadBatch, from: number, to: number, reason: DeathReason, deliveries: number): boolean =>
        this.takeDead(name, options, records, from, to, reason, deliveries),
    };
    const queue = new Queue(name, options, log, this.storage.recorder(id), target, this.storage, this.logger);
    this.storage.register(id, queue.ledger);
    this.byName.set(name, queue);
    return queue;
  }

  private takeDead(
    name: string,
    options: QueueOptions,
    records: DeadBatch,
    from: number,
    to: number,
    reason: DeathReason,
    deliveries: number,
  ): boolean {
    if (this.storage.refusal !== null || this.storage.congested) return false;
    const target = this.byName.get(options.deadLetterTo);
    if (target === undefined) return true;
    const copies = records.copies(from, to, name, reason, deliveries);
    const { slabs } = this.storage;
    slabs.place(copies, 0, copies.length);
    target.publish(slabs.buffer, slabs.at, copies.length);
    return true;
  }

  delete(queue: Queue): void {
    this.refuseWhenStorageDoes();
    const into = this.recorder.begin();
    into.u8(operation.delete);
    into.string(queue.name);
    this.recorder.end();
    this.storage.deleteLog(queue.log);
    this.remove(queue);
  }

  private remove(queue: Queue): void {
    queue.close();
    this.byName.delete(queue.name);
    this.storage.unregister(stateNumbers.ledger(queue.log.id));
  }

  private refuseWhenStorageDoes(): void {
    const refusal = this.storage.refusal;
    if (refusal !== null) throw brokerErrorOf(refusal);
  }

  /** The storage is open: every queue goes on where it was. */
  restarted(): void {
    for (const queue of this.byName.values()) queue.restarted();
  }

  close(): void {
    for (const queue of this.byName.values()) queue.close();
  }

  // As a state.

  replay(from: ByteReader): void {
    const kind = from.u8();
    if (kind === operation.declare) this.addRead(from);
    else if (kind === operation.delete) {
      const queue = this.byName.get(from.string());
      if (queue !== undefined) this.remove(queue);
    } else throw new DecodeError(`an operation of unknown kind ${kind} on the queues`);
  }

  snapshot(into: ByteWriter): void {
    into.u8(snapshotVersion);
    into.uvarint(this.byName.size);
    for (const queue of this.byName.values()) writeQueue(into, queue.name, queue.options, queue.log);
  }

  restore(from: ByteReader): void {
    const version = from.u8();
    if (version !== snapshotVersion) throw new DecodeError(`queues of unknown version ${version}`);
    for (let left = from.uvarint(); left > 0; left--) this.addRead(from);
  }

  private addRead(from: ByteReader): void {
    const name = from.string();
    const deliveryLimit = from.varint();
    const deadLetterTo = from.string();
    const admission = from.u8() === 1 ? 'explicit' : 'implicit';
    const id = from.uvarint();
    const log = this.storage.logs.get(id);
    if (log === undefined) throw new DecodeError(`the queue ${name} names a log ${id} that is not there`);
    this.add(name, { deliveryLimit, deadLetterTo, admission }, log);
  }
}

function writeQueue(into: ByteWriter, name: string, options: QueueOptions, log: Log): void {
  into.string(name);
  into.varint(options.deliveryLimit);
  into.string(options.deadLetterTo);
  into.u8(options.admission === 'explicit' ? 1 : 0);
  into.uvarint(log.id);
}
