import { randomUUID } from 'node:crypto';
import type { Clock, Timer } from '../../lib/clock.js';
import type { Logger } from '../../lib/logger.js';
import { queueKey, queuePlace } from '../queue-key.js';
import type { HeaderValue } from '../routing/headers.js';
import type { MessageCursor } from './message-cursor.js';
import { MessageRun } from './message-run.js';
import type { Queue } from './queue.js';
import type { Queues } from './queues.js';
import { Runs } from './runs.js';

const forever = Number.POSITIVE_INFINITY;
/** Moved in one stretch: copies and acks in one bundle. */
const batchMax = 100;
/** With a rate, messages go in so many portions a second, or one by one. */
const portionsPerSecond = 10;
/** While nothing can be recorded a task waits for so long between two looks. */
const refusedRetryMs = 1000;
/** Tasks that are over are told of for as many. */
const rememberedMax = 10;

export type MoveStatus = 'RUNNING' | 'COMPLETED' | 'CANCELLING' | 'CANCELLED' | 'FAILED';

export type MoveFailureReason = 'no-source' | 'no-destination' | 'no-room' | 'internal';

/** As it is kept among the attributes of its source. */
export interface MoveTask {
  readonly id: string;
  /** A queue's key; null where each message goes back to where it died. */
  readonly destination: string | null;
  readonly perSecond: number | null;
  readonly startedMs: number;
  readonly toMove: number;
  moved: number;
  status: MoveStatus;
  failure: MoveFailureReason | null;
}

/** What somebody asks for; without a count all that is ready. */
export interface MoveWish {
  readonly destination: string | null;
  readonly perSecond: number | null;
  readonly count?: number;
}

/** How a front's content is made that of a new message. */
export type Renewal = (message: MessageCursor, nowMs: number) => Buffer;

class MoveFailure extends Error {
  override readonly name = 'MoveFailure';
  readonly reason: MoveFailureReason;

  constructor(reason: MoveFailureReason) {
    super(reason);
    this.reason = reason;
  }
}

/** The attribute of a queue that tells of its tasks. */
const movesName = 'moves';

/**
 * Moves messages of dead-letter queues elsewhere, in the background: each is here or there, once, whatever happens. How
 * far a task is is kept with its source, and a task that was running when the process ended goes on with the next.
 */
export class Moves {
  private readonly queues: Queues;
  private readonly clock: Clock;
  private readonly logger: Logger | null;
  private readonly holder: number;
  private readonly bySource = new WeakMap<Queue, MoveTask[]>();
  /** Who waits for the next portion: woken at once when the task is cancelled or the front closes. */
  private readonly resting = new Map<MoveTask, () => void>();
  private readonly running = new Set<MoveTask>();
  private readonly renewals = new Map<number, Renewal>();
  private closed = false;

  constructor(queues: Queues, clock: Clock, logger: Logger | null = null) {
    this.queues = queues;
    this.clock = clock;
    this.logger = logger;
    this.holder = queues.nextHolder();
  }

  /** `kind`: one of `contentKind`. What nobody renews is moved as it is. */
  renewWith(kind: number, renewal: Renewal): void {
    this.renewals.set(kind, renewal);
  }

  /** Goes on with what was under way. */
  resume(): void {
    this.closed = false;
    for (const queue of this.queues.all()) {
      if (!queue.attributes.has(movesName)) continue;
      for (const task of this.of(queue)) {
        if (this.running.has(task)) continue;
        if (task.status === 'RUNNING') this.run(queue, task);
        else if (task.status === 'CANCELLING') this.end(queue, task, 'CANCELLED');
      }
    }
  }

  of(source: Queue): readonly MoveTask[] {
    let tasks = this.bySource.get(source);
    if (tasks === undefined) {
      const kept = source.attributes.get(movesName);
      tasks = typeof kept === 'string' ? (JSON.parse(kept) as MoveTask[]) : [];
      this.bySource.set(source, tasks);
    }
    return tasks;
  }

  isRunning(source: Queue): boolean {
    return this.of(source).some(({ status }) => status === 'RUNNING' || status === 'CANCELLING');
  }

  start(source: Queue, { destination, perSecond, count }: MoveWish): MoveTask {
    const made: MoveTask = {
      id: randomUUID(),
      destination,
      perSecond,
      startedMs: this.clock.now(),
      toMove: Math.min(source.ready, count ?? forever),
      moved: 0,
      status: 'RUNNING',
      failure: null,
    };
    const before = this.of(source);
    this.bySource.set(source, [made, ...before].slice(0, rememberedMax));
    try {
      this.keep(source);
    } catch (error) {
      this.bySource.set(source, [...before]);
      throw error;
    }
    this.run(source, made);
    return made;
  }

  cancel(source: Queue, task: MoveTask): void {
    task.status = 'CANCELLING';
    this.keep(source);
    this.resting.get(task)?.();
  }

  close(): void {
    this.closed = true;
    for (const wake of [...this.resting.values()]) wake();
  }

  private keep(source: Queue): void {
    if (source.gone) return;
    const attributes = new Map<string, HeaderValue>(source.attributes);
    attributes.set(movesName, JSON.stringify(this.of(source)));
    this.queues.describe(source, attributes);
  }

  private run(source: Queue, task: MoveTask): void {
    this.running.add(task);
    this.move(source, task).then(
      () => this.running.delete(task),
      (error: unknown) => {
        this.running.delete(task);
        this.broke(source, task, error);
      },
    );
  }

  private broke(source: Queue, task: MoveTask, error: unknown): void {
    // What is not told to the caller: the broker is closing, or its storage refuses.
    if (this.closed || source.gone) return;
    const { refusal } = this.queues.storage;
    if (refusal !== null) {
      if (refusal.code !== 'closed') void this.rest(task, refusedRetryMs).then(() => this.again(source, task));
      return;
    }
    if (!(error instanceof MoveFailure)) this.logger?.error({ queue: source.name, err: error }, 'a move failed');
    task.failure = error instanceof MoveFailure ? error.reason : 'internal';
    task.status = 'FAILED';
    this.giveBack(source);
    this.keep(source);
  }

  /** A disk that was full has room again, or not yet. What was locked and not moved is looked for anew. */
  private again(source: Queue, task: MoveTask): void {
    if (!this.closed && !source.gone && this.queues.storage.refusal === null) this.giveBack(source);
    this.run(source, task);
  }

  /** What was locked and not moved was seen by nobody. */
  private giveBack(source: Queue): void {
    source.returnUnseen(this.holder, 0, source.log.endOffset);
  }

  private end(source: Queue, task: MoveTask, status: MoveStatus): void {
    task.status = status;
    this.keep(source);
  }

  private async move(source: Queue, task: MoveTask): Promise<void> {
    const { perSecond } = task;
    const portion = perSecond === null ? batchMax : Math.max(1, Math.floor(perSecond / portionsPerSecond));
    for (;;) {
      if (this.closed || source.gone) return;
      const left = task.toMove - task.moved;
      if (task.status !== 'RUNNING' || left <= 0) break;
      if (!(await this.moveSome(source, task, Math.min(left, portion)))) break;
      if (perSecond === null) await this.queues.storage.durable();
      else if (task.moved < task.toMove) await this.rest(task, (1000 * portion) / perSecond);
    }
    if (!this.closed && !source.gone) this.end(source, task, task.status === 'CANCELLING' ? 'CANCELLED' : 'COMPLETED');
  }

  private rest(task: MoveTask, forMs: number): Promise<void> {
    return new Promise((resolve) => {
      let timer: Timer | null = null;
      const wake = (): void => {
        timer?.cancel();
        this.resting.delete(task);
        resolve();
      };
      this.resting.set(task, wake);
      timer = this.clock.after(Math.ceil(forMs), wake);
    });
  }

  /** False when nothing is left. */
  private async moveSome(source: Queue, task: MoveTask, count: number): Promise<boolean> {
    const runs = new Runs();
    await new Promise<void>((resolve) => source.withHead(resolve));
    if (source.gone || this.closed || source.acquire(this.holder, count, forever, runs) === 0) return false;
    const run = new MessageRun();
    for (let index = 0; index < runs.count; index++) {
      for (let offset = runs.from[index]!; offset < runs.to[index]!; offset++) {
        while (!source.cursor.seek(offset)) await source.cursor.load(offset);
        if (source.gone || this.closed) return false;
        this.moveOne(source, task, offset, run);
      }
    }
    this.keep(source);
    return true;
  }

  /** What arrives is a new message, with an age of its own and without the story of its deaths: as SQS has it. */
  private moveOne(source: Queue, task: MoveTask, offset: number, run: MessageRun): void {
    const { cursor } = source;
    const died = cursor.deaths?.list[0];
    if (task.destination === null && died === undefined) throw new MoveFailure('no-source');
    const { vhost } = queuePlace(source.name);
    const destination = this.queues.get(task.destination ?? queueKey(vhost, died!.queue));
    if (destination === undefined || destination.gone) throw new MoveFailure('no-destination');
    const { bytes, contentAt, contentLength, bodyAt, bodyLength, kind, priority } = cursor;
    // Back where it died it is as it had come there.
    const isBack = task.destination === null && died !== undefined;
    const exchange = isBack ? died.exchange : cursor.exchange;
    const key = isBack ? (died.keys[0] ?? cursor.key) : cursor.key;
    const nowMs = this.clock.now();
    run.begin(Buffer.from(exchange), Buffer.from(key), kind, nowMs);
    const content = this.renewals.get(kind)?.(cursor, nowMs);
    const length = Math.max(0, bodyLength);
    if (content !== undefined) run.add(content, 0, content.length, bytes, bodyAt, length);
    else run.add(bytes, contentAt, contentLength, bytes, bodyAt, length);
    if (destination.roomFor(run) === 0) throw new MoveFailure('no-room');
    this.queues.publish([destination.log.id], run, priority, false);
    source.ack(this.holder, offset, offset + 1);
    task.moved++;
  }
}
