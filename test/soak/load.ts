import { setTimeout as sleep } from 'node:timers/promises';
import { type Channel, type ChannelModel, type ConsumeMessage, connect } from 'amqplib';
import { type Consumer, Kafka, logLevel, type Producer } from 'kafkajs';
import { SqsClient } from '../torture/sqs-client.js';

/** Where a broker listens. */
export interface Ports {
  readonly kafkaPort: number;
  readonly amqpPort: number;
  readonly sqsPort: number;
  readonly httpUrl: string;
}

/** Everything that comes and goes on each front, at a steady pace, for as long as it is not told to stop. */
export class SoakLoad {
  private readonly ports: Ports;
  /** Rounds a second of each worker. */
  private readonly rate: number;
  private readonly kafka: Kafka;
  private stopped = false;
  private readonly counts = new Map<string, number>();

  constructor(ports: Ports, rate: number) {
    this.ports = ports;
    this.rate = rate;
    this.kafka = new Kafka({
      brokers: [`127.0.0.1:${ports.kafkaPort}`],
      clientId: 'soak',
      logLevel: logLevel.NOTHING,
    });
  }

  stop(): void {
    this.stopped = true;
  }

  /** How often each thing was done. */
  told(): readonly (readonly [what: string, count: number])[] {
    return [...this.counts];
  }

  private did(what: string, count = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + count);
  }

  async run(): Promise<void> {
    await this.prepare();
    await Promise.all([
      this.kafkaStream(),
      this.kafkaComings(),
      this.kafkaTopics(),
      this.amqpStream(),
      this.amqpComings(),
      this.sqsStream(),
      this.sqsQueues(),
      this.httpLooks(),
    ]);
  }

  private async every(ms: number, act: () => Promise<void>): Promise<void> {
    while (!this.stopped) {
      const startedMs = performance.now();
      await act();
      const restMs = ms / this.rate - (performance.now() - startedMs);
      if (restMs > 0 && !this.stopped) await sleep(restMs);
    }
  }

  private async prepare(): Promise<void> {
    const admin = this.kafka.admin();
    await admin.connect();
    const configEntries = [
      { name: 'retention.bytes', value: String(4 << 20) },
      { name: 'segment.bytes', value: String(1 << 20) },
    ];
    await admin.createTopics({ topics: [{ topic: 'soak', numPartitions: 4, configEntries }] });
    await admin.disconnect();
  }

  // Kafka

  private async kafkaStream(): Promise<void> {
    const producer = this.kafka.producer();
    await producer.connect();
    const consumer = await this.follower('soak-group');
    const value = Buffer.alloc(500, 's');
    await this.every(20, async () => {
      const messages = Array.from({ length: 20 }, (_, index) => ({ key: String(index), value }));
      await producer.send({ topic: 'soak', acks: -1, messages });
      this.did('Kafka: records produced', messages.length);
    });
    await producer.disconnect();
    await consumer.disconnect();
  }

  private async follower(groupId: string): Promise<Consumer> {
    const consumer = this.kafka.consumer({ groupId, sessionTimeout: 10_000 });
    await consumer.connect();
    await consumer.subscribe({ topic: 'soak' });
    await consumer.run({
      autoCommitInterval: 500,
      eachBatch: async ({ batch }) => this.did('Kafka: records consumed', batch.messages.length),
    });
    return consumer;
  }

  /** Connections, producer ids, transactions and members of groups that come and go. */
  private async kafkaComings(): Promise<void> {
    let round = 0;
    await this.every(1000, async () => {
      const producer: Producer = this.kafka.producer({ idempotent: true, transactionalId: `soak-${round++ % 5}` });
      await producer.connect();
      const transaction = await producer.transaction();
      await transaction.send({ topic: 'soak', messages: [{ value: 'in a transaction' }] });
      if (round % 3 === 0) await transaction.abort();
      else await transaction.commit();
      await producer.disconnect();
      this.did('Kafka: transactions');
      if (round % 10 !== 0) return;
      const member = await this.follower('soak-group');
      await sleep(1000);
      await member.disconnect();
      this.did('Kafka: members that came and went');
    });
  }

  private async kafkaTopics(): Promise<void> {
    const admin = this.kafka.admin();
    await admin.connect();
    let round = 0;
    await this.every(1000, async () => {
      const topic = `soak-${round++}`;
      await admin.createTopics({ topics: [{ topic, numPartitions: 2 }], waitForLeaders: false });
      await admin.deleteTopics({ topics: [topic] });
      this.did('Kafka: topics made and deleted');
    });
    await admin.disconnect();
  }

  // AMQP

  private connected(): Promise<ChannelModel> {
    return connect(`amqp://guest:guest@127.0.0.1:${this.ports.amqpPort}`);
  }

  private async amqpStream(): Promise<void> {
    const connection = await this.connected();
    const channel = await connection.createConfirmChannel();
    const arguments_ = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'soak-dead' };
    await channel.assertQueue('soak-dead', { durable: true });
    await channel.assertQueue('soak-work', { durable: true, arguments: arguments_ });
    await channel.prefetch(100);
    let count = 0;
    await channel.consume('soak-work', (message) => this.settle(channel, message, count++));
    await channel.consume('soak-dead', (message) => {
      if (message !== null) channel.ack(message);
      this.did('AMQP: dead letters');
    });
    const body = Buffer.alloc(500, 's');
    await this.every(20, async () => {
      for (let left = 20; left > 0; left--) {
        channel.publish('', 'soak-work', body, { persistent: true, headers: { round: left } });
      }
      await channel.waitForConfirms();
      this.did('AMQP: messages confirmed', 20);
    });
    await connection.close();
  }

  private settle(channel: Channel, message: ConsumeMessage | null, count: number): void {
    if (message === null) return;
    if (count % 50 === 0) channel.nack(message, false, false);
    else if (count % 51 === 0 && !message.fields.redelivered) channel.nack(message, false, true);
    else channel.ack(message);
    this.did('AMQP: deliveries settled');
  }

  /** Connections, channels, exclusive queues, exchanges, bindings, consumers and transactions that come and go. */
  private async amqpComings(): Promise<void> {
    let round = 0;
    await this.every(200, async () => {
      const connection = await this.connected();
      const channel = await connection.createChannel();
      const { queue } = await channel.assertQueue('', { exclusive: true, arguments: { 'x-message-ttl': 500 } });
      const exchange = `soak-${round++ % 20}`;
      await channel.assertExchange(exchange, 'topic', { autoDelete: true });
      await channel.bindQueue(queue, exchange, `a.${round}.#`);
      const { consumerTag } = await channel.consume(queue, () => {}, { noAck: round % 2 === 0 });
      for (let left = 10; left > 0; left--) channel.publish(exchange, `a.${round}.b`, Buffer.from('here'));
      await channel.cancel(consumerTag);
      for (let left = 5; left > 0; left--) channel.publish(exchange, `a.${round}.b`, Buffer.from('to expire'));
      if (round % 5 === 0) await channel.close();
      await connection.close();
      this.did('AMQP: connections with queues of their own');
    });
  }

  // SQS

  private async sqsStream(): Promise<void> {
    const client = new SqsClient(this.ports.sqsPort);
    const url = (name: string): string => `http://naru/000000000000/${name}`;
    await client.ask('CreateQueue', { QueueName: 'soak', Attributes: { VisibilityTimeout: '2' } });
    const Attributes = { FifoQueue: 'true', ContentBasedDeduplication: 'true' };
    await client.ask('CreateQueue', { QueueName: 'soak.fifo', Attributes });
    let round = 0;
    await this.every(50, async () => {
      const fifo = round++ % 2 === 0;
      const QueueUrl = url(fifo ? 'soak.fifo' : 'soak');
      const Entries = Array.from({ length: 5 }, (_, index) => ({
        Id: String(index),
        MessageBody: `${round}-${index}`,
        ...(fifo ? { MessageGroupId: `g${index}` } : index === 0 ? { DelaySeconds: 1 } : {}),
      }));
      await client.ask('SendMessageBatch', { QueueUrl, Entries });
      const { Messages = [] } = await client.ask('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 });
      this.did('SQS: messages received', Messages.length);
      // What is not deleted comes again.
      const done = Messages.filter((_: unknown, index: number) => round % 10 !== 0 || index > 0);
      if (done.length === 0) return;
      const deletes = done.map(({ ReceiptHandle }: { ReceiptHandle: string }, index: number) => ({
        Id: String(index),
        ReceiptHandle,
      }));
      await client.ask('DeleteMessageBatch', { QueueUrl, Entries: deletes });
    });
    client.close();
  }

  /** Queues and connections that come and go, and receives that wait for nothing. */
  private async sqsQueues(): Promise<void> {
    let round = 0;
    await this.every(500, async () => {
      const client = new SqsClient(this.ports.sqsPort);
      const QueueName = `soak-${round++}`;
      const { QueueUrl } = await client.ask('CreateQueue', { QueueName });
      await client.ask('SendMessage', { QueueUrl, MessageBody: 'left behind' });
      await client.ask('ReceiveMessage', { QueueUrl });
      await client.ask('ReceiveMessage', { QueueUrl, WaitTimeSeconds: 1 });
      await client.ask('DeleteQueue', { QueueUrl });
      client.close();
      this.did('SQS: queues made and deleted');
    });
  }

  // HTTP

  private async httpLooks(): Promise<void> {
    await this.every(1000, async () => {
      for (const path of ['/api/overview', '/api/queues', '/api/connections', '/metrics', '/healthz']) {
        const response = await fetch(`${this.ports.httpUrl}${path}`);
        await response.text();
        if (response.status !== 200) throw new Error(`${path} answers ${response.status}`);
      }
      this.did('HTTP: looks at all lists');
    });
  }
}
