import { batchOf, fetchAt, makeTopic, produce } from '../kafka-bad-input/attacked-broker.js';
import { AmqpLink } from '../torture/amqp-link.js';
import { publishFrames } from '../torture/amqp-publisher.js';
import { SqsClient } from '../torture/sqs-client.js';
import { WireClient } from '../torture/wire-client.js';
import { sharedTopic } from './attacks.js';

const channel = 1;
const sharedChannel = 2;
const prefetch = 100;
const queue = 'well-behaved';
const topic = 'well-behaved-topic';
const QueueUrl = 'http://naru/000000000000/well-behaved-sqs';
/** Shows the topic that others write to. */
const sharedUrl = 'http://naru/000000000000/fuzz-shared-sqs';
const receivedAtOnce = 10;

/** Where a broker listens. */
export interface Ports {
  readonly kafkaPort: number;
  readonly amqpPort: number;
  readonly sqsPort: number;
  readonly httpUrl: string;
}

const judge = {
  violation: (message: string): void => {
    throw new Error(message);
  },
};

/** A client on each front that does nothing wrong, on connections it has had all the time. */
export class WellBehaved {
  private readonly ports: Ports;
  private readonly kafka: WireClient;
  private readonly amqp: AmqpLink;
  private readonly sqs: SqsClient;
  private count = 0;
  private offset = 0;
  private followed = '';
  /** The longest that any of them waited. */
  worstMs = 0;
  rounds = 0;
  /** Messages of the topic that others write, read over AMQP. */
  sharedSeen = 0;
  /** The same over SQS. */
  sharedReceived = 0;

  private constructor(ports: Ports, kafka: WireClient, amqp: AmqpLink, sqs: SqsClient) {
    this.ports = ports;
    this.kafka = kafka;
    this.amqp = amqp;
    this.sqs = sqs;
  }

  static async connect(ports: Ports): Promise<WellBehaved> {
    const kafka = await WireClient.connect(ports.kafkaPort);
    await makeTopic(kafka, topic);
    await makeTopic(kafka, sharedTopic);
    const amqp = await AmqpLink.open(ports.amqpPort, judge, 2);
    if (amqp === undefined) throw new Error('the broker does not take an AMQP connection');
    await amqp.call(channel, 'queue.declare', { queue, durable: true });
    const sqs = new SqsClient(ports.sqsPort);
    await sqs.ask('CreateQueue', { QueueName: 'well-behaved-sqs' });
    const Attributes = { NaruTopic: sharedTopic, NaruGroup: 'fuzz' };
    await sqs.ask('CreateQueue', { QueueName: 'fuzz-shared-sqs', Attributes });
    const clients = new WellBehaved(ports, kafka, amqp, sqs);
    await clients.follow();
    return clients;
  }

  private async follow(): Promise<void> {
    const { amqp } = this;
    amqp.heard = (on, { name, values, body }) => {
      if (on !== sharedChannel || name !== 'basic.deliver') return;
      this.sharedSeen++;
      this.followed = body.toString();
      const { deliveryTag } = values as { deliveryTag: number };
      amqp.tell(sharedChannel, 'basic.ack', { deliveryTag, multiple: true });
    };
    await amqp.call(sharedChannel, 'basic.qos', { prefetchCount: prefetch });
    await amqp.call(sharedChannel, 'basic.consume', {
      queue: sharedTopic,
      arguments: { 'x-stream-offset': 'first' },
    });
  }

  /** Everybody does one thing and sees that it was done. */
  async work(): Promise<void> {
    const text = `still here ${this.count++}`;
    await Promise.all(
      [this.workKafka(text), this.workAmqp(text), this.workSqs(text), this.workShared(), this.workHttp()].map((done) =>
        this.timed(done),
      ),
    );
    this.rounds++;
  }

  private async timed(done: Promise<unknown>): Promise<void> {
    const startedMs = performance.now();
    await done;
    this.worstMs = Math.max(this.worstMs, performance.now() - startedMs);
  }

  private async workKafka(text: string): Promise<void> {
    const { errorCode, baseOffset } = await produce(this.kafka, topic, batchOf(text));
    if (errorCode !== 0 || baseOffset !== this.offset) throw new Error(`produced with error ${errorCode}`);
    const { bytes } = await fetchAt(this.kafka, topic, this.offset++);
    if (!bytes.includes(text)) throw new Error('what was produced is not fetched');
  }

  private async workAmqp(text: string): Promise<void> {
    const { amqp } = this;
    amqp.send(...publishFrames(amqp, channel, '', queue, false, Buffer.from(text)));
    amqp.tell(channel, 'basic.get', { queue, noAck: true });
    const got = await amqp.next(channel, ['basic.get-ok', 'basic.get-empty']);
    if (got.body.toString() !== text) throw new Error(`${got.name}: what was published is not got`);
  }

  private async workSqs(text: string): Promise<void> {
    await this.sqs.ask('SendMessage', { QueueUrl, MessageBody: text });
    const { Messages = [] } = await this.sqs.ask('ReceiveMessage', { QueueUrl, WaitTimeSeconds: 1 });
    if (Messages[0]?.Body !== text) throw new Error('what was sent is not received');
    await this.sqs.ask('DeleteMessage', { QueueUrl, ReceiptHandle: Messages[0].ReceiptHandle });
  }

  /** Takes what it can have of the topic that others write to; answers the bodies. */
  private async workShared(): Promise<string[]> {
    const asked = { QueueUrl: sharedUrl, MaxNumberOfMessages: receivedAtOnce };
    const { Messages = [] } = await this.sqs.ask('ReceiveMessage', asked);
    if (Messages.length === 0) return [];
    const Entries = Messages.map(({ ReceiptHandle }: { ReceiptHandle: string }, index: number) => ({
      Id: String(index),
      ReceiptHandle,
    }));
    await this.sqs.ask('DeleteMessageBatch', { QueueUrl: sharedUrl, Entries });
    this.sharedReceived += Messages.length;
    return Messages.map(({ Body }: { Body: string }) => Body);
  }

  private async workHttp(): Promise<void> {
    const response = await fetch(`${this.ports.httpUrl}/healthz`);
    await response.text();
    if (response.status !== 200) throw new Error(`/healthz answers ${response.status}`);
  }

  /** Whatever others wrote into the topic that all share, the one who reads it gets to what comes behind. */
  async readsOn(withinMs: number): Promise<void> {
    const text = `behind all that ${this.count++}`;
    await produce(this.kafka, sharedTopic, batchOf(text));
    const untilMs = performance.now() + withinMs;
    while (this.followed !== text) {
      if (performance.now() > untilMs) throw new Error('who reads a topic over AMQP is stuck in what others wrote');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    while (!(await this.workShared()).includes(text)) {
      if (performance.now() > untilMs) throw new Error('who reads a topic over SQS is stuck in what others wrote');
    }
  }

  async close(): Promise<void> {
    this.kafka.close();
    this.amqp.cut();
    this.sqs.close();
    await Promise.all([this.kafka.closed, this.amqp.closed]);
  }
}
