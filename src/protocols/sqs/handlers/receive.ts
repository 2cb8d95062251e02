import type { Deaths } from '../../../broker/queue/deaths.js';
import { contentKind, type Received as EarlierReceives, receivedOf } from '../../../broker/queue/message.js';
import type { MessageCursor } from '../../../broker/queue/message-cursor.js';
import type { Queue } from '../../../broker/queue/queue.js';
import { Runs } from '../../../broker/queue/runs.js';
import { attributesOf, isUuid } from '../../../broker/views.js';
import type { Storage } from '../../../log/storage.js';
import type { Call } from '../call.js';
import { errorKinds, invalid, SqsError } from '../errors.js';
import { decodeContent, type MessageAttribute, type MessageContent, md5, md5OfAttributes } from '../message.js';
import { isFifo, secondsOf } from '../queue-attributes.js';
import { handleOf, type Receipt } from '../receipt.js';
import { windowOf } from '../window.js';
import { receiveFromGroup } from './receive-group.js';
import { sequenceOf } from './send.js';
import { holds } from './settle.js';

const messagesMax = 10;
const anybody = 0;
/** How long messages are held that are received without being hidden: until they are read. */
export const unseenMs = 10_000;
const attemptForm = /^[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]{1,128}$/;
/** What a message may hold that came by another front, and no protocol of this one can carry. */
const unwritable = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

export interface Received {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly MD5OfBody: string;
  readonly Body: string;
  readonly Attributes?: Record<string, string>;
  readonly MD5OfMessageAttributes?: string;
  readonly MessageAttributes?: Record<string, object>;
}

/** What a receive asks for. */
export interface Ask {
  readonly count: number;
  readonly visibilityMs: number;
  readonly attempt: string | null;
  readonly system: ReadonlySet<string>;
  readonly attributes: readonly string[];
}

/** What a message is told from, wherever it lies. */
export interface Told {
  readonly cursor: MessageCursor;
  readonly content: MessageContent;
  readonly deaths: Deaths | null;
  readonly receivedBefore: EarlierReceives;
  /** When it was received first; null where nobody knows. */
  readonly firstMs: number | null;
}

export async function receiveMessage(call: Call): Promise<{ Messages?: Received[] }> {
  const queue = call.queue('read');
  const ask = askOf(call, queue);
  const waitS = call.number('WaitTimeSeconds', 0, 20) ?? secondsOf(queue, 'ReceiveMessageWaitTimeSeconds');
  queue.touch();
  const window = await windowOf(call, queue);
  if (window !== null) return receiveFromGroup(call, queue, window, ask, waitS * 1000);
  let receipts = again(call, queue, ask) ?? (await acquire(call, queue, ask));
  if (receipts === null && waitS > 0) receipts = await longPoll(call, queue, ask, waitS * 1000);
  if (receipts === null) {
    if (queue.gone) throw call.noQueue();
    call.context.traffic.receivedNone++;
    return {};
  }
  const messages: Received[] = [];
  for (const receipt of receipts) {
    while (!queue.gone && !queue.cursor.seek(receipt.offset)) await queue.cursor.load(receipt.offset);
    if (queue.gone) throw call.noQueue();
    messages.push(received(call, queue, toldOf(call, queue, receipt), receipt, ask));
  }
  if (ask.visibilityMs === 0) giveBack(queue, receipts, true);
  // A lock that a kill of the process undoes would be no lock: who was answered has the message.
  await written(call.context.broker.storage);
  if (call.gone) giveBack(queue, receipts, false);
  else if (ask.attempt !== null) call.context.attempts.made(queue.log.id, ask.attempt, receipts);
  const { traffic } = call.context;
  traffic.received += messages.length;
  for (const { deliveries } of receipts) if (deliveries > 1) traffic.receivedAgain++;
  return { Messages: messages };
}

function askOf(call: Call, queue: Queue): Ask {
  const attempt = call.optionalText('ReceiveRequestAttemptId');
  if (attempt !== null && !isFifo(queue)) {
    throw invalid(
      `Value ${attempt} for parameter ReceiveRequestAttemptId is invalid. Reason: The request include parameter that is not valid for this queue type.`,
    );
  }
  if (attempt !== null && !attemptForm.test(attempt)) {
    throw invalid(
      `Value ${attempt.slice(0, 200)} for parameter ReceiveRequestAttemptId is invalid. Reason: ReceiveRequestAttemptId can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
    );
  }
  const visibilityS = call.number('VisibilityTimeout', 0, 43_200) ?? secondsOf(queue, 'VisibilityTimeout');
  const system = new Set([...call.texts('AttributeNames'), ...call.texts('MessageSystemAttributeNames')]);
  for (const name of system) {
    if (!systemNames.has(name)) throw new SqsError(errorKinds.invalidAttributeName, `Unknown Attribute ${name}.`);
  }
  return {
    count: call.number('MaxNumberOfMessages', 1, messagesMax) ?? 1,
    visibilityMs: visibilityS * 1000,
    attempt,
    system,
    attributes: call.texts('MessageAttributeNames'),
  };
}

/** What the same attempt was answered before, as long as it is all still locked by that receive. */
function again(call: Call, queue: Queue, { attempt, visibilityMs }: Ask): readonly Receipt[] | null {
  const { attempts, clock } = call.context;
  const receipts = attempt === null ? null : attempts.find(queue.log.id, attempt);
  if (receipts === null || !receipts.every((receipt) => holds(queue, receipt))) return null;
  const untilMs = clock.now() + (visibilityMs || unseenMs);
  for (const { offset } of receipts) queue.extend(anybody, offset, offset + 1, untilMs);
  return receipts;
}

async function acquire(call: Call, queue: Queue, ask: Ask): Promise<Receipt[] | null> {
  await new Promise<void>((resolve) => queue.withHead(resolve));
  return take(call, queue, ask);
}

/** Locks what is ready, in the stretch that the lock is written down in. Nobody who has gone gets any. */
function take(call: Call, queue: Queue, { count, visibilityMs }: Ask): Receipt[] | null {
  if (queue.gone || call.gone) return null;
  const { clock, holder, tenants, broker } = call.context;
  const nowMs = clock.now();
  if (!isFifo(queue) && broker.storage.refusal === null) tenants.prefer(queue);
  const runs = new Runs();
  // A time-out of nothing is over as soon as the messages are read: they were received all the same.
  if (queue.acquire(holder, count, nowMs + (visibilityMs || unseenMs), runs) === 0) return null;
  broker.queues.firstReceives.received(queue.log.id, runs, nowMs);
  const receipts: Receipt[] = [];
  for (let index = 0; index < runs.count; index++) {
    const deliveries = runs.deliveries[index]!;
    for (let offset = runs.from[index]!; offset < runs.to[index]!; offset++) {
      receipts.push({ logId: queue.log.id, offset, deliveries, receivedMs: nowMs });
    }
  }
  return receipts;
}

function longPoll(call: Call, queue: Queue, ask: Ask, forMs: number): Promise<Receipt[] | null> {
  const { receivers } = call.context;
  return new Promise((resolve, reject) => {
    const receiver = {
      take: (): boolean => {
        try {
          const receipts = take(call, queue, ask);
          if (receipts === null) return false;
          receivers.leave(queue, receiver);
          resolve(receipts);
        } catch (error) {
          receivers.leave(queue, receiver);
          reject(error as Error);
        }
        return true;
      },
      giveUp: (): void => resolve(null),
    };
    if (queue.gone || call.gone) {
      resolve(null);
      return;
    }
    // Something may have come since it was looked for: nobody is told of that any more.
    if (receiver.take()) return;
    receivers.wait(queue, receiver, forMs);
    call.whenGone(() => {
      receivers.leave(queue, receiver);
      resolve(null);
    });
  });
}

/** Those that nobody saw are as if they had not been received. */
function giveBack(queue: Queue, receipts: readonly Receipt[], seen: boolean): void {
  for (const receipt of receipts) {
    if (!queue.gone && holds(queue, receipt)) queue.release(anybody, receipt.offset, receipt.offset + 1, 0, seen);
  }
}

export function written(storage: Storage): Promise<void> {
  return new Promise((resolve, reject) => {
    storage.whenWritten({ settled: (error) => (error === null ? resolve() : reject(error)) });
  });
}

const systemNames = new Set([
  'All',
  'SenderId',
  'SentTimestamp',
  'ApproximateReceiveCount',
  'ApproximateFirstReceiveTimestamp',
  'SequenceNumber',
  'MessageDeduplicationId',
  'MessageGroupId',
  'AWSTraceHeader',
  'DeadLetterQueueSourceArn',
]);

function isWanted(names: readonly string[], name: string): boolean {
  return names.some(
    (wanted) =>
      wanted === 'All' ||
      wanted === '.*' ||
      wanted === name ||
      (wanted.endsWith('.*') && name.startsWith(wanted.slice(0, -2))),
  );
}

/** The message under the queue's cursor. */
function toldOf(call: Call, queue: Queue, { logId, offset }: Receipt): Told {
  const { cursor } = queue;
  return {
    cursor,
    content: contentOf(call, isFifo(queue), logId, cursor),
    deaths: cursor.deaths,
    receivedBefore: receivedOf(cursor),
    firstMs: call.context.broker.queues.firstReceives.of(logId, offset),
  };
}

/** A message as SQS tells it. */
export function received(call: Call, queue: Queue, told: Told, receipt: Receipt, ask: Ask): Received {
  const { cursor, content } = told;
  const end = cursor.bodyAt + Math.max(0, cursor.bodyLength);
  let body = cursor.bytes.toString('utf8', cursor.bodyAt, end);
  if (cursor.kind !== contentKind.sqs) body = writable(body);
  const attributes = content.attributes.filter(({ name }) => isWanted(ask.attributes, name));
  const system = ask.system.size === 0 ? null : systemAttributes(call, queue, told, receipt, ask.system);
  if (content.group !== null && !isFifo(queue) && queue.settings.topic === null) {
    call.context.tenants.took(queue, receipt.offset, content.group, receipt.receivedMs + ask.visibilityMs);
  }
  return {
    MessageId: content.id,
    ReceiptHandle: handleOf(receipt),
    MD5OfBody: md5(body),
    Body: body,
    ...(system === null || Object.keys(system).length === 0 ? null : { Attributes: system }),
    ...(attributes.length > 0
      ? {
          MD5OfMessageAttributes: md5OfAttributes(attributes),
          MessageAttributes: Object.fromEntries(attributes.map((attribute) => [attribute.name, shown(attribute)])),
        }
      : null),
  };
}

function shown({ type, value }: MessageAttribute): object {
  return typeof value === 'string'
    ? { StringValue: value, DataType: type }
    : { BinaryValue: value.toString('base64'), DataType: type };
}

function systemAttributes(
  call: Call,
  queue: Queue,
  { content, deaths, receivedBefore: earlier, firstMs: knownMs }: Told,
  { offset, deliveries, receivedMs }: Receipt,
  wanted: ReadonlySet<string>,
): Record<string, string> {
  const firstMs = earlier.firstMs || (knownMs ?? receivedMs);
  const all: Record<string, string> = {
    SenderId: content.sender,
    SentTimestamp: String(content.sentMs),
    ApproximateReceiveCount: String(earlier.count + deliveries),
    ApproximateFirstReceiveTimestamp: String(firstMs),
    ...(content.group === null ? {} : { MessageGroupId: content.group }),
    ...(content.deduplication === null ? {} : { MessageDeduplicationId: content.deduplication }),
    ...(isFifo(queue) ? { SequenceNumber: sequenceOf(offset) } : {}),
    ...(content.trace === null ? {} : { AWSTraceHeader: content.trace }),
    ...(deaths === null ? {} : { DeadLetterQueueSourceArn: call.arnOf(deaths.list[0]!.queue) }),
  };
  if (wanted.has('All')) return all;
  return Object.fromEntries(Object.entries(all).filter(([name]) => wanted.has(name)));
}

/** A message that another front took in, and nobody gave an id, gets one that is always the same. */
export function contentOf(call: Call, keyIsGroup: boolean, logId: number, cursor: MessageCursor): MessageContent {
  if (cursor.kind === contentKind.sqs) return decodeContent(cursor.bytes, cursor.contentAt, cursor.contentLength);
  const seen = call.context.broker.views.of(cursor);
  const number = cursor.offset.toString(16).padStart(12, '0');
  const log = logId.toString(16).padStart(8, '0');
  return {
    id: seen.id !== null && isUuid(seen.id) ? seen.id : `${log}-0000-4000-8000-${number}`,
    sentMs: seen.sentMs ?? cursor.timestampMs,
    sender: 'anonymous',
    // What was published with a key of its own is of the group of that name.
    group: keyIsGroup || (cursor.exchangeLength > 0 && cursor.keyLength > 0) ? writable(cursor.key) : null,
    deduplication: null,
    ...attributesOf(seen),
  };
}

function writable(text: string): string {
  return text.replaceAll(unwritable, '\uFFFD');
}
