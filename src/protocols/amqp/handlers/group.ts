import type { Queue } from '../../../broker/queue/queue.js';
import { Runs } from '../../../broker/queue/runs.js';
import { defaultVhost, queueKey } from '../../../broker/queue-key.js';
import type { HeaderValue } from '../../../broker/routing/headers.js';
import type { TopicQueue } from '../../../broker/share/topic-queue.js';
import { topicQueueName } from '../../../broker/share/topic-queue.js';
import type { TopicGroup } from '../../../broker/share/topic-queues.js';
import type { AmqpChannel } from '../channel/channel.js';
import { GroupConsumer, putRecord, shortenKey } from '../channel/group-consumer.js';
import { type BasicConsume, writeBasicConsumeOk, writeBasicGetEmpty, writeBasicGetOk } from '../codec/basic.js';
import { type FieldTable, headersOf } from '../codec/field-table.js';
import { MethodId } from '../codec/methods.js';
import { type QueueDeclare, type QueueDelete, writeQueueDeclareOk, writeQueueDeleteOk } from '../codec/queue.js';
import { AmqpError, replyCodes, told } from '../errors.js';
import { priorityOf } from './consumer-arguments.js';
import { badType, type Rule, wholeFrom } from './queue-arguments.js';
import { streamNamed } from './stream.js';
import { offsetArgument, startingPointOf } from './stream-offset.js';

export const groupArgument = 'x-group';
const topicArgument = 'x-dead-letter-topic';
const exchangeArgument = 'x-dead-letter-exchange';
const keyArgument = 'x-dead-letter-routing-key';
const never = Number.POSITIVE_INFINITY;

const text: Rule = (field) => (field.tag === 'S' ? null : badType(field));
const flag: Rule = (field) => (field.tag === 't' ? null : badType(field));

/** What a consume or a declaration may say of how its group works a topic off; it holds for the whole group. */
const terms: Readonly<Record<string, Rule>> = {
  'x-delivery-limit': wholeFrom(-1, 1_000_000),
  [exchangeArgument]: text,
  [keyArgument]: text,
  [topicArgument]: text,
  'x-single-active-consumer': flag,
};

/** The topic and the group that are meant; null where it is a queue, or a stream that is only read. */
export function groupAsked(channel: AmqpChannel, name: string, args: FieldTable | null): TopicGroup | null {
  const { vhost, context } = channel.session;
  const field = args?.get(groupArgument);
  if (field !== undefined) {
    const topic = streamNamed(channel, name);
    if (topic === null) throw refuse(groupArgument, `'${name}' is no topic`);
    if (field.tag !== 'S' || field.value === '') throw refuse(groupArgument, 'it has to be the name of a group');
    return { topic, group: String(field.value) };
  }
  if (vhost.name !== defaultVhost) return null;
  const queue = context.broker.queues.get(queueKey(vhost.name, name));
  return queue === undefined ? context.broker.topicQueues.named(name) : windowOn(channel, queue);
}

function windowOn(channel: AmqpChannel, queue: Queue): TopicGroup | null {
  if (queue.settings.topic === null) return null;
  const found = channel.session.context.broker.topicQueues.windowOn(queue);
  if (found !== null) return found;
  throw new AmqpError(replyCodes.notFound, `no topic '${queue.settings.topic}', which queue '${queue.name}' is about`);
}

function refuse(argument: string, why: string): AmqpError {
  return new AmqpError(
    replyCodes.preconditionFailed,
    `invalid arg '${argument}' for consumer: ${why}`,
    MethodId.basicConsume,
  );
}

/** Whoever works a topic off takes records from the others of his group: that has to be allowed by itself. */
function mayWork(channel: AmqpChannel, { topic, group }: TopicGroup): void {
  const { session } = channel;
  session.may('read', topic.name, 'queue');
  session.may('read', topicQueueName(topic.name, group), 'queue');
}

/**
 * Opens the group's queue and goes on with it: nothing else of the connection is handled meanwhile, nor afterwards where
 * `act` says that it waits for more and lets go itself.
 */
function withQueue(
  channel: AmqpChannel,
  method: number,
  worked: TopicGroup,
  args: FieldTable | null,
  act: (queue: TopicQueue) => 'done' | 'waits',
): void {
  const { session } = channel;
  const { broker, clock } = session.context;
  mayWork(channel, worked);
  const changes = args === null ? noChanges : changesOf(channel, worked, args);
  const point = args?.has(offsetArgument) ? startingPointOf(args, clock.now()) : null;
  const answer = channel.laterReply();
  session.hold('get');
  let came: 'done' | 'waits' = 'done';
  const answered = (write: () => void): void => {
    answer(write);
    if (came === 'done') session.release('get');
  };
  broker.topicQueues.open(worked.group, worked.topic, point).then(
    (queue) =>
      answered(() => {
        if (changes.size > 0) broker.topicQueues.agree(queue, changes);
        came = act(queue);
      }),
    (error: unknown) =>
      answered(() => {
        throw told(error)?.of(method) ?? error;
      }),
  );
}

const noChanges: ReadonlyMap<string, HeaderValue> = new Map();

/** What the arguments change of how the group works: a dead-letter topic and an exchange exclude one another. */
function changesOf(
  channel: AmqpChannel,
  { topic, group }: TopicGroup,
  args: FieldTable,
): ReadonlyMap<string, HeaderValue> {
  const { session } = channel;
  const changes = new Map<string, HeaderValue>();
  for (const [argument, rule] of Object.entries(terms)) {
    const field = args.get(argument);
    if (field === undefined) continue;
    const fault = rule(field);
    if (fault !== null) throw refuse(argument, fault);
    changes.set(argument, typeof field.value === 'bigint' ? Number(field.value) : (field.value as HeaderValue));
  }
  const name = changes.get(topicArgument);
  if (changes.size > 0) session.may('configure', topicQueueName(topic.name, group), 'queue');
  if (typeof name === 'string') {
    if (changes.has(exchangeArgument)) throw refuse(topicArgument, `it excludes ${exchangeArgument}`);
    if (streamNamed(channel, name) === null) throw refuse(topicArgument, `no topic '${name}'`);
    session.may('write', name, 'queue');
    changes.delete(topicArgument);
    changes.set('x-dead-letter-queue', name).set(exchangeArgument, null).set(keyArgument, null);
  } else if (changes.has(exchangeArgument)) {
    session.mayWrite(String(changes.get(exchangeArgument)));
    changes.set('x-dead-letter-queue', null);
  } else if (changes.has(keyArgument)) throw refuse(keyArgument, 'routing_key_but_no_dlx_defined');
  return changes;
}

/** basic.consume of a topic by a group. */
export function consumeGroup(channel: AmqpChannel, asked: BasicConsume, tag: string, worked: TopicGroup): void {
  const priority = priorityOf(asked.arguments);
  if (asked.arguments.has('x-stream-partition')) {
    throw refuse('x-stream-partition', 'a group works off all partitions');
  }
  withQueue(channel, MethodId.basicConsume, worked, asked.arguments, (queue) => {
    refuseExclusive(channel, queue, asked.exclusive);
    const args = headersOf(asked.arguments);
    const consumer = new GroupConsumer(channel, queue, tag, priority, !asked.noAck, asked.exclusive, args);
    channel.consumers.set(tag, consumer);
    const begin = (): void => {
      if (channel.consumers.get(tag) !== consumer) return;
      if (queue.gone) channel.consumerCancelled(consumer);
      else queue.consume(consumer, guestOf(channel, queue, tag));
    };
    // Where the group begins is kept before anybody hears that it does.
    if (asked.noWait) begin();
    else channel.replyDurable((into) => writeBasicConsumeOk(into, tag), begin);
    return 'done';
  });
}

/** How a consumer is listed among members that speak Kafka. */
function guestOf(
  { session, number }: AmqpChannel,
  { topic }: TopicQueue,
  tag: string,
): Parameters<TopicQueue['consume']>[1] {
  const { remote } = session.connection.ends;
  const host = remote.slice(0, remote.lastIndexOf(':'));
  return {
    id: `${remote}/${number}/${tag}`,
    rackId: null,
    clientId: tag,
    clientHost: `/${host.replaceAll(/[[\]]/g, '')}`,
    topicNames: [topic.name],
    epoch: 0,
    assignment: new Map([[topic.id, topic.partitions.map(({ index }) => index)]]),
  };
}

function refuseExclusive(channel: AmqpChannel, queue: TopicQueue, exclusive: boolean): void {
  const { consumers, settings, name } = queue;
  const taken = consumers.all().some((consumer) => consumer instanceof GroupConsumer && consumer.exclusive);
  if (!taken && !(exclusive && (consumers.count > 0 || settings.singleActive))) return;
  throw new AmqpError(
    replyCodes.accessRefused,
    `queue '${name}' in vhost '${channel.session.vhost.name}' in exclusive use`,
    MethodId.basicConsume,
  );
}

const one = new Runs();

/** basic.get of `topic::group`. */
export function getFromGroup(channel: AmqpChannel, worked: TopicGroup, noAck: boolean): void {
  withQueue(channel, MethodId.basicGet, worked, null, (queue) => {
    const answer = channel.laterReply();
    let answered = false;
    let waits = false;
    queue.withHead(() => {
      answer(() => takeOne(channel, queue, noAck));
      answered = true;
      if (waits) channel.session.release('get');
    });
    if (answered) return 'done';
    waits = true;
    channel.session.hold('get');
    return 'waits';
  });
}

function takeOne(channel: AmqpChannel, queue: TopicQueue, noAck: boolean): void {
  const { traffic, session } = channel;
  const partition = queue.gone ? null : queue.acquire(channel.holder, 1, never, one);
  const offset = one.from[0]!;
  if (partition === null || !partition.seek(offset)) {
    if (partition !== null) partition.release(channel.holder, offset, offset + 1, false);
    traffic.gotEmpty++;
    channel.send(writeBasicGetEmpty);
    return;
  }
  const tag = ++channel.lastTag;
  const { cursor } = partition;
  shortenKey(cursor);
  const { exchange, key } = cursor;
  const isAgain = one.deliveries[0]! > 1;
  channel.send((into) => writeBasicGetOk(into, tag, isAgain, exchange, key, queue.counts().ready));
  putRecord(session.out, channel, cursor, one.attempts[0]!);
  if (isAgain) traffic.redelivered++;
  if (noAck) {
    traffic.gotNoAck++;
    partition.ack(channel.holder, offset, offset + 1);
    return;
  }
  traffic.got++;
  channel.unacked.add(tag, 1, offset, partition, null);
}

/** queue.declare of `topic::group`: the group begins, where it has not yet. */
export function declareGroup(channel: AmqpChannel, asked: QueueDeclare, worked: TopicGroup): void {
  const name = topicQueueName(worked.topic.name, worked.group);
  channel.session.may('configure', name, 'queue');
  withQueue(channel, MethodId.queueDeclare, worked, asked.arguments, (queue) => {
    channel.lastQueue = name;
    if (!asked.noWait) channel.replyDurable((into) => tellCounts(into, queue));
    return 'done';
  });
}

function tellCounts(into: Parameters<typeof writeQueueDeclareOk>[0], queue: TopicQueue): void {
  writeQueueDeclareOk(into, queue.name, queue.counts().ready, queue.consumers.count);
}

/** The group's queue where it is there: nothing begins by asking. */
export function groupNamed(channel: AmqpChannel, name: string): TopicQueue | null {
  const { broker } = channel.session.context;
  const worked = groupAsked(channel, name, null);
  return worked === null ? null : (broker.topicQueues.find(worked.group, worked.topic) ?? null);
}

/** queue.declare, passive. */
export function lookAtGroup(channel: AmqpChannel, asked: QueueDeclare, queue: TopicQueue): void {
  channel.lastQueue = queue.name;
  if (!asked.noWait) channel.reply((into) => tellCounts(into, queue));
}

/** queue.delete that is to delete only what nobody uses, or what is empty. */
export function refuseInUse(asked: QueueDelete, name: string, vhost: string, ready: number, consumers: number): void {
  if (asked.ifUnused && consumers > 0) {
    throw new AmqpError(replyCodes.preconditionFailed, `queue '${name}' in vhost '${vhost}' in use`);
  }
  if (asked.ifEmpty && ready > 0) {
    throw new AmqpError(replyCodes.preconditionFailed, `queue '${name}' in vhost '${vhost}' not empty`);
  }
}

/** queue.delete of `topic::group`: the group forgets how far it was. Answers how many records were waiting. */
export function deleteGroup(channel: AmqpChannel, asked: QueueDelete, queue: TopicQueue): void {
  const { shares } = channel.session.context.broker;
  const { ready } = queue.counts();
  refuseInUse(asked, queue.name, defaultVhost, ready, queue.consumers.count);
  const group = shares.get(queue.group);
  if (group !== undefined) shares.deleteTopic(group, queue.topic);
  queue.end();
  if (!asked.noWait) channel.replyDurable((into) => writeQueueDeleteOk(into, ready));
}
