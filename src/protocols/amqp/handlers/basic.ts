import type { Queue } from '../../../broker/queue/queue.js';
import { Runs } from '../../../broker/queue/runs.js';
import { QueuePast } from '../../../broker/stream/past.js';
import type { ByteReader } from '../../../lib/byte-reader.js';
import type { AmqpChannel } from '../channel/channel.js';
import { AmqpConsumer } from '../channel/consumer.js';
import { deliveredContent } from '../channel/delivery.js';
import {
  type BasicConsume,
  decodeBasicAck,
  decodeBasicCancel,
  decodeBasicCancelOk,
  decodeBasicConsume,
  decodeBasicGet,
  decodeBasicNack,
  decodeBasicQos,
  decodeBasicRecover,
  decodeBasicRecoverAsync,
  decodeBasicReject,
  writeBasicCancelOk,
  writeBasicConsumeOk,
  writeBasicGetEmpty,
  writeBasicGetOk,
  writeBasicQosOk,
  writeBasicRecoverOk,
} from '../codec/basic.js';
import { headersOf } from '../codec/field-table.js';
import { MethodId } from '../codec/methods.js';
import { replyQueue } from '../direct-replies.js';
import { AmqpError, replyCodes } from '../errors.js';
import type { ChannelMethod } from './channel.js';
import { priorityOf } from './consumer-arguments.js';
import { consumeGroup, getFromGroup, groupAsked } from './group.js';
import { nameOf, queueNamed } from './queue.js';
import { consumeStream, readFrom, refuseForStream, streamNamed } from './stream.js';
import { offsetArgument } from './stream-offset.js';

export const basicMethods: ReadonlyMap<number, ChannelMethod> = new Map<number, ChannelMethod>([
  [MethodId.basicQos, qos],
  [MethodId.basicConsume, consume],
  [MethodId.basicCancel, cancel],
  [MethodId.basicCancelOk, (_channel, from) => void decodeBasicCancelOk(from)],
  [MethodId.basicGet, get],
  [MethodId.basicAck, ack],
  [MethodId.basicReject, reject],
  [MethodId.basicNack, nack],
  [MethodId.basicRecover, recover],
  [MethodId.basicRecoverAsync, recoverAsync],
]);

function qos(channel: AmqpChannel, from: ByteReader): void {
  const { prefetchSize, prefetchCount, global } = decodeBasicQos(from);
  if (prefetchSize !== 0) throw new AmqpError(replyCodes.notImplemented, `prefetch_size!=0 (${prefetchSize})`);
  if (global) {
    channel.prefetch = prefetchCount;
    for (const consumer of channel.consumers.values()) consumer.queue.wanted();
  } else channel.consumerPrefetch = prefetchCount;
  channel.reply(writeBasicQosOk);
}

function consume(channel: AmqpChannel, from: ByteReader): void {
  const asked = decodeBasicConsume(from);
  const { session } = channel;
  if (asked.queue === replyQueue) {
    consumeReplies(channel, asked);
    return;
  }
  const called = nameOf(channel, asked.queue);
  const worked = groupAsked(channel, called, asked.arguments);
  if (worked !== null) {
    consumeGroup(channel, asked, freshTag(channel, asked.consumerTag), worked);
    return;
  }
  const stream = streamNamed(channel, called);
  if (stream !== null) {
    session.may('read', stream.name, 'queue');
    consumeStream(channel, asked, freshTag(channel, asked.consumerTag), stream);
    return;
  }
  const { queue, name } = queueNamed(channel, asked.queue);
  session.may('read', name, 'queue');
  const tag = freshTag(channel, asked.consumerTag);
  if (queue.settings.retentionMs > 0 && asked.arguments.has(offsetArgument)) {
    readFrom(channel, asked, tag, name, queue.options, [new QueuePast(queue)]);
    return;
  }
  refuseExclusive(queue, name, session.vhost.name, asked.exclusive);
  if (channel.prefetch > 0 && queue.options.type === 'quorum') {
    throw new AmqpError(
      replyCodes.notImplemented,
      `queue '${name}' in vhost '${session.vhost.name}' does not support global qos`,
    );
  }
  const priority = priorityOf(asked.arguments);
  const consumer = new AmqpConsumer(
    channel,
    queue,
    tag,
    priority,
    !asked.noAck,
    asked.exclusive,
    headersOf(asked.arguments),
  );
  channel.consumers.set(tag, consumer);
  // Nothing is delivered before the client has been told that it consumes.
  const begin = (): void => {
    if (channel.consumers.get(tag) !== consumer) return;
    if (queue.gone) channel.consumerCancelled(consumer);
    else queue.consume(consumer);
  };
  if (asked.noWait) begin();
  else channel.reply((into) => writeBasicConsumeOk(into, tag), begin);
}

/** The tag of a new consumer, made up where the client leaves that to us. */
function freshTag(channel: AmqpChannel, asked: string): string {
  if (asked === '') return `amq.ctag-${channel.session.context.random.bytes(16).toString('base64url')}`;
  if (channel.consumers.has(asked) || channel.directReply?.tag === asked) {
    throw new AmqpError(replyCodes.notAllowed, `attempt to reuse consumer tag '${asked}'`);
  }
  return asked;
}

/** Answers to what this channel publishes are handed to it directly, from now on. */
function consumeReplies(channel: AmqpChannel, asked: BasicConsume): void {
  const refuse = (why: string): AmqpError => new AmqpError(replyCodes.preconditionFailed, why);
  const tag = freshTag(channel, asked.consumerTag);
  if (channel.directReply !== null) throw refuse('reply consumer already set');
  if (!asked.noAck) throw refuse('reply consumer cannot acknowledge');
  const address = channel.session.context.replies.open(channel);
  channel.directReply = { tag, tagBytes: Buffer.from(tag), address };
  if (!asked.noWait) channel.reply((into) => writeBasicConsumeOk(into, tag));
}

function refuseExclusive(queue: Queue, name: string, vhost: string, exclusive: boolean): void {
  const taken = queue.consumers.all().some((consumer) => consumer instanceof AmqpConsumer && consumer.exclusive);
  if (taken || (exclusive && queue.consumers.count > 0) || (exclusive && queue.settings.singleActive)) {
    throw new AmqpError(
      replyCodes.accessRefused,
      `queue '${name}' in vhost '${vhost}' in exclusive use`,
      MethodId.basicConsume,
    );
  }
}

function cancel(channel: AmqpChannel, from: ByteReader): void {
  const { consumerTag, noWait } = decodeBasicCancel(from);
  const consumer = channel.consumers.get(consumerTag);
  if (consumer !== undefined) channel.removeConsumer(consumer);
  else if (channel.directReply?.tag === consumerTag) channel.endDirectReply();
  if (!noWait) channel.reply((into) => writeBasicCancelOk(into, consumerTag));
}

const one = new Runs();

function get(channel: AmqpChannel, from: ByteReader): void {
  const asked = decodeBasicGet(from);
  const worked = groupAsked(channel, nameOf(channel, asked.queue), null);
  if (worked !== null) {
    getFromGroup(channel, worked, asked.noAck);
    return;
  }
  refuseForStream(channel, asked.queue, 'basic.get');
  const { session } = channel;
  const { queue, name } = queueNamed(channel, asked.queue);
  session.may('read', name, 'queue');
  if (queue.options.type === 'quorum' && queue.settings.singleActive) {
    throw new AmqpError(
      replyCodes.resourceLocked,
      `cannot obtain access to queue '${name}' in vhost '${session.vhost.name}': it has a single active consumer`,
      MethodId.basicGet,
    );
  }
  queue.touch();
  const answer = channel.laterReply();
  let answered = false;
  queue.withHead(() => {
    answered = true;
    answer(() => takeOne(channel, queue, asked.noAck));
    session.release('get');
  });
  // One at a time: whoever asks for many is not to have them all in memory before he reads the first.
  if (!answered) session.hold('get');
}

function takeOne(channel: AmqpChannel, queue: Queue, noAck: boolean): void {
  const none = queue.gone || queue.ready === 0 || queue.acquire(channel.holder, 1, Number.POSITIVE_INFINITY, one) === 0;
  if (none) {
    channel.traffic.gotEmpty++;
    channel.send(writeBasicGetEmpty);
    return;
  }
  const offset = one.from[0]!;
  const deliveries = one.deliveries[0]!;
  const { cursor } = queue;
  if (!cursor.seek(offset)) {
    // Somebody else took the head in the meantime; this one goes back and is looked for anew.
    queue.returnUnseen(channel.holder, offset, offset + 1);
    const answer = channel.laterReply();
    queue.withHead(() => answer(() => takeOne(channel, queue, noAck)));
    return;
  }
  const tag = ++channel.lastTag;
  const { exchange, key } = cursor;
  channel.send((into) => writeBasicGetOk(into, tag, deliveries > 1, exchange, key, queue.ready));
  deliveredContent(channel, queue, cursor, one.attempts[0]!);
  const { traffic } = channel;
  if (noAck) traffic.gotNoAck++;
  else traffic.got++;
  if (deliveries > 1) traffic.redelivered++;
  if (noAck) queue.ack(channel.holder, offset, offset + 1);
  else channel.unacked.add(tag, 1, offset, queue, null);
}

function ack(channel: AmqpChannel, from: ByteReader): void {
  const { deliveryTag, multiple } = decodeBasicAck(from);
  channel.session.settling.acked(channel, deliveryTag, multiple);
}

function giveBack(channel: AmqpChannel, tag: number, multiple: boolean, requeue: boolean): void {
  if (channel.transaction !== null) channel.transaction.giveBack(tag, multiple, requeue);
  else channel.session.settling.giveBack(channel, tag, multiple, requeue);
}

function reject(channel: AmqpChannel, from: ByteReader): void {
  const { deliveryTag, requeue } = decodeBasicReject(from);
  giveBack(channel, deliveryTag, false, requeue);
}

function nack(channel: AmqpChannel, from: ByteReader): void {
  const { deliveryTag, multiple, requeue } = decodeBasicNack(from);
  giveBack(channel, deliveryTag, multiple, requeue);
}

function recoverUnsettled(channel: AmqpChannel, requeue: boolean): void {
  if (!requeue) throw new AmqpError(replyCodes.notImplemented, 'requeue=false');
  channel.session.settling.giveBack(channel, 0, true, true);
}

function recover(channel: AmqpChannel, from: ByteReader): void {
  recoverUnsettled(channel, decodeBasicRecover(from).requeue);
  channel.reply(writeBasicRecoverOk);
}

function recoverAsync(channel: AmqpChannel, from: ByteReader): void {
  recoverUnsettled(channel, decodeBasicRecoverAsync(from).requeue);
}
