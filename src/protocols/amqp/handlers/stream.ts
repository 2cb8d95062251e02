import { defaultQueueOptions, type QueueOptions } from '../../../broker/queue/settings.js';
import { defaultVhost, queueKey } from '../../../broker/queue-key.js';
import { PartitionPast, type Past } from '../../../broker/stream/past.js';
import { Reading } from '../../../broker/stream/reading.js';
import type { Topic } from '../../../broker/topic.js';
import type { AmqpChannel } from '../channel/channel.js';
import { StreamConsumer } from '../channel/stream-consumer.js';
import { type BasicConsume, writeBasicConsumeOk } from '../codec/basic.js';
import { headersOf } from '../codec/field-table.js';
import type { QueueDeclare } from '../codec/queue.js';
import { AmqpError, replyCodes } from '../errors.js';
import { cleanName } from './names.js';
import { checkStreamEquivalence, streamOptionsOf } from './stream-arguments.js';
import { startingPointOf } from './stream-offset.js';

/** Which partition to read, where not all of them. */
const partitionArgument = 'x-stream-partition';

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

/** The topic that is the queue of that name; null where it is another queue, or none. */
export function streamNamed({ session }: AmqpChannel, name: string): Topic | null {
  if (session.vhost.name !== defaultVhost) return null;
  return session.context.broker.streams.get(name) ?? null;
}

/** basic.consume of a stream. */
export function consumeStream(
  channel: AmqpChannel,
  asked: BasicConsume,
  tag: string,
  { name, partitions }: Topic,
): void {
  const only = asked.arguments.get(partitionArgument);
  const chosen = only === undefined ? partitions : partitions.filter(({ index }) => index === Number(only.value));
  if (chosen.length === 0) {
    throw new AmqpError(
      replyCodes.preconditionFailed,
      `invalid arg '${partitionArgument}' for consumer: stream '${name}' has ${partitions.length} partitions`,
    );
  }
  const pasts = chosen.map((partition) => new PartitionPast(partition));
  readFrom(channel, asked, tag, name, defaultQueueOptions, pasts);
}

/** How many consume a stream over AMQP. */
function consumersOf({ session }: AmqpChannel, topic: Topic): number {
  let count = 0;
  for (const { channels } of session.context.sessions) {
    for (const { consumers } of channels.values()) {
      for (const consumer of consumers.values()) {
        if (consumer instanceof StreamConsumer && consumer.queue.name === topic.name) count++;
      }
    }
  }
  return count;
}

export function lookAtStream(channel: AmqpChannel, topic: Topic): { ready: number; consumers: number } {
  return { ready: channel.session.context.broker.streams.countOf(topic), consumers: consumersOf(channel, topic) };
}

/** Makes the stream of that name, or sees that the one which is there is what is asked for; answers whether it is new. */
export function declareStream(channel: AmqpChannel, asked: QueueDeclare, name: string): Topic {
  const { vhost, context } = channel.session;
  const refuse = (why: string): AmqpError => new AmqpError(replyCodes.preconditionFailed, why);
  const unfit = (property: string, value: string): AmqpError =>
    refuse(
      `invalid property '${property}' for queue '${name}' in vhost '${vhost.name}': ${value} is not supported by queues of type stream`,
    );
  if (asked.queue === '') throw refuse('Cannot declare a server-named queue for type rabbit_stream_queue');
  if (!asked.durable) throw unfit('non-durable', 'false');
  if (asked.autoDelete) throw unfit('auto-delete', 'true');
  if (asked.exclusive) throw unfit('exclusive-owner', 'true');
  if (vhost.name !== defaultVhost) throw refuse(`streams are in the virtual host '${defaultVhost}' only`);
  const options = streamOptionsOf(asked.arguments, name, vhost.name);
  const present = streamNamed(channel, name);
  if (present === null) return context.broker.streams.declare(name, options);
  checkStreamEquivalence(options, present, name, vhost.name);
  return present;
}

export function deleteStream(channel: AmqpChannel, topic: Topic, conditional: boolean): number {
  const { broker } = channel.session.context;
  if (conditional) {
    throw new AmqpError(
      replyCodes.notImplemented,
      `cannot delete queue '${topic.name}' in vhost '${defaultVhost}': queue.delete operations with conditions are not supported by stream queues`,
    );
  }
  const count = broker.streams.countOf(topic);
  broker.catalog.delete(topic);
  return count;
}

/** What only makes sense where taking a message takes it away. */
export function refuseForStream(channel: AmqpChannel, asked: string, what: string): void {
  const name = cleanName(asked) || channel.lastQueue;
  if (name === '' || streamNamed(channel, name) === null) return;
  throw new AmqpError(
    replyCodes.notImplemented,
    `${what} not supported by stream queues queue '${name}' in vhost '${defaultVhost}'`,
  );
}
