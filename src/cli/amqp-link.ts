import type { Channel, ChannelModel, ConfirmChannel, ConsumeMessage } from 'amqplib';
import { RequestError } from './admin-request.js';
import type { Message } from './message.js';
import { withoutPassword } from './place.js';

/** What a consumer has at hand of a message it was given. */
export interface Delivery {
  readonly message: Message;
  readonly raw: ConsumeMessage;
}

/** Names of amqplib's fields that are properties of a message. */
const propertyNames = [
  'contentType',
  'contentEncoding',
  'headers',
  'deliveryMode',
  'priority',
  'correlationId',
  'replyTo',
  'expiration',
  'messageId',
  'timestamp',
  'type',
  'userId',
  'appId',
  'clusterId',
] as const;

/** A broker of AMQP 0-9-1, Naru's own front or another, by amqplib, which is loaded when the first link is opened. */
export class AmqpLink {
  readonly address: string;
  private readonly connection: ChannelModel;
  private failure: Error | null = null;

  private constructor(address: string, connection: ChannelModel) {
    this.address = address;
    this.connection = connection;
    // Told to whoever waits for the next answer; without a listener it would end the process.
    connection.on('error', (error: Error) => {
      this.failure = error;
    });
  }

  static async open(url: string): Promise<AmqpLink> {
    const { connect } = await import('amqplib');
    const shown = withoutPassword(url);
    try {
      return new AmqpLink(shown, await connect(url, { timeout: 5000, clientProperties: { connection_name: 'naru' } }));
    } catch (error) {
      const reason = error instanceof Error ? error.message || (error as NodeJS.ErrnoException).code : String(error);
      throw new RequestError(`AMQP at ${shown} does not answer: ${reason}`, { cause: error });
    }
  }

  async close(): Promise<void> {
    try {
      await this.connection.close();
    } catch {
      // It is closed already.
    }
  }

  /** When the broker ended the connection, with its reason. */
  onEnd(heard: (error: Error) => void): void {
    this.connection.on('close', () => heard(this.failure ?? new Error('the connection was closed')));
  }

  async channel(): Promise<Channel> {
    const channel = await this.connection.createChannel();
    channel.on('error', () => {});
    return channel;
  }

  async publisher(): Promise<Publisher> {
    const channel = await this.connection.createConfirmChannel();
    return new Publisher(channel);
  }

  /** What the broker refuses, as one line. */
  async told<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw refused(this.address, error);
    }
  }
}

export function refused(address: string, error: unknown): RequestError {
  if (error instanceof RequestError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const reason = /with message "(.*)"$/s.exec(message)?.[1] ?? message;
  return new RequestError(`AMQP at ${address}: ${reason}`, { cause: error });
}

/** Publishes with confirms and notices what has no route. */
export class Publisher {
  private readonly channel: ConfirmChannel;
  private unrouted = 0;
  private failure: Error | null = null;

  constructor(channel: ConfirmChannel) {
    this.channel = channel;
    channel.on('return', () => {
      this.unrouted++;
    });
    channel.on('error', (error: Error) => {
      this.failure = error;
    });
  }

  /** Resolves when there is room for more. */
  async publish(exchange: string, routingKey: string, message: Message): Promise<void> {
    const properties = publishedProperties(message);
    const room = this.channel.publish(exchange, routingKey, message.value ?? Buffer.alloc(0), {
      ...properties,
      mandatory: true,
    });
    if (!room) {
      await new Promise<void>((resolve) => {
        this.channel.once('drain', resolve);
        this.channel.once('close', resolve);
      });
    }
  }

  /** Until the broker has confirmed everything; answers how many had no route since the last time. */
  async confirmed(): Promise<number> {
    try {
      await this.channel.waitForConfirms();
    } catch (error) {
      throw this.failure ?? error;
    }
    if (this.failure !== null) throw this.failure;
    const { unrouted } = this;
    this.unrouted = 0;
    return unrouted;
  }
}

/** Its properties where it came from a queue, headers and time where it came from a topic. */
function publishedProperties({ queue, headers, timestampMs }: Message): Record<string, unknown> {
  if (queue !== null) {
    const { deliveryMode, userId: _notOurs, ...rest } = queue.properties;
    return { ...rest, deliveryMode: deliveryMode ?? 2 };
  }
  const given: Record<string, unknown> = {};
  for (const [name, value] of headers) given[name] = textOrBytes(value);
  return {
    deliveryMode: 2,
    ...(headers.length === 0 ? {} : { headers: given }),
    ...(timestampMs === null ? {} : { timestamp: Math.floor(timestampMs / 1000) }),
  };
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOrBytes(value: Buffer | null): string | Buffer | null {
  if (value === null) return null;
  try {
    return strict.decode(value);
  } catch {
    return value;
  }
}

export function deliveryOf(raw: ConsumeMessage): Delivery {
  const { fields, properties, content } = raw;
  const kept: Record<string, unknown> = {};
  for (const name of propertyNames) {
    const value: unknown = properties[name];
    if (value !== undefined && value !== null) kept[name] = value;
  }
  const message: Message = {
    key: null,
    value: content,
    headers: [],
    timestampMs: typeof properties.timestamp === 'number' ? properties.timestamp * 1000 : null,
    partition: null,
    offset: null,
    queue: {
      exchange: fields.exchange,
      routingKey: fields.routingKey,
      redelivered: fields.redelivered,
      properties: kept,
    },
  };
  return { message, raw };
}
