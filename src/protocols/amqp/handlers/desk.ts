import type { Broker } from '../../../broker/broker.js';
import { contentKind, ExtraHeaders, messageHeader } from '../../../broker/queue/message.js';
import { MessageRun } from '../../../broker/queue/message-run.js';
import type { Queue } from '../../../broker/queue/queue.js';
import { published } from '../../../broker/queue/queues.js';
import { Runs } from '../../../broker/queue/runs.js';
import { queueKey } from '../../../broker/queue-key.js';
import type { Exchange } from '../../../broker/routing/exchange.js';
import { headersFromJson, headersToJson } from '../../../broker/routing/json-headers.js';
import { ByteReader } from '../../../lib/byte-reader.js';
import { ByteWriter } from '../../../lib/byte-writer.js';
import type { JsonObject, JsonValue } from '../../../lib/json.js';
import type { DeskMessage, DeskPublish, DeskSettlement, MessageDesk } from '../../watching.js';
import { Content } from '../channel/content.js';
import { contentOf } from '../channel/story.js';
import { headersOf, type Table } from '../codec/field-table.js';
import { decodeProperties, type Properties, type PropertyName, writeProperties } from '../codec/properties.js';
import { AmqpError } from '../errors.js';

/** How the management API writes the names of properties. */
const propertyNames: Readonly<Record<string, PropertyName>> = {
  content_type: 'contentType',
  content_encoding: 'contentEncoding',
  headers: 'headers',
  delivery_mode: 'deliveryMode',
  priority: 'priority',
  correlation_id: 'correlationId',
  reply_to: 'replyTo',
  expiration: 'expiration',
  message_id: 'messageId',
  timestamp: 'timestamp',
  type: 'type',
  user_id: 'userId',
  app_id: 'appId',
  cluster_id: 'clusterId',
};

const shortTextBytesMax = 255;
const never = Number.POSITIVE_INFINITY;

/** Messages in and out without a connection, as properties and payloads of AMQP. */
export class AmqpDesk implements MessageDesk {
  private readonly broker: Broker;
  private readonly holder: number;
  private readonly run = new MessageRun();
  private readonly runs = new Runs();
  private readonly extra = new ExtraHeaders();

  constructor(broker: Broker) {
    this.broker = broker;
    this.holder = broker.queues.nextHolder();
  }

  publish(publish: DeskPublish): boolean | string {
    const properties = propertiesFrom(publish.properties);
    if (typeof properties === 'string') return properties;
    const { exchange, key } = publish;
    if (Buffer.byteLength(key) > shortTextBytesMax) return `a routing key has at most ${shortTextBytesMax} bytes`;
    const vhost = this.broker.vhosts.get(publish.vhost);
    const found = vhost?.router.find(exchange);
    if (vhost === undefined || (exchange !== '' && found === undefined)) {
      return `no exchange '${exchange}' in vhost '${publish.vhost}'`;
    }
    const into = new ByteWriter();
    writeProperties(into, properties);
    const content = new Content();
    try {
      content.read(into.copy(), 0, into.length);
    } catch (error) {
      if (error instanceof AmqpError) return error.message;
      throw error;
    }
    const fault = faultOf(content, found, publish);
    if (fault !== null) return fault;
    const keys = [key, ...content.copies, ...content.blindCopies];
    const route = vhost.router.routeKeys(exchange, keys, content.headers(), content.properties());
    const delayMs = found?.delayed === true ? content.delayMs : 0;
    this.fill(publish, content, delayMs);
    if (delayMs > 0) {
      this.broker.queues.publishLater(vhost, this.run, delayMs);
      return true;
    }
    const timed = content.expirationMs >= 0;
    const outcome = this.broker.queues.publish(route?.destinations ?? [], this.run, content.priority, timed);
    return outcome === published.taken;
  }

  private fill({ exchange, key, payload }: DeskPublish, content: Content, delayMs: number): void {
    const { run, extra } = this;
    const nowMs = this.broker.storage.clock.now();
    extra.clear();
    if (content.expirationMs >= 0) extra.addTime(messageHeader.expires, nowMs + delayMs + content.expirationMs);
    if (content.copies.length > 0) extra.addTexts(messageHeader.copies, content.copies);
    if (content.priority > 0) extra.addByte(messageHeader.priority, content.priority);
    const bytes = content.changes ? content.changed('') : content.bytes;
    run.begin(Buffer.from(exchange), Buffer.from(key), contentKind.amqp, nowMs);
    run.add(bytes, 0, bytes.length, payload, 0, payload.length, extra.bytes(), extra.count);
  }

  async take(vhost: string, name: string, countMax: number, settlement: DeskSettlement): Promise<DeskMessage[] | null> {
    const queue = this.broker.queues.get(queueKey(vhost, name));
    if (queue === undefined) return null;
    const messages: DeskMessage[] = [];
    const offsets: number[] = [];
    queue.touch();
    while (messages.length < countMax) {
      await new Promise<void>((resolve) => queue.withHead(resolve));
      const message = this.takeOne(queue, offsets);
      if (message === 'gone elsewhere') continue;
      if (message === null) break;
      messages.push(message);
    }
    // Behind all of them: what goes back is not to be taken again.
    for (const offset of offsets) this.settle(queue, offset, settlement);
    return messages;
  }

  private takeOne(queue: Queue, offsets: number[]): DeskMessage | 'gone elsewhere' | null {
    const { runs, holder } = this;
    runs.clear();
    if (queue.gone || queue.ready === 0 || queue.acquire(holder, 1, never, runs) === 0) return null;
    const offset = runs.from[0]!;
    const { cursor } = queue;
    if (!cursor.seek(offset)) {
      // Somebody else took the head in the meantime; this one is not in memory.
      queue.release(holder, offset, offset + 1, 0, false);
      return 'gone elsewhere';
    }
    offsets.push(offset);
    const { bytes, bodyAt } = cursor;
    return {
      exchange: cursor.exchange,
      key: cursor.key,
      redelivered: runs.deliveries[0]! > 1,
      left: queue.ready,
      properties: propertiesToJson(contentOf(cursor, runs.attempts[0]!, this.broker.views)),
      payload: Buffer.from(bytes.subarray(bodyAt, bodyAt + Math.max(0, cursor.bodyLength))),
    };
  }

  private settle(queue: Queue, offset: number, settlement: DeskSettlement): void {
    const { holder } = this;
    if (queue.gone) return;
    if (settlement === 'ack') queue.ack(holder, offset, offset + 1);
    else if (settlement === 'reject') queue.reject(holder, offset, offset + 1);
    else queue.release(holder, offset, offset + 1, 0, settlement === 'requeue-counted');
  }
}

function faultOf(content: Content, exchange: Exchange | undefined, { user, vhost }: DeskPublish): string | null {
  if (exchange?.internal === true) return `cannot publish to internal exchange '${exchange.name}' in vhost '${vhost}'`;
  if (content.badExpiration !== null) return `invalid expiration '${content.badExpiration}': no_integer`;
  if (content.asksDirectReply) return 'fast reply consumer does not exist';
  if (content.userId === null || content.userId === user) return null;
  return `user_id property set to '${content.userId}' but authenticated user was '${user}'`;
}

/** What JSON says of properties, or what is wrong with it. */
function propertiesFrom(json: JsonObject): Properties | string {
  const properties: Record<string, unknown> = {};
  for (const [written, value] of Object.entries(json)) {
    const name = propertyNames[written];
    if (name === undefined) return `unknown property '${written}'`;
    const read = propertyFrom(name, value);
    if (read === null) return `invalid value for property '${written}'`;
    properties[name] = read;
  }
  return properties;
}

function propertyFrom(name: PropertyName, value: JsonValue): Table | string | number | null {
  if (name === 'headers') return headersFromJson(value);
  if (name === 'deliveryMode' || name === 'priority') return isWhole(value, 255) ? value : null;
  if (name === 'timestamp') return isWhole(value, Number.MAX_SAFE_INTEGER) ? value : null;
  // A time to live is a text on the wire, and often a number in JSON.
  const text = name === 'expiration' && typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && Buffer.byteLength(text) <= shortTextBytesMax ? text : null;
}

function isWhole(value: JsonValue, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max;
}

function propertiesToJson(bytes: Buffer): JsonObject {
  const properties = decodeProperties(new ByteReader(bytes));
  const told: Record<string, JsonValue> = {};
  for (const [written, name] of Object.entries(propertyNames)) {
    const value = properties[name];
    if (value === undefined) continue;
    told[written] = name === 'headers' ? headersToJson(headersOf(properties.headers!)) : (value as string | number);
  }
  return told;
}
