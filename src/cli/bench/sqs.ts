import { createHash, createHmac } from 'node:crypto';
import { systemClock } from '../../lib/clock.js';
import { RequestError, type Shared } from '../admin-request.js';
import { frontAt } from '../place.js';
import type { Subject } from './subject.js';

const region = 'us-east-1';
const batchMax = 10;

interface Received {
  readonly ReceiptHandle: string;
}

/** Amazon SQS' JSON protocol by fetch: batches of ten, which is all that it takes. */
export class SqsSubject implements Subject {
  readonly front = 'sqs';
  readonly batch: number = batchMax;
  readonly inFlight = 16;
  private readonly queue: string;
  private readonly options: Shared;
  private endpoint = '';
  private queueUrl = '';

  constructor(queue: string, options: Shared) {
    // Names of SQS have no points.
    this.queue = queue.replaceAll('.', '-');
    this.options = options;
  }

  async prepare(): Promise<void> {
    this.endpoint = `http://${await frontAt(this.options, 'sqs')}/`;
    const { QueueUrl } = await this.call<{ readonly QueueUrl: string }>('CreateQueue', { QueueName: this.queue });
    this.queueUrl = QueueUrl;
  }

  async produce(payloads: readonly Buffer[]): Promise<void> {
    const Entries = payloads.map((payload, index) => ({ Id: String(index), MessageBody: payload.toString('latin1') }));
    await this.call('SendMessageBatch', { QueueUrl: this.queueUrl, Entries });
  }

  /** Received and deleted, by as many at once as produce. */
  async consume(count: number): Promise<number> {
    let taken = 0;
    const worker = async (): Promise<void> => {
      while (taken < count) {
        const { Messages = [] } = await this.call<{ readonly Messages?: readonly Received[] }>('ReceiveMessage', {
          QueueUrl: this.queueUrl,
          MaxNumberOfMessages: batchMax,
        });
        if (Messages.length === 0) return;
        const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
        await this.call('DeleteMessageBatch', { QueueUrl: this.queueUrl, Entries });
        taken += Messages.length;
      }
    };
    await Promise.all(Array.from({ length: this.inFlight }, worker));
    return taken;
  }

  async close(): Promise<void> {
    if (this.queueUrl !== '') await this.call('DeleteQueue', { QueueUrl: this.queueUrl });
  }

  private async call<T>(action: string, body: object): Promise<T> {
    const text = JSON.stringify(body);
    const headers: Record<string, string> = {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `AmazonSQS.${action}`,
      host: new URL(this.endpoint).host,
    };
    const answer = await fetch(this.endpoint, { method: 'POST', headers: signed(headers, text), body: text });
    const told = (await answer.json()) as { readonly message?: string };
    if (!answer.ok) throw new RequestError(`SQS at ${this.endpoint}: ${told.message ?? answer.status} (${action})`);
    return told as T;
  }
}

/** AWS Signature Version 4, where a key is in the environment. */
function signed(headers: Readonly<Record<string, string>>, body: string): Record<string, string> {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = process.env;
  if (id === undefined || secret === undefined) return { ...headers };
  const time = new Date(systemClock.now()).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const day = time.slice(0, 8);
  const all: Record<string, string> = { ...headers, 'x-amz-date': time };
  const names = Object.keys(all).sort();
  const canonical = [
    'POST',
    '/',
    '',
    ...names.map((name) => `${name}:${all[name]}`),
    '',
    names.join(';'),
    createHash('sha256').update(body).digest('hex'),
  ].join('\n');
  const scope = `${day}/${region}/sqs/aws4_request`;
  const hash = createHash('sha256').update(canonical).digest('hex');
  let key: Buffer = Buffer.from(`AWS4${secret}`);
  for (const part of [day, region, 'sqs', 'aws4_request']) key = createHmac('sha256', key).update(part).digest();
  const signature = createHmac('sha256', key).update(`AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash}`).digest('hex');
  all['authorization'] =
    `AWS4-HMAC-SHA256 Credential=${id}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return all;
}
