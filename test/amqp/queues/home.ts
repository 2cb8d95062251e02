import type { Broker } from '../../../src/broker/broker.js';
import { optionsFrom } from '../../../src/config/values.js';
import type { NaruSettings } from '../../../src/embed.js';
import { silentLogger } from '../../../src/lib/logger.js';
import { announce, Naru } from '../../../src/naru.js';
import type { GotMessage, WireChannel } from '../wire-channel.js';
import { type Manners, WireClient } from '../wire-client.js';
import { MovableClock } from './movable-clock.js';

/** A Naru whose time a test may move on, reached over real sockets. */
export class Home {
  readonly clock: MovableClock;
  private readonly naru: Naru;
  private readonly clients: WireClient[] = [];

  private constructor(naru: Naru, clock: MovableClock) {
    this.naru = naru;
    this.clock = clock;
  }

  static async open(settings: NaruSettings = {}): Promise<Home> {
    const clock = new MovableClock();
    const ports = { kafkaPort: 0, amqpPort: 0, sqsPort: 0, httpPort: 0 };
    const fronts = { kafka: false, sqs: false, http: false };
    const options = optionsFrom({ memory: true, closeGraceMs: 200, ...ports, ...fronts, ...settings });
    return new Home(await Naru.start(options, silentLogger, clock), clock);
  }

  get url(): string {
    return announce('amqp', this.naru.addresses.get('amqp')!);
  }

  get kafka(): string {
    return announce('kafka', this.naru.addresses.get('kafka')!);
  }

  /** What the fronts stand on, for what no protocol here can say. */
  get broker(): Broker {
    return this.naru['broker']!;
  }

  async connect(manners?: Manners): Promise<WireClient> {
    const client = await WireClient.connect(this.url, manners);
    this.clients.push(client);
    return client;
  }

  /** A channel on a connection of its own. */
  async channel(): Promise<WireChannel> {
    return (await this.connect()).channel();
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.cut();
    await this.naru.close();
  }
}

/** Runs a test with a broker of its own, and a channel. */
export async function atHome(
  what: (channel: WireChannel, home: Home) => Promise<void>,
  settings: NaruSettings = {},
): Promise<void> {
  const home = await Home.open(settings);
  try {
    await what(await home.channel(), home);
  } finally {
    await home.close();
  }
}

/** Texts of what can be got from a queue, all of it. */
export async function drained(channel: WireChannel, queue: string): Promise<string[]> {
  const texts: string[] = [];
  for (let got = await channel.get(queue); got !== null; got = await channel.get(queue)) texts.push(got.text);
  return texts;
}

/**
 * Publishes on a channel of its own and waits until the broker has answered for all of it; answers the numbers of what it
 * did not take.
 */
export async function sent(channel: WireChannel, queue: string, texts: readonly string[]): Promise<readonly number[]> {
  const publishing = await channel.client.channel();
  await publishing.confirms();
  for (const text of texts) publishing.publish('', queue, text, { deliveryMode: 2 });
  const refused = await publishing.confirmed();
  await publishing.close();
  return refused;
}

const looksMax = 500;

/** The next message of a queue, as soon as there is one: dead letters move in their own time. It is not acknowledged. */
export async function held(channel: WireChannel, queue: string): Promise<GotMessage> {
  for (let look = 0; look < looksMax; look++) {
    const got = await channel.get(queue, false);
    if (got !== null) return got;
  }
  throw new Error(`nothing came to ${queue}`);
}

/** The same, acknowledged. */
export async function next(channel: WireChannel, queue: string): Promise<GotMessage> {
  const got = await held(channel, queue);
  channel.ack(got);
  return got;
}

/** The same, but it stays where it is. */
export async function peeked(channel: WireChannel, queue: string): Promise<GotMessage> {
  const got = await held(channel, queue);
  channel.nack(got);
  return got;
}
