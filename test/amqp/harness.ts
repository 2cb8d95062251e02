import { type NaruSettings, type RunningNaru, startNaru } from '../../src/embed.js';
import type { WireChannel } from './wire-channel.js';
import { type Manners, WireClient } from './wire-client.js';

/** A Naru of a test's own in this process, and raw connections to it. */
export class ServedBroker {
  readonly naru: RunningNaru;
  private readonly clients: WireClient[] = [];

  private constructor(naru: RunningNaru) {
    this.naru = naru;
  }

  static async start(settings: NaruSettings = {}): Promise<ServedBroker> {
    const only = { kafka: false, sqs: false, http: false, amqp: true };
    return new ServedBroker(await startNaru({ memory: true, closeGraceMs: 200, ...only, ...settings }));
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.cut();
    await this.naru.close();
  }

  get url(): string {
    return this.naru.amqp.url;
  }

  /** A connection over which nothing was said yet. */
  async reach(): Promise<WireClient> {
    const client = await WireClient.reach(this.url);
    this.clients.push(client);
    return client;
  }

  async connect(manners?: Manners): Promise<WireClient> {
    const client = await WireClient.connect(this.url, manners);
    this.clients.push(client);
    return client;
  }

  /** A channel on a connection of its own. */
  async channel(manners?: Manners): Promise<WireChannel> {
    const client = await this.connect(manners);
    return client.channel();
  }
}

/** Runs a test against a broker that is there for it alone. */
export async function withBroker(
  what: (broker: ServedBroker) => Promise<void>,
  settings: NaruSettings = {},
): Promise<void> {
  const broker = await ServedBroker.start(settings);
  try {
    await what(broker);
  } finally {
    await broker.close();
  }
}
