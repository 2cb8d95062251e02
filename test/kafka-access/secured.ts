import type { TestContext } from 'node:test';
import { type Admin, Kafka, type KafkaConfig, logLevel, Partitioners, type Producer, type SASLOptions } from 'kafkajs';
import { type NaruSettings, type RunningNaru, startNaru } from '../../src/embed.js';

export const adminPassword = 'correct horse battery';

/** A Naru with an administrator called admin, and clients of it that end with the test. */
export class Secured {
  readonly naru: RunningNaru;
  private readonly context: TestContext;

  private constructor(context: TestContext, naru: RunningNaru) {
    this.context = context;
    this.naru = naru;
  }

  static async start(context: TestContext, settings: NaruSettings = {}): Promise<Secured> {
    const naru = await startNaru({
      memory: true,
      adminUser: 'admin',
      adminPassword,
      authenticationFailureDelayMs: 1,
      closeGraceMs: 100,
      ...settings,
    });
    context.after(() => naru.close());
    return new Secured(context, naru);
  }

  kafka(sasl: SASLOptions | null = plain('admin', adminPassword), more: Partial<KafkaConfig> = {}): Kafka {
    return new Kafka({
      clientId: 'access-test',
      brokers: this.naru.kafka.brokers,
      logLevel: logLevel.NOTHING,
      retry: { retries: 0 },
      ...(sasl === null ? {} : { sasl }),
      ...more,
    });
  }

  async admin(kafka: Kafka = this.kafka()): Promise<Admin> {
    const admin = kafka.admin();
    this.context.after(() => admin.disconnect());
    await admin.connect();
    return admin;
  }

  async producer(kafka: Kafka = this.kafka()): Promise<Producer> {
    const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    this.context.after(() => producer.disconnect());
    await producer.connect();
    return producer;
  }

  /** Makes or changes a user through the REST API. */
  async user(name: string, password: string, tags = ''): Promise<Response> {
    return this.rest('PUT', `/api/users/${name}`, { password, tags });
  }

  rest(
    method: string,
    path: string,
    body?: unknown,
    user = 'admin',
    password: string = adminPassword,
  ): Promise<Response> {
    return fetch(`${this.naru.http.url}${path}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
}

export function plain(username: string, password: string): SASLOptions {
  return { mechanism: 'plain', username, password };
}
