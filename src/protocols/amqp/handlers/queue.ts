import type { Queue } from '../../../broker/queue/queue.js';
import type { QueueOptions, QueueType } from '../../../broker/queue/settings.js';
import { queueKey } from '../../../broker/queue-key.js';
import { workIn } from '../../../broker/share/work.js';
import { destinationOf } from '../../../broker/stream/streams.js';
import type { Topic } from '../../../broker/topic.js';
import { isReservedName } from '../../../broker/vhost.js';
import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import type { AmqpChannel } from '../channel/channel.js';
import { headersOf } from '../codec/field-table.js';
import { MethodId } from '../codec/methods.js';
import {
  decodeQueueBind,
  decodeQueueDeclare,
  decodeQueueDelete,
  decodeQueuePurge,
  decodeQueueUnbind,
  type QueueBind,
  type QueueDeclare,
  type QueueDelete,
  writeQueueBindOk,
  writeQueueDeclareOk,
  writeQueueDeleteOk,
  writeQueuePurgeOk,
  writeQueueUnbindOk,
} from '../codec/queue.js';
import { isReplyAddress, replyQueue } from '../direct-replies.js';
import { AmqpError, replyCodes } from '../errors.js';
import type { AmqpSession } from '../session.js';
import type { ChannelMethod } from './channel.js';
import { declareGroup, deleteGroup, groupAsked, groupNamed, lookAtGroup, refuseInUse } from './group.js';
import { cleanName } from './names.js';
import { checkEquivalence, checkQueueArguments, described, queueTypeOf } from './queue-arguments.js';
import { declareStream, deleteStream, lookAtStream, refuseForStream, streamNamed } from './stream.js';

export const queueMethods: ReadonlyMap<number, ChannelMethod> = new Map<number, ChannelMethod>([
  [MethodId.queueDeclare, declare],
  [MethodId.queueBind, bind],
  [MethodId.queueUnbind, unbind],
  [MethodId.queuePurge, purge],
  [MethodId.queueDelete, remove],
]);

/** The queue a method means; an empty name is the one declared last on the channel. */
export function queueNamed(channel: AmqpChannel, asked: string): { queue: Queue; name: string } {
  const name = nameOf(channel, asked);
  const { vhost, context } = channel.session;
  const queue = context.broker.queues.get(queueKey(vhost.name, name));
  if (queue === undefined) throw noQueue(name, vhost.name);
  refuseForeign(channel.session, queue, name);
  return { queue, name };
}

export function nameOf(channel: AmqpChannel, asked: string): string {
  const name = cleanName(asked);
  if (name !== '') return name;
  if (channel.lastQueue === '') {
    throw new AmqpError(replyCodes.notFound, 'no previously declared queue');
  }
  return channel.lastQueue;
}

export function noQueue(name: string, vhost: string): AmqpError {
  return new AmqpError(replyCodes.notFound, `no queue '${name}' in vhost '${vhost}'`);
}

/** A queue that another connection has for itself is nobody else's. */
export function refuseForeign(session: AmqpSession, queue: Queue, name: string): void {
  if (queue.exclusiveTo !== null && queue.exclusiveTo !== session) throw locked(session, name);
}

function locked(session: AmqpSession, name: string): AmqpError {
  return new AmqpError(
    replyCodes.resourceLocked,
    `cannot obtain exclusive access to locked queue '${name}' in vhost '${session.vhost.name}'. It could be originally declared on another connection or the exclusive property value does not match that of the original declaration.`,
  );
}

function declare(channel: AmqpChannel, from: ByteReader): void {
  const asked = decodeQueueDeclare(from);
  const { session } = channel;
  const { queues } = session.context.broker;
  const name = cleanName(asked.queue);
  const vhost = session.vhost.name;
  if (name === replyQueue || isReplyAddress(name)) {
    lookForAsker(channel, asked, name);
    return;
  }
  const answer = (queue: Queue, called: string, isNew: boolean): void => {
    channel.lastQueue = called;
    queue.touch();
    if (asked.noWait) return;
    const { ready, consumers } = queue;
    const count = consumers.count;
    if (isNew && queue.options.durable && !queue.options.exclusive) {
      channel.replyDurable((into) => writeQueueDeclareOk(into, called, ready, count));
    } else channel.reply((into) => writeQueueDeclareOk(into, called, ready, count));
  };
  const answerStream = (topic: Topic, isNew: boolean): void => {
    channel.lastQueue = topic.name;
    if (asked.noWait) return;
    const { ready, consumers } = lookAtStream(channel, topic);
    const write = (into: ByteWriter): void => writeQueueDeclareOk(into, topic.name, ready, consumers);
    if (isNew) channel.replyDurable(write);
    else channel.reply(write);
  };
  if (asked.passive) {
    const stream = streamNamed(channel, nameOf(channel, asked.queue));
    if (stream !== null) {
      answerStream(stream, false);
      return;
    }
    const worked = groupNamed(channel, nameOf(channel, asked.queue));
    if (worked !== null) {
      lookAtGroup(channel, asked, worked);
      return;
    }
    const found = queueNamed(channel, asked.queue);
    answer(found.queue, found.name, false);
    return;
  }
  const called = name === '' ? generatedName(channel) : name;
  session.may('configure', called, 'queue');
  const present = queues.get(queueKey(vhost, called));
  const worked = present === undefined ? groupAsked(channel, called, null) : null;
  if (worked !== null) {
    declareGroup(channel, asked, worked);
    return;
  }
  if (present !== undefined) {
    if (asked.exclusive !== present.options.exclusive) throw locked(session, called);
    refuseForeign(session, present, called);
    checkEquivalence(asked, typeOf(session, asked, called), present.options, called, vhost);
    answer(present, called, false);
    return;
  }
  const type = typeOf(session, asked, called);
  const stream = streamNamed(channel, called);
  if (type === 'stream') {
    answerStream(declareStream(channel, asked, called), stream === null);
    return;
  }
  if (stream !== null) throw notAStream(asked, called, vhost);
  const options = optionsOf(session, asked, type, called, name === '');
  if (name !== '' && isReservedName(name)) {
    throw new AmqpError(replyCodes.accessRefused, `queue name '${name}' contains reserved prefix 'amq.*'`);
  }
  mayRouteDeadLetters(session, asked);
  refuseOverLimit(session);
  const queue = queues.declare(queueKey(vhost, called), options);
  if (asked.exclusive) {
    queue.exclusiveTo = session;
    session.exclusiveQueues.add(queue);
  }
  answer(queue, called, true);
}

/** Direct replies have no queue, but who answers may look in this way whether anybody still waits. */
function lookForAsker(channel: AmqpChannel, { noWait }: QueueDeclare, name: string): void {
  const { context, vhost } = channel.session;
  const asker = context.replies.find(name);
  if (name !== replyQueue && asker?.session.vhost !== vhost) throw noQueue(name, vhost.name);
  if (!noWait) channel.reply((into) => writeQueueDeclareOk(into, name, 0, 1));
}

function generatedName(channel: AmqpChannel): string {
  return `amq.gen-${channel.session.context.random.bytes(16).toString('base64url')}`;
}

function typeOf(session: AmqpSession, asked: QueueDeclare, name: string): QueueType | 'stream' {
  const type = queueTypeOf(asked.arguments, session.vhost.metadata.defaultQueueType ?? 'classic');
  if (type !== null) return type;
  throw new AmqpError(
    replyCodes.preconditionFailed,
    `invalid arg 'x-queue-type' for queue '${name}' in vhost '${session.vhost.name}': unknown queue type '${String(asked.arguments.get('x-queue-type')?.value)}'`,
  );
}

function notAStream(asked: QueueDeclare, name: string, vhost: string): AmqpError {
  const received = asked.arguments.get('x-queue-type');
  return new AmqpError(
    replyCodes.preconditionFailed,
    `inequivalent arg 'x-queue-type' for queue '${name}' in vhost '${vhost}': received ${described(received)} but current is the value 'stream' of type 'longstr'`,
  );
}

function optionsOf(
  session: AmqpSession,
  asked: QueueDeclare,
  type: QueueType,
  name: string,
  generated: boolean,
): QueueOptions {
  const vhost = session.vhost.name;
  checkQueueArguments(asked.arguments, type, name, vhost);
  if (type === 'quorum') refuseForQuorum(asked, type, name, vhost, generated);
  return {
    type,
    durable: asked.durable,
    exclusive: asked.exclusive,
    autoDelete: asked.autoDelete,
    arguments: headersOf(asked.arguments),
    admission: 'implicit',
  };
}

function refuseForQuorum(asked: QueueDeclare, type: QueueType, name: string, vhost: string, generated: boolean): void {
  const refuse = (property: string, value: string): AmqpError =>
    new AmqpError(
      replyCodes.preconditionFailed,
      `invalid property '${property}' for queue '${name}' in vhost '${vhost}': ${value} is not supported by queues of type ${type}`,
    );
  if (!asked.durable) throw refuse('non-durable', 'false');
  if (asked.autoDelete) throw refuse('auto-delete', 'true');
  if (asked.exclusive) throw refuse('exclusive-owner', 'true');
  if (generated) {
    throw new AmqpError(
      replyCodes.preconditionFailed,
      `Cannot declare a server-named queue for type rabbit_${type}_queue`,
    );
  }
}

/** Whoever sends dead letters to an exchange has to be allowed to publish there, and to read the queue they come from. */
function mayRouteDeadLetters(session: AmqpSession, asked: QueueDeclare): void {
  const exchange = asked.arguments.get('x-dead-letter-exchange');
  if (exchange?.tag === 'S') {
    session.may('read', cleanName(asked.queue), 'queue');
    session.mayWrite(String(exchange.value));
  }
}

function refuseOverLimit(session: AmqpSession): void {
  const { vhost, context } = session;
  const { maxQueues } = vhost.limits;
  if (maxQueues === null) return;
  if (vhost.queuesFull(context.broker.queues.countIn(vhost.name))) {
    throw new AmqpError(
      replyCodes.preconditionFailed,
      `cannot declare queue: queue limit in vhost '${vhost.name}' (${maxQueues}) is reached`,
    );
  }
}

function bindingOf(channel: AmqpChannel, asked: QueueBind): { destination: number; exchange: string; key: string } {
  const name = nameOf(channel, asked.queue);
  const stream = streamNamed(channel, name);
  const destination = stream === null ? queueNamed(channel, asked.queue).queue.log.id : destinationOf(stream);
  const exchange = cleanName(asked.exchange);
  const { session } = channel;
  session.may('write', name, 'queue');
  session.may('read', exchange, 'exchange', exchange === '' ? 'amq.default' : exchange);
  if (exchange === '') {
    throw new AmqpError(replyCodes.accessRefused, 'operation not permitted on the default exchange');
  }
  // An unnamed queue is bound by its own name where no key is given either.
  const key = asked.queue === '' && asked.routingKey === '' ? name : asked.routingKey;
  return { destination, exchange, key };
}

function bind(channel: AmqpChannel, from: ByteReader): void {
  const asked = decodeQueueBind(from);
  const { destination, exchange, key } = bindingOf(channel, asked);
  const { session } = channel;
  const found = session.vhost.router.find(exchange);
  if (found === undefined) throw noExchange(exchange, session.vhost.name);
  if (found.routesAs === 'topic') session.mayTopic('read', exchange, key);
  const isNew = session.vhost.router.bind(exchange, destination, key, headersOf(asked.arguments));
  if (asked.noWait) return;
  if (isNew) channel.replyDurable(writeQueueBindOk);
  else channel.reply(writeQueueBindOk);
}

export function noExchange(name: string, vhost: string): AmqpError {
  return new AmqpError(replyCodes.notFound, `no exchange '${name}' in vhost '${vhost}'`);
}

function unbind(channel: AmqpChannel, from: ByteReader): void {
  const asked = decodeQueueUnbind(from);
  const { session } = channel;
  const name = nameOf(channel, asked.queue);
  const queue = session.context.broker.queues.get(queueKey(session.vhost.name, name));
  if (queue !== undefined) refuseForeign(session, queue, name);
  const exchange = cleanName(asked.exchange);
  session.may('write', name, 'queue');
  session.may('read', exchange, 'exchange', exchange === '' ? 'amq.default' : exchange);
  if (exchange === '') {
    throw new AmqpError(replyCodes.accessRefused, 'operation not permitted on the default exchange');
  }
  const stream = streamNamed(channel, name);
  const destination = stream === null ? queue?.log.id : destinationOf(stream);
  if (destination === undefined) {
    channel.reply(writeQueueUnbindOk);
    return;
  }
  const { router } = session.vhost;
  if (router.unbind(exchange, destination, asked.routingKey, headersOf(asked.arguments))) {
    channel.replyDurable(writeQueueUnbindOk);
  } else channel.reply(writeQueueUnbindOk);
}

function purge(channel: AmqpChannel, from: ByteReader): void {
  const asked = decodeQueuePurge(from);
  const worked = groupNamed(channel, nameOf(channel, asked.queue));
  if (worked !== null) {
    channel.session.may('read', worked.name, 'queue');
    const purged = worked.purge();
    if (!asked.noWait) channel.replyDurable((into) => writeQueuePurgeOk(into, purged));
    return;
  }
  refuseForStream(channel, asked.queue, 'queue.purge');
  const { queue, name } = queueNamed(channel, asked.queue);
  channel.session.may('read', name, 'queue');
  const count = queue.purge();
  if (!asked.noWait) channel.replyDurable((into) => writeQueuePurgeOk(into, count));
}

function remove(channel: AmqpChannel, from: ByteReader): void {
  const asked = decodeQueueDelete(from);
  const { session } = channel;
  const name = nameOf(channel, asked.queue);
  const { queues, topicQueues } = session.context.broker;
  session.may('configure', name, 'queue');
  const queue = queues.get(queueKey(session.vhost.name, name));
  const stream = streamNamed(channel, name);
  if (stream !== null) {
    const count = deleteStream(channel, stream, asked.ifUnused || asked.ifEmpty);
    if (!asked.noWait) channel.replyDurable((into) => writeQueueDeleteOk(into, count));
    return;
  }
  const worked = queue === undefined ? groupNamed(channel, name) : null;
  if (worked !== null) {
    deleteGroup(channel, asked, worked);
    return;
  }
  if (queue === undefined) {
    if (!asked.noWait) channel.reply((into) => writeQueueDeleteOk(into, 0));
    return;
  }
  refuseForeign(session, queue, name);
  refuseConditions(queue, asked, name, session.vhost.name);
  const { ready, consumers } = workIn(topicQueues, queue);
  refuseInUse(asked, name, session.vhost.name, ready, consumers);
  session.exclusiveQueues.delete(queue);
  queues.delete(queue);
  if (!asked.noWait) channel.replyDurable((into) => writeQueueDeleteOk(into, ready));
}

function refuseConditions({ options }: Queue, { ifUnused, ifEmpty }: QueueDelete, name: string, vhost: string): void {
  if (options.type !== 'quorum' || !(ifUnused || ifEmpty)) return;
  throw new AmqpError(
    replyCodes.notImplemented,
    `cannot delete queue '${name}' in vhost '${vhost}': queue.delete operations with if-${ifUnused ? 'unused' : 'empty'} flag set are not supported by quorum queues`,
  );
}
