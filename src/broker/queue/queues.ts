import { AssertionError } from '../../lib/assert.js';
import { type ByteReader, DecodeError } from '../../lib/byte-reader.js';
import type { ByteWriter } from '../../lib/byte-writer.js';
import type { Logger } from '../../lib/logger.js';
import type { Log, LogPolicy } from '../../log/log.js';
import type { Recorder, State } from '../../log/state.js';
import type { Storage } from '../../log/storage.js';
import { BrokerError } from '../errors.js';
import { queuePlace } from '../queue-key.js';
import { brokerErrorOf } from '../refusal.js';
import { type Headers, readHeaders, writeHeaders } from '../routing/headers.js';
import { stateNumbers } from '../state-numbers.js';
import type { Vhost } from '../vhost.js';
import type { VhostFollower, Vhosts } from '../vhosts.js';
import { Delays, delayedQueueName } from './delays.js';
import { FirstReceives } from './first-receives.js';
import type { Admission, Ledger } from './ledger.js';
import type { LogDestinations } from './log-destinations.js';
import type { MessageCursor } from './message-cursor.js';
import type { MessageRun } from './message-run.js';
import { Queue } from './queue.js';
import type { QueueOwner } from './queue-owner.js';
import { type HeadersOf, Reburial } from './reburial.js';
import { defaultQueueOptions, type QueueOptions, type QueueSettings, settingsOf } from './settings.js';

const operation = { declare: 1, delete: 2, timed: 3, describe: 4 } as const;
const snapshotVersion = 3;
const flag = { durable: 1, exclusive: 2, autoDelete: 4, quorum: 8, explicit: 16, timed: 32 } as const;

/** Queues are mostly empty again before a segment is written: theirs are small, and nothing goes to them directly. */
const queueLogPolicy: LogPolicy = {
  segmentBytes: 64 * 1024 * 1024,
  segmentMs: Number.POSITIVE_INFINITY,
  indexIntervalBytes: 4096,
  direct: false,
};

const nameBytesMax = 255;

/** Whoever else has a say in how queues behave, and hears of them. */
export interface QueueRules {
  settingsFor(queue: Queue): QueueSettings;
}

const ownSettings: QueueRules = { settingsFor: (queue) => settingsOf(queue.options, queue.attributes) };

/** What became of a publish. */
export const published = { nowhere: 0, taken: 1, refused: 2 } as const;

/** Which queues there are, in all virtual hosts. Dead letters go from one to another, so they live together. */
export class Queues implements State, QueueOwner, VhostFollower {
  readonly storage: Storage;
  readonly vhosts: Vhosts;
  readonly firstReceives: FirstReceives;
  private readonly logger: Logger;
  private readonly recorder: Recorder;
  private rules: QueueRules = ownSettings;
  private readonly byName = new Map<string, Queue>();
  private readonly byLog = new Map<number, Queue>();
  private readonly headerReaders = new Map<number, HeadersOf>();
  private readonly waiting: Queue[] = [];
  /** Takes what leads to no queue. */
  logs: LogDestinations | null = null;
  /** Ledgers that are not those of queues, by what their first receives are kept under. */
  otherLedgers: (number: number) => Ledger | undefined = () => undefined;
  /** Since the process began: what the journal tells of before does not count. */
  createdCount = 0;
  deletedCount = 0;
  /** Another number whenever it may be other queues that keep what is done. */
  keepingChanges = 0;
  private dispatchSoon = false;
  private holders = 0;
  private readonly delays: Delays;
  private readonly admission: { priority: number } = { priority: 0 };

  constructor(storage: Storage, vhosts: Vhosts, logger: Logger) {
    this.storage = storage;
    this.vhosts = vhosts;
    this.logger = logger;
    this.recorder = storage.recorder(stateNumbers.queues);
    storage.register(stateNumbers.queues, this);
    this.firstReceives = new FirstReceives(storage, (id) => this.byLog.get(id)?.ledger ?? this.otherLedgers(id));
    vhosts.follow(this);
    this.delays = new Delays(this);
  }

  get(name: string): Queue | undefined {
    return this.byName.get(name);
  }

  /** The queue that a router's answer means. */
  of(destination: number): Queue | undefined {
    return this.byLog.get(destination);
  }

  all(): IterableIterator<Queue> {
    return this.byName.values();
  }

  get count(): number {
    return this.byName.size;
  }

  /** How many there are in a virtual host. */
  countIn(vhost: string): number {
    let count = 0;
    for (const name of this.byName.keys()) if (queuePlace(name).vhost === vhost) count++;
    return count;
  }

  /** Somebody new for whom messages are locked. Never given again while the process runs. */
  nextHolder(): number {
    return ++this.holders;
  }

  /** The queue of that name, made when it is not there yet. `name` as `queueKey` gives it. */
  declare(name: string, options: QueueOptions = defaultQueueOptions): Queue {
    const present = this.byName.get(name);
    if (present !== undefined) return present;
    const place = queuePlace(name);
    if (place.name === '' || Buffer.byteLength(place.name) > nameBytesMax) {
      throw new BrokerError('invalid-queue-name', `a queue name has 1 to ${nameBytesMax} bytes`);
    }
    this.refuseWhenStorageDoes();
    const log = this.storage.createLog(this.logName(place.name), queueLogPolicy);
    const into = this.recorder.begin();
    into.u8(operation.declare);
    writeQueue(into, name, options, false, log);
    this.recorder.end();
    const queue = this.add(name, options, log);
    this.createdCount++;
    this.vhosts.get(place.vhost)?.router.addDestination(place.name, log.id);
    queue.configure(this.rules.settingsFor(queue));
    if (queue.settings.retentionMs > 0) this.keepingChanges++;
    return queue;
  }

  /** Replaces the attributes of a queue; what they say of its behaviour holds from now on. */
  describe(queue: Queue, attributes: Headers): void {
    this.refuseWhenStorageDoes();
    const into = this.recorder.begin();
    into.u8(operation.describe);
    into.string(queue.name);
    writeHeaders(into, attributes);
    this.recorder.end();
    queue.attributes = attributes;
    queue.configure(this.rules.settingsFor(queue));
  }

  /** Follows other rules from now on, or the same ones when they have changed. */
  follow(rules: QueueRules): void {
    this.rules = rules;
    this.keepingChanges++;
    for (const queue of this.byName.values()) queue.configure(rules.settingsFor(queue));
  }

  /** `~` is in no topic's name, and the number tells queues apart whose names look alike as a folder. */
  private logName(name: string): string {
    const readable = name.replaceAll(/[^a-zA-Z0-9._-]/g, '_').slice(0, 100);
    return `queue~${this.storage.nextLogId}~${readable}`;
  }

  private add(name: string, options: QueueOptions, log: Log): Queue {
    log.policy = queueLogPolicy;
    const id = stateNumbers.ledger(log.id);
    const target = new Reburial(name, this);
    const queue = new Queue(name, options, log, this.storage.recorder(id), target, this, this.storage, this.logger);
    this.storage.register(id, queue.ledger);
    this.byName.set(name, queue);
    this.byLog.set(log.id, queue);
    return queue;
  }

  delete(queue: Queue): void {
    if (queue.gone) return;
    this.refuseWhenStorageDoes();
    const into = this.recorder.begin();
    into.u8(operation.delete);
    into.string(queue.name);
    this.recorder.end();
    this.vhosts.get(queuePlace(queue.name).vhost)?.router.removeDestination(queue.log.id);
    this.storage.deleteLog(queue.log);
    this.remove(queue);
    this.deletedCount++;
    if (queue.settings.retentionMs > 0) this.keepingChanges++;
    this.logs?.nameIsFree(queue.name);
  }

  private remove(queue: Queue): void {
    this.byName.delete(queue.name);
    this.byLog.delete(queue.log.id);
    this.firstReceives.forget(queue.log.id);
    this.storage.unregister(stateNumbers.ledger(queue.log.id));
    queue.close();
  }

  private refuseWhenStorageDoes(): void {
    const refusal = this.storage.refusal;
    if (refusal !== null) throw brokerErrorOf(refusal);
  }

  // --- publishing ---

  /**
   * Puts a run into each of the queues: their appends share one copy of its bytes, and one bundle. `refused` where any
   * of them turns messages away, `run.accepted` being what came before; those that do not have them all the same, as
   * RabbitMQ does it.
   */
  publish(destinations: readonly number[], run: MessageRun, priority: number, timed: boolean): number {
    let outcome: number = published.nowhere;
    let placed = 0;
    run.accepted = run.count;
    for (let index = 0; index < destinations.length; index++) {
      let destination = destinations[index]!;
      let queue = this.byLog.get(destination);
      if (queue !== undefined && queue.settings.topic !== null) {
        destination = this.logs?.destinationNamed(queue.settings.topic) ?? -1;
        queue = undefined;
        if (destination < 0) {
          // Its topic is gone: nobody is to believe that it has the message.
          outcome = published.refused;
          run.accepted = 0;
          continue;
        }
      }
      if (queue === undefined) {
        if (this.logs === null) continue;
        if (this.logs.append(destination, run)) {
          if (outcome === published.nowhere) outcome = published.taken;
        } else {
          outcome = published.refused;
          run.accepted = 0;
        }
        continue;
      }
      const count = queue.roomFor(run);
      if (count > 0) {
        if (placed !== count) {
          placed = count;
          run.place(this.storage.pool, count);
        }
        if (timed && !queue.timed) this.recordTimed(queue);
        queue.publish(run.buffer, run.at, run.size, this.admissionFor(queue, priority, run));
      }
      if (count < run.count) {
        outcome = published.refused;
        run.accepted = Math.min(run.accepted, count);
        this.turnAway(queue, run, count);
      } else if (outcome === published.nowhere) outcome = published.taken;
    }
    return outcome;
  }

  private admissionFor(queue: Queue, priority: number, run: MessageRun): Admission | null {
    const { priorityMax } = queue.settings;
    if (priorityMax > 0) {
      this.admission.priority = Math.min(priority, priorityMax);
      return this.admission;
    }
    // A message without a group of its own shares one with the others of its key.
    return queue.options.admission === 'explicit' ? { group: run.keyText } : null;
  }

  /** There is no room for it from message `from` on; some queues want those as dead letters instead. */
  private turnAway(queue: Queue, run: MessageRun, from: number): void {
    if (queue.settings.overflow !== 'reject-publish-dlx' || queue.settings.deadLetter === null) return;
    new Reburial(queue.name, this).takeRefused(run, from);
  }

  private recordTimed(queue: Queue): void {
    const into = this.recorder.begin();
    into.u8(operation.timed);
    into.string(queue.name);
    this.recorder.end();
    queue.markTimed();
  }

  /** Routes a run later, as an exchange of delayed messages does. */
  publishLater(vhost: Vhost, run: MessageRun, delayMs: number): void {
    this.delays.keep(vhost, run, delayMs);
  }

  /** How a front reads the headers of what it has taken in; routing dead letters by headers asks for them. */
  readHeaders(kind: number, reader: HeadersOf): void {
    this.headerReaders.set(kind, reader);
    this.delays.canRoute();
  }

  headersOf(message: MessageCursor): Headers | null {
    return this.headerReaders.get(message.kind)?.(message) ?? null;
  }

  // --- handing out ---

  toDispatch(queue: Queue): void {
    if (queue.waitsForDispatch) return;
    queue.waitsForDispatch = true;
    this.waiting.push(queue);
    if (this.dispatchSoon) return;
    this.dispatchSoon = true;
    this.storage.clock.soon(() => {
      this.dispatchSoon = false;
      this.dispatch();
    });
  }

  /**
   * Lets every queue that has something new hand it out. Happens at the end of the turn by itself; who has just
   * brought messages in may ask for it at once.
   */
  dispatch(): void {
    const { waiting } = this;
    for (let index = 0; index < waiting.length; index++) {
      const queue = waiting[index]!;
      queue.waitsForDispatch = false;
      try {
        queue.dispatch();
      } catch (error) {
        // Whoever happened to ask for it has nothing to do with what is wrong in this queue.
        if (error instanceof AssertionError) throw error;
        queue.failed(error);
      }
    }
    waiting.length = 0;
  }

  unused(queue: Queue): void {
    this.delete(queue);
  }

  removing(vhost: Vhost): void {
    for (const queue of [...this.byName.values()]) {
      if (queuePlace(queue.name).vhost === vhost.name) this.delete(queue);
    }
  }

  /** The storage is open: queues that were to end with the process do, the others go on where they were. */
  restarted(): void {
    for (const queue of [...this.byName.values()]) {
      if (queue.options.durable && !queue.options.exclusive) {
        queue.configure(this.rules.settingsFor(queue));
        queue.restarted();
      } else this.delete(queue);
      if (queuePlace(queue.name).name === delayedQueueName) this.delays.found(queue);
    }
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
    } else if (kind === operation.timed) this.byName.get(from.string())?.markTimed();
    else if (kind === operation.describe) {
      const queue = this.byName.get(from.string());
      const attributes = readHeaders(from);
      if (queue !== undefined) queue.attributes = attributes;
    } else throw new DecodeError(`an operation of unknown kind ${kind} on the queues`);
  }

  snapshot(into: ByteWriter): void {
    into.u8(snapshotVersion);
    into.uvarint(this.byName.size);
    for (const queue of this.byName.values()) {
      writeQueue(into, queue.name, queue.options, queue.timed, queue.log);
      writeHeaders(into, queue.attributes);
    }
  }

  restore(from: ByteReader): void {
    const version = from.u8();
    if (version !== snapshotVersion) throw new DecodeError(`queues of unknown version ${version}`);
    for (let left = from.uvarint(); left > 0; left--) {
      const queue = this.addRead(from);
      queue.attributes = readHeaders(from);
    }
  }

  private addRead(from: ByteReader): Queue {
    const name = from.string();
    const flags = from.uvarint();
    const args = readHeaders(from);
    const id = from.uvarint();
    const log = this.storage.logs.get(id);
    if (log === undefined) throw new DecodeError(`the queue ${name} names a log ${id} that is not there`);
    const options: QueueOptions = {
      type: flags & flag.quorum ? 'quorum' : 'classic',
      durable: (flags & flag.durable) !== 0,
      exclusive: (flags & flag.exclusive) !== 0,
      autoDelete: (flags & flag.autoDelete) !== 0,
      arguments: args,
      admission: flags & flag.explicit ? 'explicit' : 'implicit',
    };
    const queue = this.add(name, options, log);
    if (flags & flag.timed) queue.markTimed();
    return queue;
  }
}

function writeQueue(into: ByteWriter, name: string, options: QueueOptions, timed: boolean, log: Log): void {
  into.string(name);
  into.uvarint(
    (options.durable ? flag.durable : 0) |
      (options.exclusive ? flag.exclusive : 0) |
      (options.autoDelete ? flag.autoDelete : 0) |
      (options.type === 'quorum' ? flag.quorum : 0) |
      (options.admission === 'explicit' ? flag.explicit : 0) |
      (timed ? flag.timed : 0),
  );
  writeHeaders(into, options.arguments);
  into.uvarint(log.id);
}
