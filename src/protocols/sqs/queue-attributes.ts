import type { Queue } from '../../broker/queue/queue.js';
import { windowAttributes } from '../../broker/queue/settings.js';
import type { Headers, HeaderValue } from '../../broker/routing/headers.js';
import { errorKinds, SqsError } from './errors.js';

/** Where the broker keeps what SQS says of a queue, among the queue's attributes. */
const attributesName = 'sqs';
const tagsName = 'sqs-tags';

/** Of a queue that shows a topic as a group works it off: see window.ts. */
export const topicAttribute = 'NaruTopic';
export const groupAttribute = 'NaruGroup';
export const startAttribute = 'NaruStart';

/** Those that can be set, with what they are when nobody has. */
export const settable: ReadonlyMap<string, string | null> = new Map([
  ['DelaySeconds', '0'],
  ['MaximumMessageSize', '1048576'],
  ['MessageRetentionPeriod', '345600'],
  ['ReceiveMessageWaitTimeSeconds', '0'],
  ['VisibilityTimeout', '30'],
  ['Policy', null],
  ['RedrivePolicy', null],
  ['RedriveAllowPolicy', null],
  ['KmsMasterKeyId', null],
  ['KmsDataKeyReusePeriodSeconds', null],
  ['SqsManagedSseEnabled', 'true'],
  ['FifoQueue', null],
  ['ContentBasedDeduplication', null],
  ['DeduplicationScope', null],
  ['FifoThroughputLimit', null],
  [topicAttribute, null],
  [groupAttribute, null],
  [startAttribute, null],
]);

/** Those that are only told. */
export const told: readonly string[] = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
  'CreatedTimestamp',
  'LastModifiedTimestamp',
  'QueueArn',
];

const bounds: ReadonlyMap<string, readonly [number, number]> = new Map([
  ['DelaySeconds', [0, 900]],
  ['MaximumMessageSize', [1024, 1_048_576]],
  ['MessageRetentionPeriod', [60, 1_209_600]],
  ['ReceiveMessageWaitTimeSeconds', [0, 20]],
  ['VisibilityTimeout', [0, 43_200]],
  ['KmsDataKeyReusePeriodSeconds', [60, 86_400]],
]);

const flags = new Set(['SqsManagedSseEnabled', 'FifoQueue', 'ContentBasedDeduplication']);
const fifoOnly = new Set(['ContentBasedDeduplication', 'DeduplicationScope', 'FifoThroughputLimit']);
const choices: ReadonlyMap<string, readonly string[]> = new Map([
  ['DeduplicationScope', ['queue', 'messageGroup']],
  ['FifoThroughputLimit', ['perQueue', 'perMessageGroupId']],
]);

export type Attributes = ReadonlyMap<string, string>;

/** By what the broker keeps, which is replaced as a whole: every message asks. */
const known = new WeakMap<Headers, Attributes>();

/** What was set of a queue, by SQS clients or when it was made. */
export function attributesOf(queue: Queue): Attributes {
  const kept = queue.attributes;
  let attributes = known.get(kept);
  if (attributes === undefined) {
    attributes = textsOf(kept.get(attributesName));
    known.set(kept, attributes);
  }
  return attributes;
}

/** What is kept of the queue's move tasks; see move-tasks.ts. */
export function tagsOf(queue: Queue): Attributes {
  return textsOf(queue.attributes.get(tagsName));
}

function textsOf(value: HeaderValue | undefined): Attributes {
  const texts = new Map<string, string>();
  if (!(value instanceof Map)) return texts;
  for (const [name, text] of value as Headers) texts.set(name, String(text));
  return texts;
}

export function attributeOf(queue: Queue, name: string): string | null {
  return attributesOf(queue).get(name) ?? settable.get(name) ?? null;
}

export function secondsOf(queue: Queue, name: string): number {
  return Number(attributeOf(queue, name));
}

export function isFifo(queue: Queue): boolean {
  return queue.options.admission === 'explicit';
}

const arnForm = /^arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:[A-Za-z0-9_.-]{1,255}$/;

export interface RedrivePolicy {
  readonly target: string;
  readonly maxReceiveCount: number;
}

/** Throws what is wrong with attributes that somebody sets. */
export function checkAttributes(given: Attributes, fifo: boolean): void {
  for (const [name, value] of given) {
    if (!settable.has(name)) throw new SqsError(errorKinds.invalidAttributeName, `Unknown Attribute ${name}.`);
    if (value === '' && isClearable(name)) continue;
    const range = bounds.get(name);
    if (range !== undefined && !(/^\d+$/.test(value) && Number(value) >= range[0] && Number(value) <= range[1])) {
      throw badValue(name);
    }
    if (flags.has(name) && value !== 'true' && value !== 'false') throw badValue(name);
    if (choices.get(name)?.includes(value) === false) throw badValue(name);
    if (fifoOnly.has(name) && !fifo) {
      throw new SqsError(errorKinds.invalidAttributeName, `Unknown Attribute ${name}.`);
    }
    if (name === 'FifoQueue' && !fifo)
      throw new SqsError(errorKinds.invalidAttributeName, `Unknown Attribute ${name}.`);
    if (name === 'RedriveAllowPolicy') redriveAllowOf(value);
    if (name === 'Policy' && !isJson(value)) throw badValue(name);
  }
  if (given.get('SqsManagedSseEnabled') === 'true' && (given.get('KmsMasterKeyId') ?? '') !== '') {
    throw new SqsError(
      errorKinds.invalidAttributeName,
      'You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.',
    );
  }
}

/** High throughput needs what tells messages apart to be looked for in their group only. */
export function checkThroughput(attributes: Attributes): void {
  if (attributes.get('FifoThroughputLimit') !== 'perMessageGroupId') return;
  if (attributes.get('DeduplicationScope') !== 'messageGroup') throw badValue('FifoThroughputLimit');
}

/** Set to nothing, it is as if it had never been set. */
function isClearable(name: string): boolean {
  return name === 'RedrivePolicy' || name === 'RedriveAllowPolicy' || name === 'Policy' || name === 'KmsMasterKeyId';
}

export function badValue(name: string): SqsError {
  return new SqsError(errorKinds.invalidAttributeValue, `Invalid value for the parameter ${name}.`);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

export function redriveOf(text: string): RedrivePolicy {
  const bad = (why: string): SqsError =>
    new SqsError(
      errorKinds.invalidParameterValue,
      `Value ${text} for parameter RedrivePolicy is invalid. Reason: ${why}`,
    );
  let policy: { deadLetterTargetArn?: unknown; maxReceiveCount?: unknown };
  try {
    policy = JSON.parse(text) as typeof policy;
  } catch {
    throw bad('Redrive policy is not a valid JSON map.');
  }
  if (typeof policy !== 'object' || policy === null) throw bad('Redrive policy is not a valid JSON map.');
  const { deadLetterTargetArn, maxReceiveCount } = policy;
  if (typeof deadLetterTargetArn !== 'string') {
    throw bad('Redrive policy does not contain mandatory attribute: deadLetterTargetArn.');
  }
  if (maxReceiveCount === undefined) throw bad('Redrive policy does not contain mandatory attribute: maxReceiveCount.');
  const count = Number(maxReceiveCount);
  if (!Number.isInteger(count) || count < 1 || count > 1000) {
    throw bad(
      'Invalid value for maxReceiveCount: ' +
        `${String(maxReceiveCount)}, valid values are from 1 to 1000 both inclusive.`,
    );
  }
  if (!arnForm.test(deadLetterTargetArn)) throw bad('Invalid value for deadLetterTargetArn.');
  return { target: nameInArn(deadLetterTargetArn), maxReceiveCount: count };
}

export interface RedriveAllow {
  readonly permission: 'allowAll' | 'denyAll' | 'byQueue';
  readonly sources: readonly string[];
}

export function redriveAllowOf(text: string): RedriveAllow {
  try {
    const { redrivePermission, sourceQueueArns } = JSON.parse(text) as {
      redrivePermission?: RedriveAllow['permission'];
      sourceQueueArns?: string[];
    };
    const permission = redrivePermission ?? 'allowAll';
    const sources = (sourceQueueArns ?? []).map(nameInArn);
    if (!['allowAll', 'denyAll', 'byQueue'].includes(permission)) throw badValue('RedriveAllowPolicy');
    if ((permission === 'byQueue') !== sources.length > 0 || sources.length > 10) throw badValue('RedriveAllowPolicy');
    return { permission, sources };
  } catch {
    throw badValue('RedriveAllowPolicy');
  }
}

export function nameInArn(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1);
}

/** What somebody changes of what is kept about a queue. */
export interface Change {
  readonly attributes?: Attributes;
  readonly tags?: Attributes;
}

/** The queue's attributes as the broker keeps them: SQS' own, and those that tell the queue how to behave. */
export function changed(queue: Queue, change: Change): Headers {
  const attributes = change.attributes ?? attributesOf(queue);
  const tags = change.tags ?? tagsOf(queue);
  const described = new Map<string, HeaderValue>(queue.attributes);
  described.set(attributesName, new Map(attributes));
  setOrNot(described, tagsName, tags.size > 0 ? new Map(tags) : null);
  const retention = attributes.get('MessageRetentionPeriod') ?? settable.get('MessageRetentionPeriod')!;
  described.set('x-message-ttl', Number(retention) * 1000);
  const topic = attributes.get(topicAttribute) ?? '';
  setOrNot(described, windowAttributes.topic, topic === '' ? null : topic);
  setOrNot(described, windowAttributes.group, topic === '' ? null : (attributes.get(groupAttribute) ?? null));
  const redrive = attributes.get('RedrivePolicy') ?? '';
  const policy = redrive === '' ? null : redriveOf(redrive);
  setOrNot(described, 'x-dead-letter-queue', policy === null ? null : policy.target);
  // A message that was received that often and comes back once more is dead.
  setOrNot(described, 'x-delivery-limit', policy === null ? null : policy.maxReceiveCount - 1);
  return described;
}

function setOrNot(described: Map<string, HeaderValue>, name: string, value: HeaderValue): void {
  if (value === null) described.delete(name);
  else described.set(name, value);
}
