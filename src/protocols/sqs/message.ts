import { createHash, hash, randomUUID } from 'node:crypto';
import type { MessageCursor } from '../../broker/queue/message-cursor.js';
import type { Headers } from '../../broker/routing/headers.js';
import { type SeenMessage, seenAttributes } from '../../broker/views.js';
import { ByteReader } from '../../lib/byte-reader.js';
import { ByteWriter } from '../../lib/byte-writer.js';

/** A message attribute as clients give it. */
export interface MessageAttribute {
  readonly name: string;
  /** `String`, `Number` or `Binary`, perhaps with a label behind a dot. */
  readonly type: string;
  /** Text for all but binary types. */
  readonly value: string | Buffer;
}

/** What SQS knows of a message beside its body. */
export interface MessageContent {
  readonly id: string;
  readonly sentMs: number;
  readonly sender: string;
  readonly group: string | null;
  readonly deduplication: string | null;
  readonly trace: string | null;
  readonly attributes: readonly MessageAttribute[];
}

const version = 1;
const has = { group: 1, deduplication: 2, trace: 4 } as const;
const writer = new ByteWriter(1024);
const idBytes = Buffer.alloc(16);

/** The bytes are good until the next call. */
export function encodeContent(content: MessageContent): Buffer {
  const into = writer;
  const { group, deduplication, trace } = content;
  into.clear();
  into.u8(version);
  idBytes.write(content.id.replaceAll('-', ''), 'hex');
  into.view(idBytes);
  into.uvarint(content.sentMs);
  into.string(content.sender);
  into.u8(
    (group === null ? 0 : has.group) |
      (deduplication === null ? 0 : has.deduplication) |
      (trace === null ? 0 : has.trace),
  );
  if (group !== null) into.string(group);
  if (deduplication !== null) into.string(deduplication);
  if (trace !== null) into.string(trace);
  into.uvarint(content.attributes.length);
  for (const { name, type, value } of content.attributes) {
    into.string(name);
    into.string(type);
    if (typeof value === 'string') {
      into.u8(stringTransport);
      into.string(value);
    } else {
      into.u8(binaryTransport);
      into.uvarint(value.length);
      into.view(value);
    }
  }
  return into.bytes();
}

export function decodeContent(bytes: Buffer, at: number, length: number): MessageContent {
  const from = new ByteReader(bytes, at, at + length);
  from.u8();
  const hex = from.view(16).toString('hex');
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  const sentMs = from.uvarint();
  const sender = from.string();
  const flags = from.u8();
  const group = flags & has.group ? from.string() : null;
  const deduplication = flags & has.deduplication ? from.string() : null;
  const trace = flags & has.trace ? from.string() : null;
  const attributes: MessageAttribute[] = [];
  for (let left = from.uvarint(); left > 0; left--) {
    const name = from.string();
    const type = from.string();
    const value = from.u8() === stringTransport ? from.string() : Buffer.from(from.view(from.uvarint()));
    attributes.push({ name, type, value });
  }
  return { id, sentMs, sender, group, deduplication, trace, attributes };
}

/** A message of this front, for others. */
export function seenSent({ bytes, contentAt, contentLength }: MessageCursor): SeenMessage {
  const { id, sentMs, attributes, trace } = decodeContent(bytes, contentAt, contentLength);
  return seenAttributes(id, sentMs, attributes, trace);
}

/** The content of a new message that says the same. */
export function renewedSent({ bytes, contentAt, contentLength }: MessageCursor, sentMs: number): Buffer {
  return encodeContent({ ...decodeContent(bytes, contentAt, contentLength), id: randomUUID(), sentMs });
}

/** Its attributes, for routing and for logs; null when it has none. */
export function headersOfSent(cursor: MessageCursor): Headers | null {
  const { headers } = seenSent(cursor);
  return headers.size === 0 ? null : headers;
}

export function md5(text: string | Buffer): string {
  return hash('md5', text);
}

const stringTransport = 1;
const binaryTransport = 2;

/** The digest that SDKs compare: names in order; name, type and value with their lengths in front. */
export function md5OfAttributes(attributes: readonly MessageAttribute[]): string {
  const digest = createHash('md5');
  const put = (bytes: Buffer): void => {
    const length = Buffer.allocUnsafe(4);
    length.writeUInt32BE(bytes.length);
    digest.update(length).update(bytes);
  };
  const sorted = [...attributes].sort((left, right) => (left.name < right.name ? -1 : 1));
  for (const { name, type, value } of sorted) {
    put(Buffer.from(name));
    put(Buffer.from(type));
    digest.update(Buffer.from([typeof value === 'string' ? stringTransport : binaryTransport]));
    put(Buffer.from(value as string));
  }
  return digest.digest('hex');
}

/** Name, type and value count towards a message's size. */
export function attributeBytes(attributes: readonly MessageAttribute[]): number {
  let bytes = 0;
  for (const { name, type, value } of attributes) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(type);
    bytes += typeof value === 'string' ? Buffer.byteLength(value) : value.length;
  }
  return bytes;
}
