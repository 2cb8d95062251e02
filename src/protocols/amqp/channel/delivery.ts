import { contentKind } from '../../../broker/queue/message.js';
import type { MessageCursor } from '../../../broker/queue/message-cursor.js';
import type { Source } from '../../../broker/queue/source.js';
import { putFrameHeader, putTag, type WireOut } from '../wire-out.js';
import type { AmqpChannel } from './channel.js';
import type { AmqpConsumer } from './consumer.js';
import { bareContentOf, contentOf } from './story.js';

const frameEnd = 0xce;
/** Type, channel and size in front of a frame, and the end mark behind it. */
const frameBytes = 8;
/** Of a header frame, besides the properties. */
export const headerFrameBytes = 20;
/** Copying up to here byte by byte is quicker than a call into native code. */
const copyFromBytes = 40;
/** Gathered this much, it is handed to the socket, whose queue then shows whether the client keeps up. */
export const sendFromBytes: number = 128 * 1024;

const noProperties = Buffer.from([0, 0]);

function put(into: Buffer, at: number, from: Buffer, start: number, length: number): number {
  if (length < copyFromBytes) for (let index = 0; index < length; index++) into[at + index] = from[start + index]!;
  else from.copy(into, at, start, start + length);
  return at + length;
}

/**
 * Writes basic.deliver, header and body frames for the messages of [from, to), straight from the batch they lie in, with
 * tags that follow the channel's last. Answers where it stopped: the next message is not in memory.
 */
export function deliver(
  out: WireOut,
  cursor: MessageCursor,
  consumer: AmqpConsumer,
  from: number,
  to: number,
  deliveries: number,
  attempts: number,
): number {
  const { channel } = consumer;
  let tag = channel.lastTag;
  for (let offset = from; offset < to; offset++) {
    if (!cursor.seek(offset)) return offset;
    tag++;
    putDeliver(out, consumer, cursor, tag, deliveries);
    deliveredContent(channel, consumer.queue, cursor, attempts);
    if (out.pendingBytes >= sendFromBytes) out.close();
  }
  return to;
}

/** The frame of basic.deliver for the message under the cursor, whose key has at most 255 bytes. */
export function putDeliver(
  out: WireOut,
  { channel, tagBytes }: AmqpConsumer,
  cursor: MessageCursor,
  tag: number,
  deliveries: number,
): void {
  const keyLength = Math.max(0, cursor.keyLength);
  const { exchangeLength } = cursor;
  const methodBytes = 4 + 1 + tagBytes.length + 8 + 1 + 1 + exchangeLength + 1 + keyLength;
  const at = out.open(methodBytes + frameBytes);
  const { bytes } = out;
  putFrameHeader(bytes, at, 1, channel.number, methodBytes);
  bytes[at + 7] = 0;
  bytes[at + 8] = 60;
  bytes[at + 9] = 0;
  bytes[at + 10] = 60;
  bytes[at + 11] = tagBytes.length;
  let to = put(bytes, at + 12, tagBytes, 0, tagBytes.length);
  putTag(bytes, to, tag);
  bytes[to + 8] = deliveries > 1 ? 1 : 0;
  bytes[to + 9] = exchangeLength;
  to = put(bytes, to + 10, cursor.bytes, cursor.exchangeAt, exchangeLength);
  bytes[to] = keyLength;
  to = put(bytes, to + 1, cursor.bytes, cursor.keyAt, keyLength);
  bytes[to] = frameEnd;
  out.wrote(methodBytes + frameBytes);
}

/** Header and body of the message under the cursor, with what befell it where there is something to tell. */
export function deliveredContent(channel: AmqpChannel, queue: Source, cursor: MessageCursor, attempts: number): void {
  const { number, session } = channel;
  const { bytes, bodyAt } = cursor;
  const length = Math.max(0, cursor.bodyLength);
  const told = attempts > 0 && (queue.settings.deliveryLimit >= 0 || queue.options.type === 'quorum');
  if (cursor.kind === contentKind.amqp && cursor.extraCount === 0 && !told) {
    const { contentAt, contentLength } = cursor;
    body(session.out, number, session.frameBytesMax, bytes, contentAt, contentLength, bytes, bodyAt, length);
    return;
  }
  const { views } = session.context.broker;
  let own = contentOf(cursor, told ? attempts : 0, views);
  // Attributes of SQS may take more than a frame holds.
  if (cursor.kind !== contentKind.amqp && own.length + headerFrameBytes > session.frameBytesMax) {
    own = bareContentOf(cursor, views);
  }
  body(session.out, number, session.frameBytesMax, own, 0, own.length, bytes, bodyAt, length);
}

/** A header frame with these properties, and the body in as many frames as it takes. */
export function body(
  out: WireOut,
  channel: number,
  frameBytesMax: number,
  properties: Buffer,
  propertiesAt: number,
  propertiesLength: number,
  from: Buffer,
  start: number,
  length: number,
): void {
  const sliceMax = frameBytesMax - frameBytes;
  const slices = length === 0 ? 0 : Math.ceil(length / sliceMax);
  const list = propertiesLength === 0 ? noProperties : properties;
  const listAt = propertiesLength === 0 ? 0 : propertiesAt;
  const listLength = propertiesLength === 0 ? 2 : propertiesLength;
  const total = frameBytes + 12 + listLength + length + slices * frameBytes;
  let at = out.open(total);
  const { bytes } = out;
  putFrameHeader(bytes, at, 2, channel, 12 + listLength);
  at += 7;
  bytes[at] = 0;
  bytes[at + 1] = 60;
  bytes[at + 2] = 0;
  bytes[at + 3] = 0;
  putTag(bytes, at + 4, length);
  at = put(bytes, at + 12, list, listAt, listLength);
  bytes[at++] = frameEnd;
  let done = 0;
  while (done < length) {
    const size = Math.min(sliceMax, length - done);
    putFrameHeader(bytes, at, 3, channel, size);
    at = put(bytes, at + 7, from, start + done, size);
    bytes[at++] = frameEnd;
    done += size;
  }
  out.wrote(total);
}
