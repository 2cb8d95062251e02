import type { MessageCursor } from '../../../broker/queue/message-cursor.js';
import type { Source } from '../../../broker/queue/source.js';
import { DecodeError } from '../../../lib/byte-reader.js';
import type { WireOut } from '../wire-out.js';
import type { AmqpChannel } from './channel.js';
import { AmqpConsumer } from './consumer.js';
import { body, putDeliver, sendFromBytes } from './delivery.js';
import { RecordContent } from './record-content.js';

const keyBytesMax = 255;
const content = new RecordContent();

/** A basic.consume that works a topic off together with the other members of a group. */
export class GroupConsumer extends AmqpConsumer {
  /** The records of [from, to) of the batch under the cursor. Stops at one that is not there. */
  protected override write(source: Source, from: number, to: number, deliveries: number, attempts: number): number {
    const { channel } = this;
    const { out } = channel.session;
    const { cursor } = source;
    let tag = channel.lastTag;
    for (let offset = from; offset < to; offset++) {
      if (!isThere(cursor, offset)) return offset;
      shortenKey(cursor);
      putDeliver(out, this, cursor, ++tag, deliveries);
      putRecord(out, channel, cursor, attempts);
      if (out.pendingBytes >= sendFromBytes) out.close();
    }
    return to;
  }
}

function isThere(cursor: MessageCursor, offset: number): boolean {
  try {
    return cursor.seek(offset);
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}

/** A key of Kafka's may be longer than a routing key can be. */
export function shortenKey(cursor: MessageCursor): void {
  if (cursor.keyLength <= keyBytesMax) return;
  let end = keyBytesMax;
  while (end > 0 && (cursor.bytes[cursor.keyAt + end]! & 0xc0) === 0x80) end--;
  cursor.keyLength = end;
}

/** Header and body of the record under the cursor. */
export function putRecord(out: WireOut, channel: AmqpChannel, cursor: MessageCursor, attempts: number): void {
  const { session } = channel;
  content.of(cursor, attempts, session.context.broker.views, session.frameBytesMax);
  const { bytes, bodyAt } = cursor;
  const length = Math.max(0, cursor.bodyLength);
  body(out, channel.number, session.frameBytesMax, content.bytes, content.at, content.length, bytes, bodyAt, length);
}
