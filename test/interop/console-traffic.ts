import type { TestContext } from 'node:test';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type ConfirmChannel, connect } from 'amqplib';
import { Kafka, logLevel, type Producer } from 'kafkajs';
import type { RunningNaru } from '../../src/embed.js';

/** Clients whose traffic the console shows. */
export async function channelOf(context: TestContext, naru: RunningNaru): Promise<ConfirmChannel> {
  const connection = await connect(naru.amqp.url, { clientProperties: { connection_name: 'the tests' } });
  connection.on('error', () => {});
  context.after(() => connection.close().catch(() => {}));
  return connection.createConfirmChannel();
}

export async function producerOf(context: TestContext, kafka: Kafka): Promise<Producer> {
  const producer = kafka.producer();
  await producer.connect();
  context.after(() => producer.disconnect());
  return producer;
}

export function kafkaOf(naru: RunningNaru): Kafka {
  return new Kafka({ brokers: naru.kafka.brokers, logLevel: logLevel.NOTHING });
}

export function sqsOf(context: TestContext, naru: RunningNaru): SQSClient {
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const sqs = new SQSClient({ endpoint: naru.sqs.endpoint, region: 'us-east-1', credentials });
  context.after(() => sqs.destroy());
  return sqs;
}

/** Again and again until the test says or is over; what comes too late for a connection is no fault. */
export function every(context: TestContext, ms: number, task: () => unknown): () => void {
  const timer = setInterval(async () => {
    try {
      await task();
    } catch {
      clearInterval(timer);
    }
  }, ms);
  const stop = (): void => clearInterval(timer);
  context.after(stop);
  return stop;
}
