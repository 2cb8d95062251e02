import assert from 'node:assert/strict';
import type { Broker } from '../../src/broker/broker.js';
import type { Queue } from '../../src/broker/queue/queue.js';
import { optionsFrom } from '../../src/config/values.js';
import type { NaruSettings } from '../../src/embed.js';
import { silentLogger } from '../../src/lib/logger.js';
import { announce, type FrontName, Naru } from '../../src/naru.js';
import { MovableClock } from '../amqp/queues/movable-clock.js';

// biome-ignore lint/suspicious/noExplicitAny: answers of a protocol under test are looked at as they come
export type Answer = any;

export interface Failure {
  readonly status: number;
  /** What SDKs make the name of the exception. */
  readonly name: string;
  /** What the older protocol calls it. */
  readonly code: string;
  readonly message: string;
}

export interface XmlAnswer {
  readonly status: number;
  readonly text: string;
}

/** A Naru whose time a test may move on, asked over real sockets. */
export class SqsHome {
  readonly clock: MovableClock;
  private readonly naru: Naru;

  private constructor(naru: Naru, clock: MovableClock) {
    this.naru = naru;
    this.clock = clock;
  }

  static async open(settings: NaruSettings = {}): Promise<SqsHome> {
    const clock = new MovableClock();
    const { adminPassword, ...values } = settings;
    const options = optionsFrom({
      memory: true,
      closeGraceMs: 200,
      kafka: false,
      amqp: false,
      http: false,
      kafkaPort: 0,
      amqpPort: 0,
      sqsPort: 0,
      httpPort: 0,
      ...values,
    });
    return new SqsHome(await Naru.start(options, silentLogger, clock, undefined, adminPassword), clock);
  }

  address(front: FrontName): string {
    return announce(front, this.naru.addresses.get(front)!);
  }

  get endpoint(): string {
    return this.address('sqs');
  }

  get broker(): Broker {
    return this.naru.currentBroker()!;
  }

  close(): Promise<void> {
    return this.naru.close();
  }

  /** One request of the JSON protocol. */
  async ask(action: string, parameters: object = {}, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(this.endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `AmazonSQS.${action}`,
        'x-amzn-query-mode': 'true',
        ...headers,
      },
      body: JSON.stringify(parameters),
    });
  }

  async json(action: string, parameters: object = {}): Promise<Answer> {
    const response = await this.ask(action, parameters);
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return JSON.parse(text);
  }

  async failure(action: string, parameters: object = {}): Promise<Failure> {
    return failureIn(await this.ask(action, parameters));
  }

  /** One request of the older protocol. */
  async query(parameters: Readonly<Record<string, string>>, path = '/', method = 'POST'): Promise<XmlAnswer> {
    const form = new URLSearchParams({ Version: '2012-11-05', ...parameters });
    const response =
      method === 'GET'
        ? await fetch(`${this.endpoint}${path}?${form}`)
        : await fetch(`${this.endpoint}${path}`, { method, body: form });
    return { status: response.status, text: await response.text() };
  }

  // --- what most tests begin with ---

  async queue(name: string, attributes: Record<string, string> = {}): Promise<string> {
    const { QueueUrl } = await this.json('CreateQueue', { QueueName: name, Attributes: attributes });
    return QueueUrl;
  }

  fifo(name: string, attributes: Record<string, string> = {}): Promise<string> {
    return this.queue(`${name}.fifo`, { FifoQueue: 'true', ...attributes });
  }

  send(QueueUrl: string, MessageBody: string, more: object = {}): Promise<Answer> {
    return this.json('SendMessage', { QueueUrl, MessageBody, ...more });
  }

  /** To a FIFO queue: each body in its group, told apart by both. */
  async sendInOrder(QueueUrl: string, ...messages: readonly (readonly [group: string, body: string])[]): Promise<void> {
    for (const [MessageGroupId, body] of messages) {
      await this.send(QueueUrl, body, { MessageGroupId, MessageDeduplicationId: `${MessageGroupId}-${body}` });
    }
  }

  async receive(QueueUrl: string, more: object = {}): Promise<Answer[]> {
    const asked = { QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'], ...more };
    return (await this.json('ReceiveMessage', asked)).Messages ?? [];
  }

  async bodies(QueueUrl: string, more: object = {}): Promise<string[]> {
    return (await this.receive(QueueUrl, more)).map(({ Body }) => Body);
  }

  delete(QueueUrl: string, { ReceiptHandle }: Answer): Promise<Answer> {
    return this.json('DeleteMessage', { QueueUrl, ReceiptHandle });
  }

  async attributes(QueueUrl: string, ...AttributeNames: readonly string[]): Promise<Record<string, string>> {
    const names = AttributeNames.length === 0 ? ['All'] : AttributeNames;
    return (await this.json('GetQueueAttributes', { QueueUrl, AttributeNames: names })).Attributes ?? {};
  }

  /** Visible, in flight, delayed. */
  async counts(QueueUrl: string): Promise<number[]> {
    const told = await this.attributes(QueueUrl);
    return ['', 'NotVisible', 'Delayed'].map((kind) => Number(told[`ApproximateNumberOfMessages${kind}`]));
  }

  /** How many receives wait at a queue. */
  waiting(queue: Queue): number {
    let count = 0;
    for (const follower of queue['followers']) count += (follower as unknown as { waiting: Set<object> }).waiting.size;
    return count;
  }

  /** Waits until so many receives wait at a queue. */
  async wait(name: string, receivers: number): Promise<void> {
    const queue = this.broker.queues.get(name)!;
    await this.until(
      async () => this.waiting(queue),
      (count) => count === receivers,
    );
  }

  /** Waits until what the broker does in its own time is done. */
  async until<T>(look: () => Promise<T>, isDone: (seen: T) => boolean): Promise<T> {
    for (let left = 5000; ; left--) {
      const seen = await look();
      if (isDone(seen)) return seen;
      assert.ok(left > 0, `still ${JSON.stringify(seen)}`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}

export async function failureIn(response: Response): Promise<Failure> {
  const { __type, message } = JSON.parse(await response.text());
  const code = response.headers.get('x-amzn-query-error')?.split(';', 1)[0] ?? '';
  return { status: response.status, name: String(__type).split('#')[1]!, code, message };
}

/** Runs a test with a broker of its own. */
export async function atHome(what: (home: SqsHome) => Promise<void>, settings: NaruSettings = {}): Promise<void> {
  const home = await SqsHome.open(settings);
  try {
    await what(home);
  } finally {
    await home.close();
  }
}

export function arnOf(url: string): string {
  return `arn:aws:sqs:us-east-1:000000000000:${url.slice(url.lastIndexOf('/') + 1)}`;
}
