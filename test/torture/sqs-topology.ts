import type { QueueHistory, QueueState } from './queue-history.js';
import type { SqsClient } from './sqs-client.js';

export interface SqsQueuePlan {
  readonly name: string;
  readonly fifo: boolean;
  readonly visibleS: number;
  readonly dead: string | null;
  /** A topic, of which the queue shows what a group has to work off. */
  readonly topic: string | null;
}

export interface SqsQueue {
  readonly plan: SqsQueuePlan;
  readonly state: QueueState;
  /** For requests: the host in it does not count. */
  readonly url: string;
}

const receivesMax = 3;

/** Those that take dead letters come first, as the others name them. */
const planned: readonly SqsQueuePlan[] = [
  { name: 'grave', fifo: false, visibleS: 1, dead: null, topic: null },
  { name: 'grave.fifo', fifo: true, visibleS: 1, dead: null, topic: null },
  { name: 'plain', fifo: false, visibleS: 1, dead: null, topic: null },
  { name: 'redriven', fifo: false, visibleS: 1, dead: 'grave', topic: null },
  { name: 'window', fifo: false, visibleS: 1, dead: 'grave', topic: 'shown' },
  { name: 'grouped.fifo', fifo: true, visibleS: 2, dead: null, topic: null },
  { name: 'redriven.fifo', fifo: true, visibleS: 1, dead: 'grave.fifo', topic: null },
];

export class SqsTopology {
  readonly queues: readonly SqsQueue[];

  constructor(history: QueueHistory) {
    const queues: SqsQueue[] = [];
    for (const plan of planned) {
      const dead = queues.find(({ plan: { name } }) => name === plan.dead)?.state ?? null;
      const state = history.queue(plan.name, dead, dead !== null);
      queues.push({ plan, state, url: `http://naru/000000000000/${plan.name}` });
    }
    this.queues = queues;
  }

  get topics(): readonly string[] {
    return planned.flatMap(({ topic }) => topic ?? []);
  }

  of(name: string): SqsQueue {
    return this.queues.find(({ plan }) => plan.name === name)!;
  }

  async create(client: SqsClient): Promise<void> {
    for (const { name, fifo, visibleS, dead, topic } of planned) {
      const redrive = {
        deadLetterTargetArn: `arn:aws:sqs:us-east-1:000000000000:${dead}`,
        maxReceiveCount: receivesMax,
      };
      await client.ask('CreateQueue', {
        QueueName: name,
        Attributes: {
          VisibilityTimeout: String(visibleS),
          ...(fifo ? { FifoQueue: 'true' } : {}),
          ...(topic === null ? {} : { NaruTopic: topic, NaruGroup: 'workers', NaruStart: 'first' }),
          ...(dead === null ? {} : { RedrivePolicy: JSON.stringify(redrive) }),
        },
      });
    }
  }
}
