import type { QueueOptions } from '../../../broker/queue/settings.js';
import { queueKey } from '../../../broker/queue-key.js';
import type { Past } from '../../../broker/stream/past.js';
import { Reading } from '../../../broker/stream/reading.js';
import type { AmqpChannel } from '../channel/channel.js';
import { StreamConsumer } from '../channel/stream-consumer.js';
import { type BasicConsume, writeBasicConsumeOk } from '../codec/basic.js';
import { headersOf } from '../codec/field-table.js';
import { AmqpError, replyCodes } from '../errors.js';
import { startingPointOf } from './stream-offset.js';

/** basic.consume that reads what a log has, from where it says on, and takes nothing away. */
export function readFrom(
  channel: AmqpChannel,
  asked: BasicConsume,
  tag: string,
  name: string,
  options: QueueOptions,
  pasts: readonly Past[],
): void {
  const { session } = channel;
  const { clock, logger } = session.context;
  if (asked.noAck) {
    throw new AmqpError(
      replyCodes.notImplemented,
      `automatic acknowledgement not supported by stream queues queue '${name}' in vhost '${session.vhost.name}'`,
    );
  }
  if (channel.consumerPrefetch === 0 && channel.prefetch === 0) {
    throw new AmqpError(
      replyCodes.preconditionFailed,
      `consumer prefetch count is not set for stream queue '${name}' in vhost '${session.vhost.name}'`,
    );
  }
  const point = startingPointOf(asked.arguments, clock.now());
  const reading = new Reading(queueKey(session.vhost.name, name), options, pasts, clock, logger);
  const consumer = new StreamConsumer(channel, reading, tag, 0, true, false, headersOf(asked.arguments));
  channel.consumers.set(tag, consumer);
  const begin = (): void => {
    if (channel.consumers.get(tag) === consumer) reading.consume(consumer, point);
  };
  if (asked.noWait) begin();
  else channel.reply((into) => writeBasicConsumeOk(into, tag), begin);
}
