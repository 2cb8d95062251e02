import { contentKind } from '../../../broker/queue/message.js';
import type { MessageCursor } from '../../../broker/queue/message-cursor.js';
import type { Source } from '../../../broker/queue/source.js';
import { copyShort, LastView } from '../../../lib/short-copy.js';
import { frameEnd } from '../frame.js';
import { basicClass, putFrameHeader, putTag, type WireOut } from '../wire-out.js';
import type { AmqpChannel } from './channel.js';
import type { AmqpConsumer } from './consumer.js';
import { bareContentOf, contentOf } from './story.js';

/** Type, channel and size in front of a frame, and the end mark behind it. */
const frameBytes = 8;
/** Of a header frame, besides the properties. */
export const headerFrameBytes = 20;
/** Gathered this much, it is handed to the socket, whose queue then shows whether the client keeps up. */
export const sendFromBytes: number = 128 * 1024;

const noProperties = Buffer.from([0, 0]);

/** Bodies and properties come from few buffers: slabs of a log, mostly. */
const views = new LastView();

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
  { channel, tagBytes, tagView }: AmqpConsumer,
  cursor: MessageCursor,
  tag: number,
  deliveries: number,
): void {
  const keyLength = Math.max(0, cursor.keyLength);
  const { exchangeLength, bytes: from } = cursor;
  const tagLength = tagBytes.length;
  const methodBytes = 4 + 1 + tagLength + 8 + 1 + 1 + exchangeLength + 1 + keyLength;
  const at = out.open(methodBytes + frameBytes);
  const { bytes, view } = out;
  const fromView = views.of(from);
  putFrameHeader(view, at, 1, channel.number, methodBytes);
  view.setUint32(at + 7, basicClass | 60);
  view.setUint8(at + 11, tagLength);
  let to = copyShort(bytes, view, at + 12, tagBytes, tagView, 0, tagLength);
  putTag(view, to, tag);
  view.setUint8(to + 8, deliveries > 1 ? 1 : 0);
  view.setUint8(to + 9, exchangeLength);
  to = copyShort(bytes, view, to + 10, from, fromView, cursor.exchangeAt, exchangeLength);
  view.setUint8(to, keyLength);
  to = copyShort(bytes, view, to + 1, from, fromView, cursor.keyAt, keyLength);
  view.setUint8(to, frameEnd);
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
  const slices = length === 0 ? 0 : length <= sliceMax ? 1 : Math.ceil(length / sliceMax);
  const list = propertiesLength === 0 ? noProperties : properties;
  const listAt = propertiesLength === 0 ? 0 : propertiesAt;
  const listLength = propertiesLength === 0 ? 2 : propertiesLength;
  const total = frameBytes + 12 + listLength + length + slices * frameBytes;
  let at = out.open(total);
  const { bytes, view } = out;
  putFrameHeader(view, at, 2, channel, 12 + listLength);
  view.setUint32(at + 7, basicClass);
  putTag(view, at + 11, length);
  at = copyShort(bytes, view, at + 19, list, views.of(list), listAt, listLength);
  view.setUint8(at++, frameEnd);
  let done = 0;
  while (done < length) {
    const size = Math.min(sliceMax, length - done);
    putFrameHeader(view, at, 3, channel, size);
    at = copyShort(bytes, view, at + 7, from, views.of(from), start + done, size);
    view.setUint8(at++, frameEnd);
    done += size;
  }
  out.wrote(total);
}
