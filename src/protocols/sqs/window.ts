import type { Queue } from '../../broker/queue/queue.js';
import { queuePlace } from '../../broker/queue-key.js';
import type { HeaderValue } from '../../broker/routing/headers.js';
import type { QueuedPartition } from '../../broker/share/queued-partition.js';
import { type TopicQueue, topicQueueName } from '../../broker/share/topic-queue.js';
import type { StartingPoint } from '../../broker/stream/reader.js';
import type { Call } from './call.js';
import { errorKinds, SqsError } from './errors.js';
import {
  type Attributes,
  attributeOf,
  badValue,
  groupAttribute,
  redriveOf,
  startAttribute,
  topicAttribute,
} from './queue-attributes.js';

const names = [topicAttribute, groupAttribute, startAttribute];

/** What makes a queue a window may also be said in tags, for clients that send no attributes they do not know. */
export function withTags(given: Attributes, tags: Attributes): Attributes {
  const all = new Map(given);
  for (const name of names) {
    const value = tags.get(name);
    if (value !== undefined && !all.has(name)) all.set(name, value);
  }
  return all;
}

/** Throws what is wrong with a window that somebody wants to make. */
export function checkWindow(call: Call, given: Attributes, name: string, fifo: boolean): void {
  const topicName = given.get(topicAttribute) ?? '';
  const group = given.get(groupAttribute) ?? '';
  if (topicName === '' && group === '' && !given.has(startAttribute)) return;
  const { streams, groups } = call.context.broker;
  // A queue of the topic's own name would hide it.
  if (topicName === name || streams.get(topicName) === undefined) throw badValue(topicAttribute);
  if (group === '' || group.length > 255 || groups.has(group)) throw badValue(groupAttribute);
  if (fifo) throw new SqsError(errorKinds.invalidAttributeName, `Unknown Attribute ${topicAttribute}.`);
  startOf(given.get(startAttribute) ?? '');
  call.may('read', topicName);
  call.may('read', topicQueueName(topicName, group));
}

/** A window stays one, on the same group's work. */
export function refuseOtherWindow(queue: Queue, given: Attributes): void {
  for (const name of names) {
    const value = given.get(name);
    if (value !== undefined && value !== (attributeOf(queue, name) ?? '')) throw badValue(name);
  }
}

/** Null for where the group's configuration says. */
function startOf(text: string): StartingPoint | null {
  if (text === '') return null;
  if (text === 'first' || text === 'last' || text === 'next') return { kind: text };
  const timestampMs = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(timestampMs)) throw badValue(startAttribute);
  return { kind: 'time', timestampMs };
}

/** What the queue shows; null for one that has messages of its own. */
export async function windowOf(call: Call, queue: Queue): Promise<TopicQueue | null> {
  if (queue.settings.topic === null) return null;
  const { topicQueues } = call.context.broker;
  const shown = topicQueues.windowOn(queue);
  if (shown === null) throw call.noQueue();
  const present = topicQueues.find(shown.group, shown.topic);
  if (present !== undefined) return present;
  // Somebody deleted the group: it begins anew.
  const opened = await topicQueues.open(shown.group, shown.topic, startOf(attributeOf(queue, startAttribute) ?? ''));
  govern(call, queue, opened);
  return opened;
}

/** The queue's redrive policy is how the group works. */
export function govern(call: Call, queue: Queue, window: TopicQueue): void {
  const redrive = attributeOf(queue, 'RedrivePolicy') ?? '';
  const policy = redrive === '' ? null : redriveOf(redrive);
  const changes = new Map<string, HeaderValue>([
    ['x-dead-letter-queue', policy?.target ?? null],
    ['x-delivery-limit', policy === null ? null : policy.maxReceiveCount - 1],
    ['x-dead-letter-source', policy === null ? null : queuePlace(queue.name).name],
  ]);
  if (policy !== null) changes.set('x-dead-letter-exchange', null).set('x-dead-letter-routing-key', null);
  call.context.broker.topicQueues.agree(window, changes);
}

export function partitionOf(window: TopicQueue, logId: number): QueuedPartition | undefined {
  return window.partitions.find(({ share }) => share.partition.log.id === logId);
}
