import { ByteReader } from '../../lib/byte-reader.js';
import { ByteWriter } from '../../lib/byte-writer.js';

/**
 * How a message of a queue lies in a record of its log.
 *
 *   key      the routing key it was published with
 *   value    its body
 *   headers  first the envelope, then others where there is something to say
 *
 * The envelope is what a front that took the message in needs to hand it out again as it came: the exchange it was
 * published to, and the content (properties, attributes) in the front's own bytes.
 *
 *   envelope = length of exchange (1) · exchange · kind (1) · content
 *
 * Names are as short as they are because they are in every record.
 */
export const envelopeHeader = 'naru';

/** Whose bytes an envelope's content is. The numbers are on disk. `record`: see taken-record.ts. */
export const contentKind = { none: 0, amqp: 1, sqs: 2, record: 3 } as const;

/** Headers behind the envelope. */
export const messageHeader = {
  /** When the message's time is over, in ms since 1970, as 8 bytes. */
  expires: 'expires',
  /** How often and where it died, newest first: see deaths.ts. */
  deaths: 'deaths',
  /** Routing keys beside the record's key, each with its length in front. */
  copies: 'copies',
  /** One byte, where it is not 0. */
  priority: 'priority',
  /** How often it was received where it died, and when for the first time: two varints. */
  received: 'received',
} as const;

export const exchangeBytesMax = 255;

/** Headers behind the envelope, as records have them. */
export class ExtraHeaders {
  count = 0;
  private readonly into: ByteWriter = new ByteWriter(128);

  clear(): void {
    this.count = 0;
    this.into.clear();
  }

  add(name: string, value: Buffer | null): void {
    this.into.varint(Buffer.byteLength(name));
    this.into.utf8(name);
    this.into.varint(value === null ? -1 : value.length);
    if (value !== null) this.into.view(value);
    this.count++;
  }

  addTime(name: string, timeMs: number): void {
    this.into.varint(name.length);
    this.into.utf8(name);
    this.into.varint(8);
    this.into.i64(timeMs);
    this.count++;
  }

  addByte(name: string, value: number): void {
    this.into.varint(name.length);
    this.into.utf8(name);
    this.into.varint(1);
    this.into.u8(value);
    this.count++;
  }

  addTexts(name: string, texts: readonly string[]): void {
    const list = new ByteWriter(64);
    for (const text of texts) list.string(text);
    this.add(name, list.bytes());
  }

  /** Good until the next change. Null when there are none. */
  bytes(): Buffer | null {
    return this.count === 0 ? null : this.into.bytes();
  }
}

export function readTexts(bytes: Buffer, at: number, length: number): string[] {
  const from = new ByteReader(bytes, at, at + length);
  const texts: string[] = [];
  while (from.remaining > 0) texts.push(from.string());
  return texts;
}

/** What became of a message where it was before: how often it was received, and when first. */
export interface Received {
  readonly count: number;
  readonly firstMs: number;
}

const never: Received = { count: 0, firstMs: 0 };

export function encodeReceived(count: number, firstMs: number): Buffer {
  const into = new ByteWriter(16);
  into.uvarint(count);
  into.uvarint(firstMs);
  return into.bytes();
}

/** What a cursor can be asked; see MessageCursor. */
interface FoundHeaders {
  readonly extraCount: number;
  readonly bytes: Buffer;
  readonly foundLength: number;
  find(name: string): number;
}

export function receivedOf(message: FoundHeaders): Received {
  const at = message.extraCount === 0 ? -1 : message.find(messageHeader.received);
  if (at < 0) return never;
  const from = new ByteReader(message.bytes, at, at + message.foundLength);
  return { count: from.uvarint(), firstMs: from.uvarint() };
}
