import { AmqpLink } from '../torture/amqp-link.js';
import { publishFrames } from '../torture/amqp-publisher.js';
import { each, WatchedBroker } from './watched-broker.js';

const atATime = 100;
const channel = 1;
const bodyBytes = 100;

export interface QueueStep {
  readonly what: string;
  readonly seconds: number;
  readonly residentMb: number;
}

const judge = {
  violation: (message: string): void => {
    throw new Error(message);
  },
};

async function linked(broker: WatchedBroker): Promise<AmqpLink> {
  const link = await AmqpLink.open(broker.amqpPort, judge);
  if (link === undefined) throw new Error('the broker does not take an AMQP connection');
  return link;
}

const queueName = (index: number): string => `many-${index}`;

/** Declares so many durable queues, publishes one persistent message to each, starts the broker again, and deletes them. */
export async function manyQueues(
  data: string,
  count: number,
  report: (step: QueueStep) => void,
): Promise<readonly QueueStep[]> {
  const steps: QueueStep[] = [];
  let broker = await WatchedBroker.begin(data);
  const step = async (what: string, act: () => Promise<void>): Promise<void> => {
    const startedMs = performance.now();
    await act();
    const done = { what, seconds: (performance.now() - startedMs) / 1000, residentMb: broker.residentMb };
    steps.push(done);
    report(done);
  };
  try {
    await step('declared', () => eachQueue(broker, count, 'queue.declare'));
    await step('one message published to each, confirmed', () => publishToEach(broker, count));
    await step('stopped in order', async () => {
      const residentMb = broker.residentMb;
      const code = await broker.stop();
      if (code !== 0) throw new Error(`the broker ended with ${code}`);
      broker = new WatchedBroker(data);
      broker.peakMb = residentMb;
    });
    await step('ready again', () => readyAgain(broker));
    await step('a message taken from each hundredth', () => lookAtSome(broker, count));
    await step('ready again after kill -9', async () => {
      await broker.kill();
      broker = new WatchedBroker(data);
      await readyAgain(broker);
    });
    await step('deleted', () => eachQueue(broker, count, 'queue.delete'));
    return steps;
  } finally {
    await broker.kill();
  }
}

async function readyAgain(broker: WatchedBroker): Promise<void> {
  if (!(await broker.ready())) throw new Error(`the broker does not start: ${JSON.stringify(broker.lines)}`);
}

async function eachQueue(
  broker: WatchedBroker,
  count: number,
  method: 'queue.declare' | 'queue.delete',
): Promise<void> {
  const link = await linked(broker);
  await each(count, atATime, async (index) => {
    const queue = queueName(index);
    if (method === 'queue.declare') await link.call(channel, method, { queue, durable: true });
    else await link.call(channel, method, { queue });
  });
  link.cut();
  await link.closed;
}

async function publishToEach(broker: WatchedBroker, count: number): Promise<void> {
  const link = await linked(broker);
  await link.call(channel, 'confirm.select');
  const body = Buffer.alloc(bodyBytes, 'm');
  await new Promise<void>((resolve, reject) => {
    link.heard = (_channel, { name, values }) => {
      if (name === 'basic.ack' && (values as { deliveryTag: number }).deliveryTag === count) resolve();
    };
    void link.closed.then(() => reject(new Error('the connection is gone')));
    for (let index = 0; index < count; index++) {
      link.send(...publishFrames(link, channel, '', queueName(index), false, body));
    }
  });
  link.cut();
  await link.closed;
}

async function lookAtSome(broker: WatchedBroker, count: number): Promise<void> {
  const link = await linked(broker);
  for (let index = 0; index < count; index += 100) {
    link.tell(channel, 'basic.get', { queue: queueName(index), noAck: true });
    const received = await link.next(channel, ['basic.get-ok', 'basic.get-empty']);
    if (received.name !== 'basic.get-ok' || received.body.length !== bodyBytes) {
      throw new Error(`${queueName(index)} has lost its message`);
    }
  }
  link.cut();
  await link.closed;
}
