import type { Source } from '../../../broker/queue/source.js';
import { Reading } from '../../../broker/stream/reading.js';
import { writeBasicDeliver } from '../codec/basic.js';
import { shortTextOf } from '../codec/primitives.js';
import { AmqpConsumer } from './consumer.js';
import { body, headerFrameBytes } from './delivery.js';
import { bareStreamContentOf, streamContentOf } from './story.js';

/** A basic.consume that reads a log from some point on and takes nothing away. */
export class StreamConsumer extends AmqpConsumer {
  /** The one message under the cursor. */
  protected override write(source: Source, from: number): number {
    const { channel } = this;
    const { session } = channel;
    const { cursor } = source;
    const partition = source instanceof Reading ? source.index : 0;
    let content = streamContentOf(cursor, partition, session.context.broker.views);
    // Records of Kafka may have more headers than a frame holds.
    if (content.length + headerFrameBytes > session.frameBytesMax) content = bareStreamContentOf(cursor, partition);
    const { bytes, bodyAt } = cursor;
    // A key of Kafka's may be longer than a routing key can be, and anybody can write what looks like an envelope.
    const exchange = shortTextOf(cursor.exchange);
    const key = shortTextOf(cursor.key);
    channel.send((into) => writeBasicDeliver(into, this.tag, channel.lastTag + 1, false, exchange, key));
    const length = Math.max(0, cursor.bodyLength);
    body(session.out, channel.number, session.frameBytesMax, content, 0, content.length, bytes, bodyAt, length);
    return from + 1;
  }
}
