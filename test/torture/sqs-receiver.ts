import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '../../src/lib/random.js';
import type { Judge } from './queue-history.js';
import { type Answer, NoAnswer, Refused, SqsClient } from './sqs-client.js';
import type { Receipt, SqsHistory } from './sqs-history.js';
import type { SqsQueue } from './sqs-topology.js';

const cutShare = 0.03;
const pauseMs = 3;
/** Every so many messages of a queue with a dead letter queue is never deleted. */
const poisonEvery = 13;

/** What one receive asks for. */
export const receiveAll = { MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'] } as const;

/** Receives from some queues in turn, and deletes, gives back, keeps longer or forgets what it got. */
export class SqsReceiver {
  private readonly queues: readonly SqsQueue[];
  private readonly history: SqsHistory;
  private readonly judge: Judge;
  private readonly random: SeededRandom;
  private kept: { queue: SqsQueue; receipt: Receipt }[] = [];
  stopping = false;

  constructor(queues: readonly SqsQueue[], history: SqsHistory, judge: Judge, random: SeededRandom) {
    this.queues = queues;
    this.history = history;
    this.judge = judge;
    this.random = random;
  }

  async drive(port: number): Promise<void> {
    const client = new SqsClient(port);
    this.kept = [];
    try {
      for (;;) {
        const queue = this.random.pick(this.queues);
        const receipts = await this.receive(client, queue);
        if (receipts.length > 0) await this.settle(client, queue, receipts);
        if (this.kept.length > 20) await this.deleteKept(client);
        await sleep(pauseMs);
      }
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
    } finally {
      client.close();
    }
  }

  private async receive(client: SqsClient, { plan, state, url }: SqsQueue): Promise<Receipt[]> {
    const { random } = this;
    const askedMs = Date.now();
    const asked = {
      ...receiveAll,
      QueueUrl: url,
      MaxNumberOfMessages: 1 + random.below(10),
      WaitTimeSeconds: random.chance(0.3) ? 1 : 0,
    };
    const number = this.history.asking();
    try {
      const cutAfterMs = random.chance(cutShare) ? 1 + random.below(10) : 0;
      const answer = await this.ask(client, 'ReceiveMessage', asked, cutAfterMs);
      const messages = answer?.Messages ?? [];
      return this.history.received(state, plan.fifo, messages, askedMs, Date.now(), plan.visibleS * 1000);
    } finally {
      this.history.ended(number);
    }
  }

  /** Undefined where nobody knows what became of it, or where the receipt was too old. */
  private async ask(client: SqsClient, action: string, parameters: object, cutAfterMs = 0): Promise<Answer> {
    try {
      return await client.ask(action, parameters, cutAfterMs);
    } catch (error) {
      if (error instanceof NoAnswer && error.wasCut) {
        this.history.queues.counts.cuts++;
        return undefined;
      }
      if (!(error instanceof Refused)) throw error;
      if (this.stopping) throw new NoAnswer(error.message, false);
      if (this.judge.mayRefuse === true && error.status >= 500) return undefined;
      this.judge.violation(error.message);
      return undefined;
    }
  }

  private async settle(client: SqsClient, queue: SqsQueue, receipts: readonly Receipt[]): Promise<void> {
    const { random } = this;
    const finished: Receipt[] = [];
    for (const receipt of receipts) {
      const chance = random.fraction();
      const poisoned = queue.plan.dead !== null && receipt.place.number % poisonEvery === 0;
      if (poisoned ? chance < 0.7 : chance < 0.05) await this.changeVisibility(client, queue, receipt, 0);
      else if (poisoned || chance < 0.08) continue;
      else if (chance < 0.13) {
        await this.changeVisibility(client, queue, receipt, 2);
        this.kept.push({ queue, receipt });
      } else finished.push(receipt);
    }
    if (finished.length === 0) return;
    if (finished.length > 1 && random.chance(0.7)) await this.deleteBatch(client, queue, finished);
    else for (const receipt of finished) await this.delete(client, queue, receipt);
  }

  /** A receipt that has run out may be refused, and so may one of what another one's delete took: then nothing is known. */
  private async whileHeld(receipt: Receipt, action: () => Promise<Answer>): Promise<Answer> {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (this.stopping) throw new NoAnswer(error.message, false);
      if (this.judge.mayRefuse === true && error.status >= 500) return undefined;
      if (receipt.untilMs > Date.now() && !this.history.mayBeGone(receipt)) this.judge.violation(error.message);
      return undefined;
    }
  }

  private async changeVisibility(
    client: SqsClient,
    { url }: SqsQueue,
    receipt: Receipt,
    seconds: number,
  ): Promise<void> {
    if (seconds === 0) this.history.landed(receipt);
    const asked = { QueueUrl: url, ReceiptHandle: receipt.handle, VisibilityTimeout: seconds };
    const askedMs = Date.now();
    const answer = await this.whileHeld(receipt, () => client.ask('ChangeMessageVisibility', asked));
    // 0 where no time can be held against the broker's.
    if (answer !== undefined && seconds > 0 && receipt.untilMs > 0) {
      receipt.untilMs = Math.max(receipt.untilMs, askedMs + seconds * 1000);
    }
  }

  private async delete(client: SqsClient, { url }: SqsQueue, receipt: Receipt): Promise<void> {
    this.history.deleting(receipt);
    const asked = { QueueUrl: url, ReceiptHandle: receipt.handle };
    const answer = await this.whileHeld(receipt, () => client.ask('DeleteMessage', asked));
    if (answer !== undefined) this.history.deleted(receipt);
    else if (this.judge.mayRefuse !== true) this.history.refused(receipt);
  }

  private async deleteBatch(client: SqsClient, { url }: SqsQueue, receipts: readonly Receipt[]): Promise<void> {
    for (const receipt of receipts) this.history.deleting(receipt);
    const Entries = receipts.map(({ handle }, index) => ({ Id: String(index), ReceiptHandle: handle }));
    const answer = await this.ask(client, 'DeleteMessageBatch', { QueueUrl: url, Entries });
    for (const { Id } of answer?.Successful ?? []) this.history.deleted(receipts[Number(Id)]!);
    for (const failed of answer?.Failed ?? []) {
      if (this.judge.mayRefuse === true) continue;
      const receipt = receipts[Number(failed.Id)]!;
      this.history.refused(receipt);
      if (receipt.untilMs > Date.now()) this.judge.violation(JSON.stringify(failed));
    }
  }

  private async deleteKept(client: SqsClient): Promise<void> {
    for (const { queue, receipt } of this.kept.splice(0)) await this.delete(client, queue, receipt);
  }
}
