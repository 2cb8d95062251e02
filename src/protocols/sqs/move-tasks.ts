import { randomUUID } from 'node:crypto';
import { contentKind } from '../../broker/queue/message.js';
import { MessageRun } from '../../broker/queue/message-run.js';
import type { Queue } from '../../broker/queue/queue.js';
import type { Queues } from '../../broker/queue/queues.js';
import { Runs } from '../../broker/queue/runs.js';
import { defaultVhost, queueKey } from '../../broker/queue-key.js';
import type { Clock, Timer } from '../../lib/clock.js';
import type { Logger } from '../../lib/logger.js';
import { decodeContent, encodeContent } from './message.js';
import { changed, movesOf, nameInArn } from './queue-attributes.js';

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

/** As it is kept among the attributes of its source. */
export interface MoveTask {
  readonly id: string;
  readonly sourceArn: string;
  /** Null: each message goes back to where it died. */
  readonly destinationArn: string | null;
  readonly perSecond: number | null;
  readonly startedMs: number;
  readonly toMove: number;
  moved: number;
  status: MoveStatus;
  failure: string | null;
}

class MoveFailure extends Error {
  override readonly name = 'MoveFailure';
}

const noQueue = 'AWS.SimpleQueueService.NonExistentQueue';

/**
 * Moves messages of dead-letter queues elsewhere, in the background: each is here or there, once, whatever happens. How
 * far a task is is kept with its source, and a task that was running when the process ended goes on with the next.
 */
export class MoveTasks {
  private readonly queues: Queues;
  private readonly clock: Clock;
  private readonly logger: Logger | null;
  private readonly holder: number;
  private readonly bySource = new WeakMap<Queue, MoveTask[]>();
  /** Who waits for the next portion: woken at once when the task is cancelled or the front closes. */
  private readonly resting = new Map<MoveTask, () => void>();
  private closed = false;

  constructor(queues: Queues, clock: Clock, logger: Logger | null = null) {
    this.queues = queues;
    this.clock = clock;
    this.logger = logger;
    this.holder = queues.nextHolder();
  }

  /** Goes on with what was under way. */
  resume(): void {
    for (const queue of this.queues.all()) {
      if (movesOf(queue) === '') continue;
      for (const task of this.of(queue)) {
        if (task.status === 'RUNNING') this.run(queue, task);
        else if (task.status === 'CANCELLING') this.end(queue, task, 'CANCELLED');
      }
    }
  }

  of(source: Queue): readonly MoveTask[] {
    let tasks = this.bySource.get(source);
    if (tasks === undefined) {
      const kept = movesOf(source);
      tasks = kept === '' ? [] : (JSON.parse(kept) as MoveTask[]);
      this.bySource.set(source, tasks);
    }
    return tasks;
  }

  running(source: Queue): boolean {
    return this.of(source).some(({ status }) => status === 'RUNNING' || status === 'CANCELLING');
  }

  start(source: Queue, task: Pick<MoveTask, 'sourceArn' | 'destinationArn' | 'perSecond'>): MoveTask {
    const made: MoveTask = {
      id: randomUUID(),
      ...task,
      startedMs: this.clock.now(),
      toMove: source.ready,
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
    this.queues.describe(source, changed(source, { moves: JSON.stringify(this.of(source)) }));
  }

  private run(source: Queue, task: MoveTask): void {
    this.move(source, task).catch((error: unknown) => this.broke(source, task, error));
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
    task.failure = error instanceof MoveFailure ? error.message : 'InternalError';
    task.status = 'FAILED';
    source.releaseHolder(this.holder, false);
    this.keep(source);
  }

  /** A disk that was full has room again, or not yet. What was locked and not moved is looked for anew. */
  private again(source: Queue, task: MoveTask): void {
    if (!this.closed && !source.gone && this.queues.storage.refusal === null) source.releaseHolder(this.holder, false);
    this.run(source, task);
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

  private destinationOf(source: Queue, task: MoveTask): Queue {
    const died = source.cursor.deaths?.list[0]?.queue;
    if (task.destinationArn === null && died === undefined) throw new MoveFailure('CouldNotDetermineMessageSource');
    const name = task.destinationArn === null ? died! : nameInArn(task.destinationArn);
    const destination = this.queues.get(queueKey(defaultVhost, name));
    if (destination === undefined || destination.gone) throw new MoveFailure(noQueue);
    return destination;
  }

  /** What arrives is a new message, with an id and an age of its own: as SQS has it. */
  private moveOne(source: Queue, task: MoveTask, offset: number, run: MessageRun): void {
    const { cursor } = source;
    const destination = this.destinationOf(source, task);
    const { bytes, contentAt, contentLength, bodyAt, bodyLength, key, exchange, kind } = cursor;
    const nowMs = this.clock.now();
    run.begin(Buffer.from(exchange), Buffer.from(key), kind, nowMs);
    const length = Math.max(0, bodyLength);
    if (kind === contentKind.sqs) {
      const before = decodeContent(bytes, contentAt, contentLength);
      const content = encodeContent({ ...before, id: randomUUID(), sentMs: nowMs });
      run.add(content, 0, content.length, bytes, bodyAt, length);
    } else run.add(bytes, contentAt, contentLength, bytes, bodyAt, length);
    run.place(this.queues.storage.slabs);
    const group = destination.options.admission === 'explicit' ? { group: key } : null;
    destination.publish(run.buffer, run.at, run.size, group);
    source.ack(this.holder, offset, offset + 1);
    task.moved++;
  }
}
