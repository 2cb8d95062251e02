import { SqsClient } from '../torture/sqs-client.js';
import { each, type WatchedBroker } from './watched-broker.js';

const waitS = 20;

export interface PollOutcome {
  readonly count: number;
  readonly residentMb: number;
  readonly beforeMb: number;
  /** From the send of a message to the answer of a receive that waited for it. */
  readonly medianMs: number;
  readonly worstMs: number;
  readonly descriptorsLeft: number;
}

/** So many receives wait, each on a queue of its own; a message to each ends its wait. */
export async function longPolls(broker: WatchedBroker, count: number): Promise<PollOutcome> {
  const client = new SqsClient(broker.sqsPort);
  const url = (index: number): string => `http://naru/000000000000/poll-${index}`;
  await each(count, 20, async (index) => {
    await client.ask('CreateQueue', { QueueName: `poll-${index}` });
  });
  const beforeMb = broker.residentMb;
  const descriptors = broker.descriptors;
  const pollers = Array.from({ length: count }, () => new SqsClient(broker.sqsPort));
  const answeredMs: number[] = [];
  const polls = pollers.map(async (poller, index) => {
    const { Messages = [] } = await poller.ask('ReceiveMessage', { QueueUrl: url(index), WaitTimeSeconds: waitS });
    answeredMs[index] = performance.now();
    if (Messages.length !== 1) throw new Error(`a receive that waited got ${Messages.length} messages`);
  });
  while (broker.descriptors < descriptors + count) await new Promise((resolve) => setTimeout(resolve, 20));
  // The last ones connected a moment ago: their requests are read before those that come now.
  await client.ask('ListQueues', {});
  const residentMb = broker.residentMb;
  const sentMs: number[] = [];
  await each(count, 4, async (index) => {
    sentMs[index] = performance.now();
    await client.ask('SendMessage', { QueueUrl: url(index), MessageBody: 'wake' });
  });
  await Promise.all(polls);
  for (const poller of pollers) poller.close();
  for (let tries = 0; broker.descriptors > descriptors && tries < 200; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const took = answeredMs.map((at, index) => at - sentMs[index]!).sort((left, right) => left - right);
  const descriptorsLeft = Math.max(0, broker.descriptors - descriptors);
  client.close();
  return { count, residentMb, beforeMb, medianMs: took[count >> 1]!, worstMs: took.at(-1)!, descriptorsLeft };
}
