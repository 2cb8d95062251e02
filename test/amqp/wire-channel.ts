import assert from 'node:assert/strict';
import type { DecodedProperties } from '../../src/protocols/amqp/codec/properties.js';
import type { MethodAnswers, MethodValues } from '../amqp-codec/codec/table.js';
import type { WireClient } from './wire-client.js';
import {
  bodyFrames,
  type Fields,
  type GivenProperties,
  type GivenTable,
  headerFrame,
  type MethodName,
  methodFrame,
  plainTable,
  type Received,
} from './wire-frames.js';
import { answersOf, checkClose, type Expected, type Inbox, patienceMs } from './wire-inbox.js';

/** A message as it came: delivered, got or returned. */
export interface Message {
  readonly text: string;
  readonly body: Buffer;
  readonly properties: DecodedProperties;
  /** Without their tags, for comparing. */
  readonly headers: Record<string, unknown>;
  readonly exchange: string;
  readonly routingKey: string;
}

export interface Delivery extends Message {
  readonly deliveryTag: number;
  readonly redelivered: boolean;
}

export interface ConsumerDelivery extends Delivery {
  readonly consumerTag: string;
}

export interface GotMessage extends Delivery {
  /** How many are left. */
  readonly messageCount: number;
}

export interface ReturnedMessage extends Message {
  readonly replyCode: number;
  readonly replyText: string;
}

export interface Publishing extends GivenProperties {
  readonly mandatory?: boolean;
  readonly immediate?: boolean;
}

/** One channel of a WireClient, with the sentences that tests are made of. */
export class WireChannel {
  readonly client: WireClient;
  readonly id: number;
  readonly inbox: Inbox;
  /** Since confirms were asked for. */
  private published = 0;
  private readonly settled = new Set<number>();

  constructor(client: WireClient, id: number, inbox: Inbox) {
    this.client = client;
    this.id = id;
    this.inbox = inbox;
  }

  /** Sends a method and waits for nothing. */
  tell<Name extends MethodName>(name: Name, fields?: Fields<Name>): void {
    this.client.send(methodFrame(this.id, name, fields));
  }

  /** Sends a method and waits for what answers it. */
  async call<Name extends keyof MethodAnswers>(
    name: Name,
    fields?: Fields<Name>,
  ): Promise<MethodValues[MethodAnswers[Name]]> {
    this.tell(name, fields);
    return (await this.inbox.take(answersOf(name))).values;
  }

  /** The next method of one of these names, or of any; what else came before it stays. */
  next<Name extends MethodName>(...names: Name[]): Promise<Received<Name>> {
    return this.inbox.take(names);
  }

  // Declaring

  /** Answers the queue's name, which the broker makes up when none is given. */
  async queue(name = '', fields: Omit<Fields<'queue.declare'>, 'queue'> = {}): Promise<string> {
    return (await this.call('queue.declare', { queue: name, ...fields })).queue;
  }

  async exchange(name: string, type: string, fields: Fields<'exchange.declare'> = {}): Promise<void> {
    await this.call('exchange.declare', { exchange: name, type, ...fields });
  }

  async bind(queue: string, exchange: string, routingKey = '', given: GivenTable = {}): Promise<void> {
    await this.call('queue.bind', { queue, exchange, routingKey, arguments: given });
  }

  /** What is ready in a queue, and who consumes it. */
  async look(queue: string): Promise<{ messageCount: number; consumerCount: number }> {
    const { messageCount, consumerCount } = await this.call('queue.declare', { queue, passive: true });
    return { messageCount, consumerCount };
  }

  // Publishing

  publish(exchange: string, routingKey: string, body: Buffer | string, publishing: Publishing = {}): void {
    const { mandatory = false, immediate = false, ...properties } = publishing;
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    this.published++;
    this.client.send(
      methodFrame(this.id, 'basic.publish', { exchange, routingKey, mandatory, immediate }),
      headerFrame(this.id, bytes.length, properties),
      ...bodyFrames(this.id, bytes, this.client.frameMax),
    );
  }

  /** From here on `confirmed` waits for the broker. */
  async confirms(): Promise<void> {
    await this.call('confirm.select');
    this.published = 0;
  }

  /** Waits until everything published was answered for; answers the numbers of what was not taken. */
  async confirmed(): Promise<readonly number[]> {
    const open = new Set(Array.from({ length: this.published }, (_, at) => at + 1));
    for (const tag of this.settled) open.delete(tag);
    const nacked: number[] = [];
    while (open.size > 0) {
      const { name, values } = await this.next('basic.ack', 'basic.nack');
      const { deliveryTag, multiple } = values;
      const settled = [...open].filter((tag) => tag === deliveryTag || (multiple && tag < deliveryTag));
      assert.ok(open.has(deliveryTag), `${name} of ${deliveryTag}, which is not open`);
      for (const tag of settled) {
        open.delete(tag);
        this.settled.add(tag);
        if (name === 'basic.nack') nacked.push(tag);
      }
    }
    return nacked;
  }

  async returned(): Promise<ReturnedMessage> {
    const received = await this.next('basic.return');
    return { ...received.values, ...messageOf(received) };
  }

  // Consuming

  /** Answers the consumer's tag. */
  async consume(queue: string, fields: Omit<Fields<'basic.consume'>, 'queue'> = {}): Promise<string> {
    return (await this.call('basic.consume', { queue, ...fields })).consumerTag;
  }

  async prefetch(prefetchCount: number, global = false): Promise<void> {
    await this.call('basic.qos', { prefetchCount, global });
  }

  async delivery(): Promise<ConsumerDelivery> {
    const received = await this.next('basic.deliver');
    return { ...received.values, ...messageOf(received) };
  }

  async deliveries(count: number): Promise<ConsumerDelivery[]> {
    const list: ConsumerDelivery[] = [];
    while (list.length < count) list.push(await this.delivery());
    return list;
  }

  /** Null when the queue is empty. */
  async get(queue: string, noAck = true): Promise<GotMessage | null> {
    this.tell('basic.get', { queue, noAck });
    const received = await this.next('basic.get-ok', 'basic.get-empty');
    if (received.name === 'basic.get-empty') return null;
    const got = received as Received<'basic.get-ok'>;
    return { ...got.values, ...messageOf(got) };
  }

  ack({ deliveryTag }: Pick<Delivery, 'deliveryTag'>, multiple = false): void {
    this.tell('basic.ack', { deliveryTag, multiple });
  }

  nack(
    { deliveryTag }: Pick<Delivery, 'deliveryTag'>,
    { requeue = true, multiple = false }: { requeue?: boolean; multiple?: boolean } = {},
  ): void {
    this.tell('basic.nack', { deliveryTag, multiple, requeue });
  }

  reject({ deliveryTag }: Pick<Delivery, 'deliveryTag'>, requeue = true): void {
    this.tell('basic.reject', { deliveryTag, requeue });
  }

  // Expecting

  /** The broker took everything said so far: it answers what is said after it. */
  async settle(): Promise<void> {
    await this.call('channel.flow', { active: true });
  }

  /** Nothing is delivered or returned, though everything said so far was taken. */
  async hearsNothing(): Promise<void> {
    await this.settle();
    await this.settle();
    const unexpected = this.inbox.untaken('basic.deliver', 'basic.return', 'basic.cancel');
    assert.deepEqual(
      unexpected.map(({ name, body }) => `${name} ${body}`),
      [],
    );
  }

  /** The broker closes this channel and no more than that. */
  async closes(expected: Expected, timeoutMs: number = patienceMs): Promise<MethodValues['channel.close']> {
    const { values } = await this.inbox.take(['channel.close'], timeoutMs);
    checkClose(values, expected);
    this.tell('channel.close-ok');
    return values;
  }

  /** A method that the broker refuses by closing the channel. */
  async refuses<Name extends MethodName>(
    name: Name,
    fields: Fields<Name>,
    code: number,
    text?: string | RegExp,
  ): Promise<void> {
    this.tell(name, fields);
    await this.closes({ code, method: name, ...(text === undefined ? {} : { text }) });
  }

  /** A method that the broker refuses by closing the connection. */
  async refusesAltogether<Name extends MethodName>(
    name: Name,
    fields: Fields<Name>,
    code: number,
    text?: string | RegExp,
  ): Promise<void> {
    this.tell(name, fields);
    await this.client.closes({ code, method: name, ...(text === undefined ? {} : { text }) });
  }

  async close(): Promise<void> {
    await this.call('channel.close', { replyCode: 200, replyText: 'bye' });
  }
}

function messageOf({ values, properties, body }: Received<'basic.deliver' | 'basic.get-ok' | 'basic.return'>): Message {
  const { exchange, routingKey } = values;
  const headers = properties.headers === undefined ? {} : plainTable(properties.headers);
  return { text: body.toString(), body, properties, headers, exchange, routingKey };
}
