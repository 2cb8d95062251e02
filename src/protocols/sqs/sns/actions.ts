import type { PermissionKind } from '../../../broker/access/permissions.js';
import { defaultVhost } from '../../../broker/queue-key.js';
import type { Exchange } from '../../../broker/routing/exchange.js';
import type { Call } from '../call.js';
import { told } from '../errors.js';
import { roomToSend } from '../handlers/send.js';
import { isFifo } from '../queue-attributes.js';
import { batchFault, invalidParameter, notAuthorized, notFound } from './errors.js';
import { filterPolicyOf } from './filter-policy.js';
import { type Publication, publicationOf, publish, publishBytesMax } from './publish.js';
import { type Subscription, type Texts, Topics } from './topics.js';

export type SnsAction = (call: Call, topics: Topics) => object | Promise<object>;

const nameForm = /^[A-Za-z0-9_-]{1,250}(\.fifo)?$/;
const arnForm = /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:([A-Za-z0-9_-]{1,250}(?:\.fifo)?)(?::([A-Za-z0-9-]+))?$/;
const idForm = /^[A-Za-z0-9_-]{1,80}$/;
const pageMax = 100;
const entriesMax = 10;
const topicAttributes = new Set([
  'DisplayName',
  'Policy',
  'DeliveryPolicy',
  'KmsMasterKeyId',
  'SignatureVersion',
  'TracingConfig',
  'FifoTopic',
  'ContentBasedDeduplication',
  'FifoThroughputScope',
  'ArchivePolicy',
]);
const subscriptionAttributes = new Set([
  'RawMessageDelivery',
  'FilterPolicy',
  'FilterPolicyScope',
  'RedrivePolicy',
  'DeliveryPolicy',
]);

export const snsVersion = '2010-03-31';

/** What is served of Amazon SNS, by the name that clients ask for it. */
export const snsActions: ReadonlyMap<string, SnsAction> = new Map<string, SnsAction>([
  ['CreateTopic', createTopic],
  ['DeleteTopic', deleteTopic],
  ['GetSubscriptionAttributes', getSubscriptionAttributes],
  ['GetTopicAttributes', getTopicAttributes],
  ['ListSubscriptions', listSubscriptions],
  ['ListSubscriptionsByTopic', listSubscriptionsByTopic],
  ['ListTagsForResource', listTagsForResource],
  ['ListTopics', listTopics],
  ['Publish', publishOne],
  ['PublishBatch', publishBatch],
  ['SetSubscriptionAttributes', setSubscriptionAttributes],
  ['Subscribe', subscribe],
  ['Unsubscribe', unsubscribe],
]);

export function snsAction(call: Call): Promise<object> {
  return Promise.resolve(snsActions.get(call.action)!(call, new Topics(call.context.broker)));
}

// --- what requests name ---

function text(call: Call, name: string): string {
  const value = call.parameters[name];
  if (typeof value !== 'string' || value === '') throw invalidParameter(name);
  return value;
}

function texts(call: Call, name: string): Texts {
  const value = call.parameters[name];
  if (value === undefined) return new Map();
  if (!(value instanceof Map)) throw invalidParameter(name);
  for (const item of value.values()) if (typeof item !== 'string') throw invalidParameter(name);
  return value as Texts;
}

function topicArn(call: Call, name: string): string {
  const { region, accountId } = call.context.settings;
  return `arn:aws:sns:${region}:${accountId}:${name}`;
}

function may(call: Call, kind: PermissionKind, name: string): void {
  const { permissions } = call.context.broker;
  if (permissions.allows(call.caller.user, defaultVhost, kind, name)) return;
  throw notAuthorized(call.caller.user, call.action, topicArn(call, name));
}

interface Named {
  readonly topic: string;
  readonly subscription: string | null;
}

function inArn(call: Call, parameter: string): Named {
  const match = arnForm.exec(text(call, parameter));
  if (match === null) throw invalidParameter(`${parameter} Reason: An ARN must have at least 6 elements`);
  return { topic: match[1]!, subscription: match[2] ?? null };
}

function topicIn(call: Call, topics: Topics, kind: PermissionKind, parameter = 'TopicArn'): Exchange {
  const { topic: name } = inArn(call, parameter);
  may(call, kind, name);
  const topic = topics.find(name);
  if (topic === null) throw notFound('Topic');
  return topic;
}

function subscriptionIn(call: Call, topics: Topics): Subscription {
  const { topic, subscription } = inArn(call, 'SubscriptionArn');
  may(call, 'read', topic);
  const found = subscription === null ? null : topics.subscription(topic, subscription);
  if (found === null) throw notFound('Subscription');
  return found;
}

// --- topics ---

async function createTopic(call: Call, topics: Topics): Promise<object> {
  const name = text(call, 'Name');
  const attributes = texts(call, 'Attributes');
  if (!nameForm.test(name)) throw invalidParameter('Topic Name');
  may(call, 'configure', name);
  for (const [attribute, value] of attributes) {
    if (!topicAttributes.has(attribute)) throw invalidParameter(`Attributes Reason: Unknown attribute ${attribute}`);
    if (/^(FifoTopic|ContentBasedDeduplication)$/.test(attribute) && value !== 'true' && value !== 'false') {
      throw invalidParameter(
        `Attributes Reason: ${attribute}: Invalid value [${value}]. Must be either 'true' or 'false'`,
      );
    }
  }
  const fifo = attributes.get('FifoTopic') === 'true';
  if (fifo !== name.endsWith('.fifo')) {
    throw invalidParameter(
      fifo
        ? 'Topic Name Reason: Fifo Topic names must end with .fifo'
        : 'Topic Name Reason: topic name ends with .fifo and FifoTopic is not true',
    );
  }
  const answer = { TopicArn: topicArn(call, name) };
  const present = topics.find(name);
  if (present !== null) {
    const there = topics.attributesOf(present);
    for (const [attribute, value] of attributes) {
      if (there.get(attribute) === value) continue;
      throw invalidParameter('Attributes Reason: Topic already exists with different attributes');
    }
    return answer;
  }
  if (call.context.broker.router.find(name) !== undefined) {
    throw invalidParameter('Topic Name Reason: there is an exchange of that name, which is no topic');
  }
  topics.create(name, attributes, tagsIn(call));
  await call.context.broker.storage.durable();
  return answer;
}

function tagsIn(call: Call): Texts {
  const given = call.parameters['Tags'];
  const tags = new Map<string, string>();
  if (given === undefined) return tags;
  if (!Array.isArray(given)) throw invalidParameter('Tags');
  for (const tag of given as readonly Readonly<Record<string, unknown>>[]) {
    const { Key, Value } = tag;
    if (typeof Key !== 'string' || typeof Value !== 'string') throw invalidParameter('Tags');
    tags.set(Key, Value);
  }
  return tags;
}

/** One that is not there is deleted. */
async function deleteTopic(call: Call, topics: Topics): Promise<object> {
  const { topic } = inArn(call, 'TopicArn');
  may(call, 'configure', topic);
  if (topics.find(topic) !== null) topics.delete(topic);
  await call.context.broker.storage.durable();
  return {};
}

function getTopicAttributes(call: Call, topics: Topics): object {
  const topic = topicIn(call, topics, 'read');
  const told = new Map<string, string>([
    ['TopicArn', topicArn(call, topic.name)],
    ['Owner', call.context.settings.accountId],
    ['DisplayName', ''],
    ['SubscriptionsConfirmed', String(topics.subscriptionsOf(topic).length)],
    ['SubscriptionsPending', '0'],
    ['SubscriptionsDeleted', '0'],
  ]);
  if (topic.name.endsWith('.fifo')) told.set('ContentBasedDeduplication', 'false');
  for (const [name, value] of topics.attributesOf(topic)) told.set(name, value);
  return { Attributes: told };
}

function listTagsForResource(call: Call, topics: Topics): object {
  const topic = topicIn(call, topics, 'read', 'ResourceArn');
  return { Tags: [...topics.tagsOf(topic)].map(([Key, Value]) => ({ Key, Value })) };
}

function page<T>(call: Call, all: readonly T[]): { listed: readonly T[]; next: object } {
  const token = call.parameters['NextToken'];
  const from = token === undefined ? 0 : Number(token);
  if (!Number.isInteger(from) || from < 0) throw invalidParameter('NextToken');
  const end = from + pageMax;
  return { listed: all.slice(from, end), next: end < all.length ? { NextToken: String(end) } : {} };
}

function listTopics(call: Call, topics: Topics): object {
  const { listed, next } = page(
    call,
    topics.names().filter((name) => call.sees(name)),
  );
  return { Topics: listed.map((name) => ({ TopicArn: topicArn(call, name) })), ...next };
}

// --- subscriptions ---

async function subscribe(call: Call, topics: Topics): Promise<object> {
  const topic = topicIn(call, topics, 'read');
  if (text(call, 'Protocol') !== 'sqs') throw invalidParameter('Protocol Reason: only sqs is served here');
  const endpoint = text(call, 'Endpoint');
  const attributes = new Map(texts(call, 'Attributes'));
  for (const [name, value] of attributes) checkAttribute(name, value);
  const queue = /^arn:aws[a-z-]*:sqs:/.test(endpoint) ? call.queueOfArn(endpoint) : null;
  if (queue === null) throw invalidParameter(`Endpoint Reason: there is no queue ${endpoint}`);
  if (!call.context.broker.permissions.allows(call.caller.user, defaultVhost, 'write', queue.name)) {
    throw notAuthorized(call.caller.user, call.action, endpoint);
  }
  if (isFifo(queue) && !topic.name.endsWith('.fifo')) {
    throw invalidParameter('Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics');
  }
  const present = topics.subscriptionsOf(topic).find(({ binding }) => binding.destination === queue.log.id);
  if (present !== undefined) {
    for (const [name, value] of attributes) {
      if (present.attributes.get(name) === value) continue;
      throw invalidParameter('Attributes Reason: Subscription already exists with different attributes');
    }
    return { SubscriptionArn: `${topicArn(call, topic.name)}:${present.id}` };
  }
  const id = topics.subscribe(topic, queue, attributes);
  await call.context.broker.storage.durable();
  return { SubscriptionArn: `${topicArn(call, topic.name)}:${id}` };
}

function checkAttribute(name: string, value: string): void {
  if (!subscriptionAttributes.has(name)) throw invalidParameter('AttributeName');
  if (name === 'RawMessageDelivery' && value !== 'true' && value !== 'false') {
    throw invalidParameter(`Attributes Reason: RawMessageDelivery: Invalid value [${value}]. Must be true or false.`);
  }
  if (name === 'FilterPolicyScope' && value !== 'MessageAttributes' && value !== 'MessageBody') {
    throw invalidParameter(`FilterPolicyScope: Invalid value [${value}].`);
  }
  if (name === 'FilterPolicy' && value !== '') filterPolicyOf(value);
}

async function setSubscriptionAttributes(call: Call, topics: Topics): Promise<object> {
  const subscription = subscriptionIn(call, topics);
  const name = text(call, 'AttributeName');
  const value = String(call.parameters['AttributeValue'] ?? '');
  checkAttribute(name, value);
  const attributes = new Map(subscription.attributes);
  if (value === '') attributes.delete(name);
  else attributes.set(name, value);
  topics.change(subscription, attributes);
  await call.context.broker.storage.durable();
  return {};
}

function getSubscriptionAttributes(call: Call, topics: Topics): object {
  const subscription = subscriptionIn(call, topics);
  const { SubscriptionArn, TopicArn, Owner, Protocol, Endpoint } = shown(call, topics, subscription);
  const told = new Map<string, string>([
    ['SubscriptionArn', SubscriptionArn],
    ['TopicArn', TopicArn],
    ['Owner', Owner],
    ['Protocol', Protocol],
    ['Endpoint', Endpoint],
    ['ConfirmationWasAuthenticated', 'true'],
    ['PendingConfirmation', 'false'],
    ['RawMessageDelivery', 'false'],
  ]);
  for (const [name, value] of subscription.attributes) told.set(name, value);
  if (told.has('FilterPolicy') && !told.has('FilterPolicyScope')) told.set('FilterPolicyScope', 'MessageAttributes');
  return { Attributes: told };
}

interface Shown {
  readonly SubscriptionArn: string;
  readonly Owner: string;
  readonly Protocol: string;
  readonly Endpoint: string;
  readonly TopicArn: string;
}

function shown(call: Call, topics: Topics, subscription: Subscription): Shown {
  const TopicArn = topicArn(call, subscription.topic);
  return {
    SubscriptionArn: `${TopicArn}:${subscription.id}`,
    Owner: call.context.settings.accountId,
    Protocol: 'sqs',
    Endpoint: call.arnOf(topics.queueOf(subscription)?.name ?? ''),
    TopicArn,
  };
}

function listSubscriptions(call: Call, topics: Topics): object {
  const all: Subscription[] = [];
  for (const name of topics.names()) {
    if (call.sees(name)) all.push(...topics.subscriptionsOf(topics.find(name)!));
  }
  const { listed, next } = page(call, all);
  return { Subscriptions: listed.map((subscription) => shown(call, topics, subscription)), ...next };
}

function listSubscriptionsByTopic(call: Call, topics: Topics): object {
  const { listed, next } = page(call, topics.subscriptionsOf(topicIn(call, topics, 'read')));
  return { Subscriptions: listed.map((subscription) => shown(call, topics, subscription)), ...next };
}

/** One that is not there is unsubscribed. */
async function unsubscribe(call: Call, topics: Topics): Promise<object> {
  const { topic, subscription } = inArn(call, 'SubscriptionArn');
  if (subscription === null) throw invalidParameter('SubscriptionArn');
  may(call, 'read', topic);
  const found = topics.subscription(topic, subscription);
  if (found !== null) topics.unsubscribe(found);
  await call.context.broker.storage.durable();
  return {};
}

// --- publishing ---

async function publishOne(call: Call, topics: Topics): Promise<object> {
  if (call.parameters['PhoneNumber'] !== undefined)
    throw invalidParameter('PhoneNumber Reason: only topics are served');
  const arn = call.parameters['TopicArn'] === undefined ? 'TargetArn' : 'TopicArn';
  topicIn(call, topics, 'write', arn);
  await roomToSend(call);
  const topic = topicIn(call, topics, 'write', arn);
  const { id, sequence } = publish(
    call,
    topics,
    publicationOf(topics, topic, topicArn(call, topic.name), call.parameters),
  );
  await call.context.broker.storage.durable();
  return { MessageId: id, ...(sequence === null ? {} : { SequenceNumber: sequence }) };
}

async function publishBatch(call: Call, topics: Topics): Promise<object> {
  topicIn(call, topics, 'write');
  await roomToSend(call);
  const topic = topicIn(call, topics, 'write');
  const arn = topicArn(call, topic.name);
  const publications: { id: string; publication: Publication }[] = [];
  const failed: object[] = [];
  let bytes = 0;
  for (const entry of entriesIn(call)) {
    const id = String(entry['Id']);
    try {
      const publication = publicationOf(topics, topic, arn, entry);
      bytes += publication.bytes;
      publications.push({ id, publication });
    } catch (error) {
      const telling = told(error);
      if (telling === null) throw error;
      failed.push({ Id: id, Code: telling.code, Message: telling.message, SenderFault: String(telling.sender) });
    }
  }
  if (bytes > publishBytesMax) {
    throw batchFault('BatchRequestTooLong', 'The length of all the messages put together is more than the limit.');
  }
  const successful = publications.map(({ id: Id, publication }) => {
    const { id: MessageId, sequence } = publish(call, topics, publication);
    return { Id, MessageId, ...(sequence === null ? {} : { SequenceNumber: sequence }) };
  });
  await call.context.broker.storage.durable();
  return { Successful: successful, Failed: failed };
}

function entriesIn(call: Call): readonly Readonly<Record<string, unknown>>[] {
  const entries = call.parameters['PublishBatchRequestEntries'];
  if (!Array.isArray(entries) || entries.length === 0) {
    throw batchFault('EmptyBatchRequest', "The batch request doesn't contain any entries.");
  }
  if (entries.length > entriesMax) {
    throw batchFault('TooManyEntriesInBatchRequest', 'The batch request contains more entries than permissible.');
  }
  const ids = new Set<unknown>();
  for (const entry of entries as readonly unknown[]) {
    const id = typeof entry === 'object' && entry !== null ? (entry as { Id?: unknown }).Id : undefined;
    if (typeof id !== 'string' || !idForm.test(id)) {
      throw batchFault(
        'InvalidBatchEntryId',
        "The Id of a batch entry in a batch request doesn't abide by the specification.",
      );
    }
    if (ids.has(id)) {
      throw batchFault('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');
    }
    ids.add(id);
  }
  return entries as readonly Readonly<Record<string, unknown>>[];
}
