import { queueKey, queuePlace } from '../queue-key.js';
import type { Vhost } from '../vhost.js';
import type { QueueConsumer } from './consumers.js';
import { MessageRun } from './message-run.js';
import type { Queue } from './queue.js';
import type { Queues } from './queues.js';
import type { Source } from './source.js';

/** The queue of each virtual host in which messages wait for their exchange. Nobody can declare this name. */
export const delayedQueueName = 'amq.delayed';

const roundMax = 256;

/**
 * Messages that are to be routed later wait in a queue of their own, each until its time, and so survive whatever a
 * queue survives. When they fall due they are routed and done with in one stretch: once, whatever happens.
 */
export class Delays implements QueueConsumer {
  readonly holder: number;
  readonly priority = 0;
  readonly acknowledges = false;
  private readonly queues: Queues;
  private readonly run = new MessageRun();
  private readonly waiting: Queue[] = [];
  private waitsForRoom = false;

  constructor(queues: Queues) {
    this.queues = queues;
    this.holder = queues.nextHolder();
  }

  /** Keeps a run for so long. */
  keep(vhost: Vhost, run: MessageRun, delayMs: number): void {
    const { storage } = this.queues;
    const queue = this.queues.declare(queueKey(vhost.name, delayedQueueName));
    this.attach(queue);
    run.place(storage.pool);
    queue.publish(run.buffer, run.at, run.size, { dueMs: storage.clock.now() + delayMs });
  }

  /** A queue from before a restart: it waits for a front that can read the headers by which some exchanges route. */
  found(queue: Queue): void {
    this.waiting.push(queue);
  }

  canRoute(): void {
    for (const queue of this.waiting.splice(0)) if (!queue.gone) this.attach(queue);
  }

  private attach(queue: Queue): void {
    if (!queue.consumers.has(this)) queue.consume(this);
  }

  room(): number {
    const { storage } = this.queues;
    if (!storage.congested) return roundMax;
    if (!this.waitsForRoom) {
      this.waitsForRoom = true;
      storage.whenRoom(() => this.goOn());
    }
    return 0;
  }

  private goOn(): void {
    this.waitsForRoom = false;
    for (const { name } of this.queues.vhosts.all()) this.queues.get(queueKey(name, delayedQueueName))?.wanted();
  }

  deliver(queue: Source, from: number, to: number): number {
    const { queues, run } = this;
    const { cursor } = queue;
    const router = queues.vhosts.get(queuePlace(queue.name).vhost)?.router;
    for (let offset = from; offset < to; offset++) {
      if (!cursor.seek(offset)) return offset;
      const { exchange, key, copies, priority } = cursor;
      const result = router?.routeKeys(exchange, [key, ...copies], queues.headersOf(cursor)) ?? null;
      if (result === null || result.destinations.length === 0) continue;
      const { bytes, contentAt, contentLength, bodyAt, bodyLength, extraAt, extraEnd, extraCount } = cursor;
      const extra = extraCount === 0 ? null : bytes.subarray(extraAt, extraEnd);
      run.begin(Buffer.from(exchange), Buffer.from(key), cursor.kind, queues.storage.clock.now());
      run.add(bytes, contentAt, contentLength, bytes, bodyAt, bodyLength, extra, extraCount);
      queues.publish(result.destinations, run, priority, cursor.expiresMs !== Number.POSITIVE_INFINITY);
    }
    return to;
  }

  queueGone(): void {}
}
