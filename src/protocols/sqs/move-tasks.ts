import { randomUUID } from 'node:crypto';
import { MessageRun } from '../../broker/queue/message-run.js';
import type { Queue } from '../../broker/queue/queue.js';
import type { Queues } from '../../broker/queue/queues.js';
import { Runs } from '../../broker/queue/runs.js';
import type { Clock } from '../../lib/clock.js';
import { sleep } from '../../lib/clock.js';

const forever = Number.POSITIVE_INFINITY;
/** Moved in one stretch: copies and acks in one bundle. */
const batchMax = 100;
/** Tasks that are over are told of for as many. */
const rememberedMax = 10;

export type MoveStatus = 'RUNNING' | 'COMPLETED' | 'CANCELLING' | 'CANCELLED' | 'FAILED';

export interface MoveTask {
  readonly handle: string;
  readonly source: Queue;
  readonly sourceArn: string;
  readonly destinationArn: string | null;
  /** Null: each message goes back to where it died. */
  readonly destination: Queue | null;
  readonly perSecond: number | null;
  readonly startedMs: number;
  readonly toMove: number;
  moved: number;
  status: MoveStatus;
  failure: string | null;
}

/** Moves messages of dead-letter queues elsewhere, in the background: each is here or there, once, whatever happens. */
export class MoveTasks {
  private readonly queues: Queues;
  private readonly clock: Clock;
  private readonly holder: number;
  private readonly bySource = new Map<number, MoveTask[]>();
  private closed = false;

  constructor(queues: Queues, clock: Clock) {
    this.queues = queues;
    this.clock = clock;
    this.holder = queues.nextHolder();
  }

  of(source: Queue): readonly MoveTask[] {
    return this.bySource.get(source.log.id) ?? [];
  }

  running(source: Queue): boolean {
    return this.of(source).some(({ status }) => status === 'RUNNING' || status === 'CANCELLING');
  }

  find(handle: string): MoveTask | null {
    for (const tasks of this.bySource.values()) {
      const task = tasks.find((other) => other.handle === handle);
      if (task !== undefined) return task;
    }
    return null;
  }

  start(
    source: Queue,
    sourceArn: string,
    destination: Queue | null,
    destinationArn: string | null,
    perSecond: number | null,
  ): MoveTask {
    const id = randomUUID();
    const handle = Buffer.from(JSON.stringify({ taskId: id, sourceArn })).toString('base64');
    const task: MoveTask = {
      handle,
      source,
      sourceArn,
      destinationArn,
      destination,
      perSecond,
      startedMs: this.clock.now(),
      toMove: source.ready,
      moved: 0,
      status: 'RUNNING',
      failure: null,
    };
    const tasks = [task, ...this.of(source)].slice(0, rememberedMax);
    this.bySource.set(source.log.id, tasks);
    this.move(task).catch((error: unknown) => {
      task.status = 'FAILED';
      task.failure = error instanceof Error ? error.message : String(error);
    });
    return task;
  }

  close(): void {
    this.closed = true;
  }

  private async move(task: MoveTask): Promise<void> {
    const { source } = task;
    while (task.status === 'RUNNING' && !this.closed && !source.gone) {
      const left = task.toMove - task.moved;
      if (left <= 0) break;
      const count = Math.min(left, batchMax, task.perSecond ?? batchMax);
      if (!(await this.moveSome(task, count))) break;
      await (task.perSecond === null ? this.queues.storage.durable() : sleep(this.clock, 1000));
    }
    task.status = task.status === 'CANCELLING' ? 'CANCELLED' : 'COMPLETED';
  }

  /** False when nothing is left. */
  private async moveSome(task: MoveTask, count: number): Promise<boolean> {
    const { source } = task;
    const runs = new Runs();
    await new Promise<void>((resolve) => source.withHead(resolve));
    if (source.gone || source.acquire(this.holder, count, forever, runs) === 0) return false;
    const run = new MessageRun();
    for (let index = 0; index < runs.count; index++) {
      for (let offset = runs.from[index]!; offset < runs.to[index]!; offset++) {
        while (!source.cursor.seek(offset)) await source.cursor.load(offset);
        this.moveOne(task, offset, run);
      }
    }
    return true;
  }

  private moveOne(task: MoveTask, offset: number, run: MessageRun): void {
    const { source } = task;
    const { cursor } = source;
    const died = cursor.deaths?.list[0]?.queue;
    const destination = task.destination ?? (died === undefined ? undefined : this.queues.get(died));
    if (destination === undefined || destination.gone) {
      source.release(this.holder, offset, offset + 1, 0, false);
      throw new Error('The message has no source queue to go back to.');
    }
    const { bytes, contentAt, contentLength, bodyAt, bodyLength, key, exchange, kind } = cursor;
    run.begin(Buffer.from(exchange), Buffer.from(key), kind, this.clock.now());
    run.add(bytes, contentAt, contentLength, bytes, bodyAt, Math.max(0, bodyLength));
    run.place(this.queues.storage.slabs);
    const group = destination.options.admission === 'explicit' ? { group: key } : null;
    destination.publish(run.buffer, run.at, run.size, group);
    source.ack(this.holder, offset, offset + 1);
    task.moved++;
  }
}
