import type { Queue } from '../../../broker/queue/queue.js';
import { defaultQueueOptions } from '../../../broker/queue/settings.js';
import { defaultVhost, queueKey, queuePlace } from '../../../broker/queue-key.js';
import { workIn } from '../../../broker/share/work.js';
import type { Call } from '../call.js';
import { errorKinds, invalid, missing, SqsError } from '../errors.js';
import {
  type Attributes,
  attributesOf,
  badValue,
  changed,
  checkAttributes,
  checkThroughput,
  isFifo,
  redriveAllowOf,
  redriveOf,
  settable,
  tagsOf,
  told,
} from '../queue-attributes.js';
import { checkWindow, govern, refuseOtherWindow, windowOf, withTags } from '../window.js';

const nameForm = /^[A-Za-z0-9_-]{1,80}$/;
const fifoNameForm = /^[A-Za-z0-9_-]{1,75}\.fifo$/;
const listedMax = 1000;
const purgeEveryMs = 60_000;
const tagsMax = 50;

export async function createQueue(call: Call): Promise<object> {
  const name = call.text('QueueName');
  const fifoName = name.endsWith('.fifo');
  if (!(fifoName ? fifoNameForm : nameForm).test(name)) {
    throw invalid('Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length');
  }
  call.may('configure', name);
  const said = call.map('Attributes');
  const tags = call.parameters['tags'] === undefined ? call.map('Tags') : call.map('tags');
  const given = withTags(said, tags);
  const fifo = given.get('FifoQueue') === 'true';
  if (fifo !== fifoName) {
    throw invalid(
      'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.',
    );
  }
  checkAttributes(given, fifo);
  checkTags(tags, name);
  const present = call.find(name);
  if (present !== null) {
    refuseDifferent(present, given);
    return { QueueUrl: call.urlOf(name) };
  }
  checkRedrive(call, given, name);
  checkThroughput(given);
  checkWindow(call, given, name, fifo);
  const { broker, clock } = call.context;
  const made = new Map(given);
  const now = String(Math.floor(clock.now() / 1000));
  made.set('CreatedTimestamp', now);
  made.set('LastModifiedTimestamp', now);
  const queue = broker.queues.declare(queueKey(defaultVhost, name), {
    ...defaultQueueOptions,
    admission: fifo ? 'explicit' : 'implicit',
  });
  broker.queues.describe(queue, changed(queue, { attributes: made, tags }));
  await windowOf(call, queue);
  await broker.storage.durable();
  return { QueueUrl: call.urlOf(name) };
}

function refuseDifferent(queue: Queue, given: Attributes): void {
  const there = attributesOf(queue);
  for (const [name, value] of given) {
    const current = there.get(name) ?? settable.get(name) ?? null;
    if (current === value) continue;
    throw new SqsError(
      errorKinds.queueNameExists,
      `A queue already exists with the same name and a different value for attribute ${name}`,
    );
  }
}

/** A dead-letter queue is there, of the same kind, and takes messages from this one. */
function checkRedrive(call: Call, given: Attributes, name: string): void {
  const text = given.get('RedrivePolicy');
  if (text === undefined || text === '') return;
  const { target } = redriveOf(text);
  const queue = call.find(target);
  const bad = (why: string): SqsError =>
    invalid(`Value ${text} for parameter RedrivePolicy is invalid. Reason: ${why}`);
  if (queue === null) throw bad(`Dead letter target does not exist.`);
  if (isFifo(queue) !== name.endsWith('.fifo'))
    throw bad('Dead-letter queue must be same type of queue as the source.');
  const allow = attributesOf(queue).get('RedriveAllowPolicy');
  if (allow === undefined || allow === '') return;
  const { permission, sources } = redriveAllowOf(allow);
  if (permission === 'denyAll' || (permission === 'byQueue' && !sources.includes(name))) {
    throw bad(`Queue ${call.arnOf(target)} does not allow the source queue to use it as a dead-letter queue.`);
  }
}

export async function deleteQueue(call: Call): Promise<object> {
  const queue = call.queue('configure');
  const { broker } = call.context;
  broker.deduplication.forget(queue.log.id);
  broker.queues.delete(queue);
  call.context.receivers.dismiss(queue);
  call.context.purgedMs.delete(queue.log.id);
  await broker.storage.durable();
  return {};
}

export function getQueueUrl(call: Call): object {
  const name = call.text('QueueName');
  if (!call.sees(name)) call.may('read', name);
  if (call.find(name) === null) throw call.noQueue();
  return { QueueUrl: call.urlOf(name) };
}

/** The names of the queues that SQS clients see: those of the default virtual host that nobody has for himself. */
function names(call: Call): string[] {
  const found: string[] = [];
  for (const queue of call.context.broker.queues.all()) {
    const { vhost, name } = queuePlace(queue.name);
    if (vhost !== defaultVhost || queue.exclusiveTo !== null || name.startsWith('amq.')) continue;
    if (call.sees(name)) found.push(name);
  }
  return found.sort();
}

function page(call: Call, all: readonly string[]): { listed: string[]; next: string | null } {
  const most = call.number('MaxResults', 1, listedMax);
  const token = call.optionalText('NextToken');
  const after = token === null ? null : nameInToken(token);
  const rest = after === null ? all : all.filter((name) => name > after);
  const listed = rest.slice(0, most ?? listedMax);
  const more = most !== null && rest.length > listed.length;
  return { listed, next: more ? Buffer.from(listed.at(-1)!).toString('base64') : null };
}

/** The last name of the page before. */
function nameInToken(token: string): string {
  const name = Buffer.from(token, 'base64').toString();
  if (name === '' || Buffer.from(name).toString('base64') !== token) throw invalid('Invalid or expired next token.');
  return name;
}

export function listQueues(call: Call): object {
  const prefix = call.optionalText('QueueNamePrefix') ?? '';
  const { listed, next } = page(
    call,
    names(call).filter((name) => name.startsWith(prefix)),
  );
  return {
    ...(listed.length > 0 ? { QueueUrls: listed.map((name) => call.urlOf(name)) } : {}),
    ...(next === null ? {} : { NextToken: next }),
  };
}

export function listDeadLetterSourceQueues(call: Call): object {
  const queue = call.queue('read');
  const { name } = queuePlace(queue.name);
  const sources = names(call).filter((source) => {
    const redrive = attributesOf(call.find(source)!).get('RedrivePolicy') ?? '';
    return redrive !== '' && redriveOf(redrive).target === name;
  });
  const { listed, next } = page(call, sources);
  return { queueUrls: listed.map((source) => call.urlOf(source)), ...(next === null ? {} : { NextToken: next }) };
}

export function getQueueAttributes(call: Call): object {
  const queue = call.queue('read');
  const wanted = call.texts('AttributeNames');
  for (const name of wanted) {
    if (name === 'All' || settable.has(name) || told.includes(name)) continue;
    throw new SqsError(errorKinds.invalidAttributeName, `Unknown Attribute ${name}.`);
  }
  const all = allAttributes(call, queue);
  const picked: Record<string, string> = {};
  for (const [name, value] of all) if (wanted.includes('All') || wanted.includes(name)) picked[name] = value;
  return Object.keys(picked).length > 0 ? { Attributes: picked } : {};
}

function allAttributes(call: Call, queue: Queue): Attributes {
  const { name } = queue;
  const work = workIn(call.context.broker.topicQueues, queue);
  const fifo = isFifo(queue);
  const all = new Map<string, string>([
    ['QueueArn', call.arnOf(queuePlace(name).name)],
    ['ApproximateNumberOfMessages', String(work.ready)],
    ['ApproximateNumberOfMessagesNotVisible', String(work.locked)],
    ['ApproximateNumberOfMessagesDelayed', String(work.delayed)],
    ['CreatedTimestamp', '0'],
    ['LastModifiedTimestamp', '0'],
  ]);
  for (const [attribute, value] of settable) if (value !== null) all.set(attribute, value);
  if (fifo) {
    all.set('FifoQueue', 'true');
    all.set('ContentBasedDeduplication', 'false');
    all.set('DeduplicationScope', 'queue');
    all.set('FifoThroughputLimit', 'perQueue');
  }
  for (const [attribute, value] of attributesOf(queue)) if (value !== '') all.set(attribute, value);
  return all;
}

export async function setQueueAttributes(call: Call): Promise<object> {
  const queue = call.queue('configure');
  const given = call.map('Attributes');
  if (given.size === 0) throw missing('Attributes');
  checkAttributes(given, isFifo(queue));
  refuseOtherWindow(queue, given);
  if (given.has('FifoQueue') && given.get('FifoQueue') !== String(isFifo(queue))) throw badValue('FifoQueue');
  checkRedrive(call, given, queuePlace(queue.name).name);
  const next = new Map(attributesOf(queue));
  for (const [name, value] of given) {
    if (value === '') next.delete(name);
    else next.set(name, value);
  }
  next.set('LastModifiedTimestamp', String(Math.floor(call.context.clock.now() / 1000)));
  const { broker } = call.context;
  checkThroughput(next);
  broker.queues.describe(queue, changed(queue, { attributes: next }));
  const window = await windowOf(call, queue);
  if (window !== null) govern(call, queue, window);
  await broker.storage.durable();
  return {};
}

export async function purgeQueue(call: Call): Promise<object> {
  const queue = call.queue('configure');
  const { broker, clock, purgedMs } = call.context;
  const nowMs = clock.now();
  const last = purgedMs.get(queue.log.id) ?? Number.NEGATIVE_INFINITY;
  if (nowMs - last < purgeEveryMs) {
    const { name } = queuePlace(queue.name);
    throw new SqsError(
      errorKinds.purgeInProgress,
      `Only one PurgeQueue operation on ${name} is allowed every 60 seconds.`,
    );
  }
  purgedMs.set(queue.log.id, nowMs);
  broker.topicQueues.shownBy(queue)?.purge();
  queue.discard(queue.log.startOffset, queue.log.endOffset);
  broker.deduplication.forget(queue.log.id);
  await broker.storage.durable();
  return {};
}

export function listQueueTags(call: Call): object {
  const tags = tagsOf(call.queue('read'));
  return tags.size > 0 ? { Tags: Object.fromEntries(tags) } : {};
}

function checkTags(tags: Attributes, name: string): void {
  if (tags.size > tagsMax) throw invalid(`Too many tags added for queue ${name}.`);
  for (const [key, value] of tags) {
    if (key.length < 1 || key.length > 128) throw invalid('Tag keys must be between 1 and 128 characters in length.');
    if (value.length > 256) throw invalid('Tag values must be between 0 and 256 characters in length.');
    if (/^aws:/i.test(key)) throw invalid('Tag keys must not begin with aws:.');
  }
}

async function retag(call: Call, queue: Queue, tags: Attributes): Promise<object> {
  const { broker } = call.context;
  broker.queues.describe(queue, changed(queue, { tags }));
  await broker.storage.durable();
  return {};
}

export function tagQueue(call: Call): Promise<object> {
  const queue = call.queue('configure');
  const given = call.map('Tags');
  if (given.size === 0) throw missing('Tags');
  const tags = new Map([...tagsOf(queue), ...given]);
  checkTags(tags, queuePlace(queue.name).name);
  return retag(call, queue, tags);
}

export function untagQueue(call: Call): Promise<object> {
  const queue = call.queue('configure');
  const gone = call.texts('TagKeys');
  if (gone.length === 0) throw missing('TagKeys');
  const tags = new Map(tagsOf(queue));
  for (const key of gone) tags.delete(key);
  return retag(call, queue, tags);
}
