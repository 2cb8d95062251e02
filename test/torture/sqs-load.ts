import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '../../src/lib/random.js';
import type { BrokerProcess } from './broker-process.js';
import type { FrontLoad } from './front-load.js';
import type { Judge, QueueCounts } from './queue-history.js';
import { SqsClient } from './sqs-client.js';
import { type ReceivedMessage, SqsHistory } from './sqs-history.js';
import { receiveAll, SqsReceiver } from './sqs-receiver.js';
import { SqsSender } from './sqs-sender.js';
import { type SqsQueue, SqsTopology } from './sqs-topology.js';
import type { SteppedClock } from './stepped-clock.js';
import { createTopics } from './topics.js';
import { WireClient } from './wire-client.js';

const drainWithinMs = 20_000;
/** With nothing left in any count, what is dying has so long to become a dead letter. */
const missingWithinMs = 3000;
const drainVisibleS = 60;
const lockedRetryMs = 50;
const countNames = ['', 'NotVisible', 'Delayed'].map((kind) => `ApproximateNumberOfMessages${kind}`);

/** Senders and receivers on SQS, and what they were promised. */
export class SqsLoad implements FrontLoad {
  readonly name = 'sqs';
  readonly history: SqsHistory;
  private readonly judge: Judge;
  private readonly topology: SqsTopology;
  private readonly senders: readonly SqsSender[];
  private readonly receivers: readonly SqsReceiver[];
  private readonly clock: SteppedClock | null;

  constructor(judge: Judge, random: SeededRandom, clock: SteppedClock | null = null) {
    this.judge = judge;
    this.clock = clock;
    const history = new SqsHistory(judge, clock === null);
    this.history = history;
    this.topology = new SqsTopology(history.queues);
    const sender = (name: string, groups: number, bytesMax: number): SqsSender =>
      new SqsSender({ queue: this.topology.of(name), groups, bytesMax }, history, judge, random);
    this.senders = [
      sender('plain', 1, 60_000),
      sender('plain', 1, 1000),
      sender('redriven', 1, 1000),
      sender('window', 1, 20_000),
      sender('grouped.fifo', 6, 60_000),
      sender('grouped.fifo', 4, 1000),
      sender('redriven.fifo', 6, 1000),
    ];
    const all = this.topology.queues;
    const fifo = all.filter(({ plan }) => plan.fifo);
    const standard = all.filter(({ plan }) => !plan.fifo);
    this.receivers = [fifo, fifo, fifo, standard, standard, all, all].map(
      (queues) => new SqsReceiver(queues, history, judge, random),
    );
  }

  async begin(broker: BrokerProcess): Promise<void> {
    const kafka = await WireClient.connect(broker.kafkaPort);
    await createTopics(
      kafka,
      this.topology.topics.map((name) => ({ name, partitions: 3, configs: [] })),
    );
    kafka.close();
    const client = new SqsClient(broker.sqsPort);
    await this.topology.create(client);
    client.close();
  }

  get queueCounts(): QueueCounts {
    return this.history.queues.counts;
  }

  get answered(): number {
    return this.queueCounts.confirmed;
  }

  drives(broker: BrokerProcess): Promise<void>[] {
    return [...this.senders, ...this.receivers].map((each) => each.drive(broker.sqsPort));
  }

  killed(): void {
    this.history.killed();
  }

  stopping(): void {
    for (const each of [...this.senders, ...this.receivers]) each.stopping = true;
  }

  async check(broker: BrokerProcess, whole: boolean): Promise<void> {
    if (whole) await this.drain(broker);
  }

  async finish(broker: BrokerProcess): Promise<void> {
    await this.drain(broker);
  }

  private async drain(broker: BrokerProcess): Promise<void> {
    for (const sender of this.senders) await sender.finish(broker.sqsPort);
    // Nothing is sent again any more that would have to be known.
    this.clock?.leap();
    const client = new SqsClient(broker.sqsPort);
    const { queues } = this.topology;
    const expected = await this.settledTotal(client);
    const untilMs = performance.now() + drainWithinMs;
    let count = 0;
    let left = expected;
    let emptySinceMs = performance.now();
    // What is dying is in no count until it is a dead letter.
    while (left > 0 || this.history.queues.awaitsMessages) {
      const nowMs = performance.now();
      if (left > 0) emptySinceMs = nowMs;
      if (nowMs > untilMs || nowMs > emptySinceMs + missingWithinMs) break;
      const drained = await Promise.all(queues.map((queue) => this.drainSome(client, queue)));
      count += drained.reduce((sum, each) => sum + each, 0);
      left = await this.total(client);
      // What is left is with somebody who was killed.
      await sleep(lockedRetryMs);
    }
    if (left !== 0) this.judge.violation(`${left} messages cannot be received in ${drainWithinMs} ms`);
    if (count < expected) {
      this.judge.violation(`the counts said there were ${expected} messages, and ${count} could be received`);
    }
    this.history.queues.drained();
    client.close();
  }

  /** Until two looks agree: a message may be on its way from one queue to another. */
  private async settledTotal(client: SqsClient): Promise<number> {
    for (let before = -1; ; ) {
      const total = await this.total(client);
      if (total === before) return total;
      before = total;
    }
  }

  private async total(client: SqsClient): Promise<number> {
    let total = 0;
    for (const { url } of this.topology.queues) {
      const { Attributes } = await client.ask('GetQueueAttributes', { QueueUrl: url, AttributeNames: countNames });
      for (const name of countNames) total += Number(Attributes[name]);
    }
    return total;
  }

  private async drainSome(client: SqsClient, { plan, state, url }: SqsQueue): Promise<number> {
    let count = 0;
    for (;;) {
      const askedMs = Date.now();
      const answer = await client.ask('ReceiveMessage', {
        ...receiveAll,
        QueueUrl: url,
        VisibilityTimeout: drainVisibleS,
        WaitTimeSeconds: 0,
      });
      const messages: readonly ReceivedMessage[] = answer.Messages ?? [];
      if (messages.length === 0) return count;
      const receipts = this.history.received(state, plan.fifo, messages, askedMs, Date.now(), drainVisibleS * 1000);
      for (const receipt of receipts) this.history.deleting(receipt);
      const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      const { Failed = [] } = await client.ask('DeleteMessageBatch', { QueueUrl: url, Entries });
      if (Failed.length > 0) this.judge.violation(`a delete failed: ${JSON.stringify(Failed)}`);
      for (const receipt of receipts) this.history.deleted(receipt);
      count += messages.length;
      this.history.queues.counts.drained += messages.length;
    }
  }

  told(): readonly (readonly [string, string])[] {
    const { counts } = this.history.queues;
    const sum = (what: 'resent' | 'refused'): number => this.senders.reduce((total, each) => total + each[what], 0);
    return [
      [
        'messages sent',
        `${counts.sent}, of which answered ${counts.confirmed}, sent again ${sum('resent')}, refused for want of room ${sum('refused')}`,
      ],
      ['receives', `${counts.delivered}, of which again ${counts.redelivered}, drained ${counts.drained}`],
      ['deletes', `${counts.settled}, of which answered ${counts.promised}`],
      ['dead letters', String(counts.deadLetters)],
      ['connections cut', String(counts.cuts)],
    ];
  }
}
