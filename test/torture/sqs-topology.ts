import type { QueueHistory, QueueState } from './queue-history.js';
import type { SqsClient } from './sqs-client.js';

export interface SqsQueuePlan {
  readonly name: string;
  readonly fifo: boolean;
  readonly visibleS: number;
  readonly dead: string | null;
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
  { name: 'grave', fifo: false, visibleS: 1, dead: null },
  { name: 'grave.fifo', fifo: true, visibleS: 1, dead: null },
  { name: 'plain', fifo: false, visibleS: 1, dead: null },
  { name: 'redriven', fifo: false, visibleS: 1, dead: 'grave' },
  { name: 'grouped.fifo', fifo: true, visibleS: 2, dead: null },
  { name: 'redriven.fifo', fifo: true, visibleS: 1, dead: 'grave.fifo' },
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

  of(name: string): SqsQueue {
    return this.queues.find(({ plan }) => plan.name === name)!;
  }

  async create(client: SqsClient): Promise<void> {
    for (const { name, fifo, visibleS, dead } of planned) {
      const redrive = {
        deadLetterTargetArn: `arn:aws:sqs:us-east-1:000000000000:${dead}`,
        maxReceiveCount: receivesMax,
      };
      await client.ask('CreateQueue', {
        QueueName: name,
        Attributes: {
          VisibilityTimeout: String(visibleS),
          ...(fifo ? { FifoQueue: 'true' } : {}),
          ...(dead === null ? {} : { RedrivePolicy: JSON.stringify(redrive) }),
        },
      });
    }
  }
}
