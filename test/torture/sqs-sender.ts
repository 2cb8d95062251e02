import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '../../src/lib/random.js';
import { bytesBetween } from './amqp-publisher.js';
import type { Judge, Route } from './queue-history.js';
import { encodeValue } from './record.js';
import { type Answer, NoAnswer, Refused, SqsClient } from './sqs-client.js';
import type { SqsHistory } from './sqs-history.js';
import type { SqsQueue } from './sqs-topology.js';

export interface SqsSenderPlan {
  readonly queue: SqsQueue;
  /** Of a FIFO queue; of another one there is one stream of messages. */
  readonly groups: number;
  readonly bytesMax: number;
}

interface Entry {
  readonly route: Route;
  readonly number: number;
  readonly fields: Record<string, unknown>;
}

const cutShare = 0.03;
const pauseMs = 4;
const unavailable = 503;
/** What a batch may have, in Base64. */
const batchBytesMax = 700_000;

/**
 * Sends to one queue, one request at a time. What had no answer it sends again to a FIFO queue, as it was, before
 * anything else: there it must be once. Elsewhere that is left behind.
 */
export class SqsSender {
  readonly plan: SqsSenderPlan;
  private readonly history: SqsHistory;
  private readonly judge: Judge;
  private readonly random: SeededRandom;
  private readonly routes: Route[];
  private again: readonly Entry[] = [];
  resent = 0;
  refused = 0;
  stopping = false;

  constructor(plan: SqsSenderPlan, history: SqsHistory, judge: Judge, random: SeededRandom) {
    this.plan = plan;
    this.history = history;
    this.judge = judge;
    this.random = random;
    this.routes = Array.from({ length: plan.groups }, () => history.queues.route([plan.queue.state]));
  }

  async drive(port: number): Promise<void> {
    const client = new SqsClient(port);
    try {
      for (;;) {
        if (this.again.length > 0) this.resent += this.again.length;
        await this.send(client, this.again.length > 0 ? this.again : this.entries());
        await sleep(pauseMs);
      }
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
    } finally {
      client.close();
    }
  }

  /** Sends again what still has no answer. */
  async finish(port: number): Promise<void> {
    if (this.again.length === 0) return;
    const client = new SqsClient(port);
    this.resent += this.again.length;
    while (this.again.length > 0) await this.attempt(client, this.again, 0);
    client.close();
  }

  private entries(): Entry[] {
    const { random } = this;
    const entries: Entry[] = [];
    let bytes = 0;
    for (let left = random.chance(0.3) ? 1 : 1 + random.below(10); left > 0 && bytes < batchBytesMax; left--) {
      const route = random.pick(this.routes);
      const entry = this.entry(route);
      bytes += (entry.fields['MessageBody'] as string).length;
      entries.push(entry);
    }
    return entries;
  }

  private entry(route: Route): Entry {
    const { history, random, plan } = this;
    const number = history.queues.sending(route);
    const MessageBody = encodeValue(route.id, number, bytesBetween(random, 20, plan.bytesMax)).toString('base64');
    if (plan.queue.plan.fifo) {
      const fields = { MessageBody, MessageGroupId: `g${route.id}`, MessageDeduplicationId: `${route.id}-${number}` };
      return { route, number, fields };
    }
    // A topic delays nothing.
    if (plan.queue.plan.topic !== null || !random.chance(0.1)) return { route, number, fields: { MessageBody } };
    history.delayed(route, number, Date.now() + 1000);
    return { route, number, fields: { MessageBody, DelaySeconds: 1 } };
  }

  private async send(client: SqsClient, entries: readonly Entry[]): Promise<void> {
    if (this.plan.queue.plan.fifo) this.again = entries;
    try {
      await this.attempt(client, entries, this.random.chance(cutShare) ? 1 + this.random.below(3) : 0);
    } catch (error) {
      if (!(error instanceof NoAnswer && error.wasCut)) throw error;
      this.history.queues.counts.cuts++;
    }
  }

  /** There was no room: nothing of it was taken in. To a FIFO queue it is sent again. */
  private turnedAway(entries: readonly Entry[]): void {
    this.refused += entries.length;
    if (this.plan.queue.plan.fifo) return;
    for (const { route, number } of entries) this.history.queues.forbidden(route, number);
  }

  private async attempt(client: SqsClient, entries: readonly Entry[], cutAfterMs: number): Promise<void> {
    const QueueUrl = this.plan.queue.url;
    let answers: readonly Answer[];
    try {
      if (entries.length === 1) {
        answers = [await client.ask('SendMessage', { QueueUrl, ...entries[0]!.fields }, cutAfterMs)];
      } else {
        const Entries = entries.map(({ fields }, index) => ({ Id: String(index), ...fields }));
        const { Successful = [], Failed = [] } = await client.ask(
          'SendMessageBatch',
          { QueueUrl, Entries },
          cutAfterMs,
        );
        answers = entries.map((_, index) => Successful.find(({ Id }: Answer) => Id === String(index)));
        if (this.judge.mayRefuse !== true)
          for (const failed of Failed) this.judge.violation(`a send in a batch failed: ${JSON.stringify(failed)}`);
      }
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (this.judge.mayRefuse === true && error.status >= 500 && !this.stopping) {
        this.refused += entries.length;
        return;
      }
      if (error.status === unavailable && !this.stopping) {
        this.turnedAway(entries);
        return;
      }
      if (!this.stopping) this.judge.violation(error.message);
      throw new NoAnswer(error.message, false);
    }
    // In the order of their groups: whatever is behind one that was refused is sent again with it.
    this.again = fifoRefused(this.plan.queue.plan.fifo, entries, answers);
    for (const [index, { route, number }] of entries.entries()) {
      const id: unknown = answers[index]?.MessageId;
      if (typeof id === 'string') this.history.sent(route, number, id);
      else if (this.judge.mayRefuse !== true) this.judge.violation(`a send in a batch has no answer`);
    }
  }
}

function fifoRefused(fifo: boolean, entries: readonly Entry[], answers: readonly Answer[]): readonly Entry[] {
  const first = answers.findIndex((answer) => typeof answer?.MessageId !== 'string');
  return fifo && first >= 0 ? entries.slice(first) : [];
}
