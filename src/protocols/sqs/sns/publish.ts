import { createHash, randomUUID } from 'node:crypto';
import type { Queue } from '../../../broker/queue/queue.js';
import type { Exchange } from '../../../broker/routing/exchange.js';
import type { Call } from '../call.js';
import { errorKinds, SqsError } from '../errors.js';
import { attributeFrom, forbidden, type Outgoing, send } from '../handlers/send.js';
import type { MessageAttribute } from '../message.js';
import { isFifo, secondsOf } from '../queue-attributes.js';
import { invalidParameter } from './errors.js';
import { type Facts, type FilterPolicy, filterPolicyOf, matches } from './filter-policy.js';
import type { Subscription, Texts, Topics } from './topics.js';

/** What may be published at once, with all of a batch. */
export const publishBytesMax = 262_144;
const attributesSortOfArray = 'String.Array';

/** What is published, read and checked. */
export interface Publication {
  readonly topic: Exchange;
  readonly topicArn: string;
  readonly message: string;
  readonly subject: string | null;
  readonly attributes: readonly MessageAttribute[];
  readonly group: string | null;
  readonly deduplication: string | null;
  readonly bytes: number;
}

export function publicationOf(
  topics: Topics,
  topic: Exchange,
  topicArn: string,
  given: Readonly<Record<string, unknown>>,
): Publication {
  const text = textOf(given, 'Message');
  if (text === null || text === '') throw invalidParameter('Empty message');
  const structure = textOf(given, 'MessageStructure');
  if (structure !== null && structure !== 'json') throw invalidParameter('MessageStructure');
  const message = structure === 'json' ? ofStructure(text) : text;
  if (forbidden.test(message)) throw invalidParameter('Message: characters that are not allowed');
  const subject = textOf(given, 'Subject');
  if (subject !== null && !/^[\x20-\x7e]{1,100}$/.test(subject)) throw invalidParameter('Subject');
  const attributes = readAttributes(given['MessageAttributes']);
  const own = topics.attributesOf(topic);
  const fifo = own.get('FifoTopic') === 'true';
  const group = textOf(given, 'MessageGroupId');
  let deduplication = textOf(given, 'MessageDeduplicationId');
  if (fifo && group === null) {
    throw invalidParameter('The MessageGroupId parameter is required for FIFO topics');
  }
  if (!fifo && deduplication !== null) {
    throw invalidParameter(
      'MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type',
    );
  }
  if (fifo && deduplication === null) {
    if (own.get('ContentBasedDeduplication') !== 'true') {
      throw invalidParameter(
        'The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
      );
    }
    deduplication = createHash('sha256').update(message).digest('hex');
  }
  let bytes = Buffer.byteLength(message) + Buffer.byteLength(subject ?? '');
  for (const { name, type, value } of attributes) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(type) + Buffer.byteLength(value);
  }
  if (bytes > publishBytesMax) throw invalidParameter('Message too long');
  return { topic, topicArn, message, subject, attributes, group, deduplication, bytes };
}

function textOf(given: Readonly<Record<string, unknown>>, name: string): string | null {
  const value = given[name];
  if (value === undefined) return null;
  if (typeof value !== 'string') throw invalidParameter(name);
  return value;
}

/** A message for each protocol: the one for queues, or else the default that has to be there. */
function ofStructure(text: string): string {
  let parts: unknown;
  try {
    parts = JSON.parse(text);
  } catch {
    throw invalidParameter('Message Structure - JSON message body failed to parse');
  }
  if (typeof parts !== 'object' || parts === null || typeof (parts as Facts)['default'] !== 'string') {
    throw invalidParameter('Message Structure - No default entry in JSON message body');
  }
  const own = Object.hasOwn(parts, 'sqs') ? (parts as Facts)['sqs'] : undefined;
  return typeof own === 'string' ? own : String((parts as Facts)['default']);
}

function readAttributes(given: unknown): MessageAttribute[] {
  if (!(given instanceof Map)) {
    if (given !== undefined) throw invalidParameter('MessageAttributes');
    return [];
  }
  return [...(given as Map<string, unknown>)].map(([name, value]) => {
    const attribute = attributeFrom(name, value);
    if (attribute.type === attributesSortOfArray && arrayIn(attribute) === null) {
      throw invalidParameter(`The value of the message attribute '${name}' must be a JSON array`);
    }
    return attribute;
  });
}

function arrayIn({ value }: MessageAttribute): readonly unknown[] | null {
  try {
    const array: unknown = JSON.parse(String(value));
    return Array.isArray(array) ? array : null;
  } catch {
    return null;
  }
}

/** Tells everybody who wants to know, in one stretch: all of them get it, or nobody. */
export function publish(call: Call, topics: Topics, publication: Publication): { id: string; sequence: string | null } {
  const id = randomUUID();
  let sequence: string | null = null;
  for (const subscription of topics.subscriptionsOf(publication.topic)) {
    const queue = topics.queueOf(subscription);
    if (queue === undefined || !wants(subscription, publication)) continue;
    const raw = subscription.attributes.get('RawMessageDelivery') === 'true';
    const body = raw ? publication.message : notification(call, publication, subscription, id);
    sequence = deliver(call, queue, body, raw ? publication.attributes : [], publication) ?? sequence;
  }
  for (const queue of plainQueues(call, publication.topic)) {
    deliver(call, queue, publication.message, publication.attributes, publication);
  }
  return { id, sequence };
}

/** Queues that other fronts have bound. */
function* plainQueues(call: Call, topic: Exchange): IterableIterator<Queue> {
  const { queues, router } = call.context.broker;
  const reached = new Set<number>();
  for (const { destination, arguments: args } of topic.outgoing.values()) {
    if (args.has('x-sns')) continue;
    if (typeof destination === 'number') reached.add(destination);
    else for (const log of router.route(destination, '', null)?.destinations ?? []) reached.add(log);
  }
  for (const log of reached) {
    const queue = queues.of(log);
    if (queue !== undefined) yield queue;
  }
}

function deliver(
  call: Call,
  queue: Queue,
  text: string,
  attributes: readonly MessageAttribute[],
  { group, deduplication }: Publication,
): string | null {
  const body = Buffer.from(text);
  const fifo = isFifo(queue);
  const message: Outgoing = {
    body,
    bodyText: text,
    attributes,
    system: [],
    delayMs: secondsOf(queue, 'DelaySeconds') * 1000,
    group: fifo ? (group ?? '') : group,
    deduplication: fifo ? deduplication : null,
    bytes: body.length,
  };
  try {
    return send(call, queue, message).SequenceNumber ?? null;
  } catch (error) {
    // A queue that takes no more is no reason for the others to go without.
    if (error instanceof SqsError && error.type === errorKinds.overLimit.type) return null;
    throw error;
  }
}

/** Not signed: nobody but AWS could sign as AWS. */
function notification(
  call: Call,
  { topicArn, subject, message, attributes }: Publication,
  { id: subscription }: Subscription,
  id: string,
): string {
  const shown = attributes.map(({ name, type, value }) => {
    const Value = typeof value === 'string' ? value : value.toString('base64');
    return [name, { Type: type, Value }];
  });
  return JSON.stringify({
    Type: 'Notification',
    MessageId: id,
    TopicArn: topicArn,
    ...(subject === null ? {} : { Subject: subject }),
    Message: message,
    Timestamp: new Date(call.context.clock.now()).toISOString(),
    UnsubscribeURL: `${call.urlBase}/?Action=Unsubscribe&SubscriptionArn=${topicArn}:${subscription}`,
    ...(shown.length === 0 ? {} : { MessageAttributes: Object.fromEntries(shown) as object }),
  });
}

const known = new WeakMap<Texts, FilterPolicy>();

function wants({ binding, attributes }: Subscription, publication: Publication): boolean {
  const text = attributes.get('FilterPolicy') ?? '';
  if (text === '') return true;
  const kept = binding.arguments as unknown as Texts;
  const policy = known.get(kept) ?? filterPolicyOf(text);
  known.set(kept, policy);
  const ofBody = attributes.get('FilterPolicyScope') === 'MessageBody';
  const facts = ofBody ? bodyFacts(publication.message) : attributeFacts(publication.attributes);
  return facts !== null && matches(policy, facts);
}

function bodyFacts(message: string): Facts | null {
  try {
    const body: unknown = JSON.parse(message);
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Facts) : null;
  } catch {
    return null;
  }
}

function attributeFacts(attributes: readonly MessageAttribute[]): Facts {
  const facts: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const attribute of attributes) {
    const { name, type, value } = attribute;
    if (typeof value !== 'string') continue;
    if (type === attributesSortOfArray) facts[name] = arrayIn(attribute) ?? [];
    else facts[name] = type.startsWith('Number') ? Number(value) : value;
  }
  return facts;
}
