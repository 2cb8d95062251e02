import type { TestContext } from 'node:test';
import { Kafka, logLevel, type Message, Partitioners } from 'kafkajs';
import { sleep, systemClock } from '../../src/lib/clock.js';

const partitions = 2;

/** What a committed reader sees of whole topics, by means of a last record in each partition. */
export class CommittedTopics {
  private readonly kafka: Kafka;
  private readonly context: TestContext;
  private reads = 0;

  constructor(context: TestContext, bootstrap: string) {
    this.context = context;
    this.kafka = new Kafka({
      brokers: [bootstrap],
      logLevel: logLevel.NOTHING,
      retry: { retries: 20, maxRetryTime: 500 },
    });
  }

  async create(...topics: string[]): Promise<void> {
    const admin = this.kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: topics.map((topic) => ({ topic, numPartitions: partitions })) });
    await admin.disconnect();
  }

  async write(topic: string, messages: Message[]): Promise<void> {
    const producer = this.kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    await producer.send({ topic, messages });
    await producer.disconnect();
  }

  async read(topic: string): Promise<string[]> {
    const last = `last ${this.reads++}`;
    await this.write(
      topic,
      Array.from({ length: partitions }, (_, partition) => ({ partition, key: last, value: '' })),
    );
    const consumer = this.kafka.consumer({ groupId: `${topic} ${last}`, maxWaitTimeInMs: 100 });
    this.context.after(() => consumer.disconnect());
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    const read: string[] = [];
    let lasts = 0;
    await new Promise<void>((resolve, reject) => {
      consumer.on('consumer.crash', ({ payload }) => reject(payload.error));
      const eachMessage = async ({
        message,
      }: {
        message: { key: Buffer | null; value: Buffer | null };
      }): Promise<void> => {
        if (String(message.key) === last) lasts++;
        else if (!String(message.key).startsWith('last')) read.push(`${message.key}=${message.value}`);
        if (lasts === partitions) resolve();
      };
      consumer.run({ eachMessage }).catch(reject);
    });
    await consumer.disconnect();
    return read;
  }

  /** Reads until what was read is enough: for a minute at most, then whatever follows says what is missing. */
  async readUntil(topic: string, isEnough: (read: readonly string[]) => boolean): Promise<string[]> {
    for (let attempt = 0; ; attempt++) {
      const read = await this.read(topic);
      if (isEnough(read) || attempt === 120) return read;
      await sleep(systemClock, 500);
    }
  }
}
