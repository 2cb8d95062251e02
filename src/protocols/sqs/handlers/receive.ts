import { contentKind } from '../../../broker/queue/message.js';
import type { MessageCursor } from '../../../broker/queue/message-cursor.js';
import type { Queue } from '../../../broker/queue/queue.js';
import { Runs } from '../../../broker/queue/runs.js';
import type { Call } from '../call.js';
import { decodeContent, type MessageAttribute, type MessageContent, md5, md5OfAttributes } from '../message.js';
import { isFifo, secondsOf } from '../queue-attributes.js';
import { handleOf } from '../receipt.js';
import { sequenceOf } from './send.js';

const messagesMax = 10;

interface Received {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly MD5OfBody: string;
  readonly Body: string;
  readonly Attributes?: Record<string, string>;
  readonly MD5OfMessageAttributes?: string;
  readonly MessageAttributes?: Record<string, object>;
}

export async function receiveMessage(call: Call): Promise<{ Messages?: Received[] }> {
  const queue = call.queue('read');
  const count = call.number('MaxNumberOfMessages', 1, messagesMax) ?? 1;
  const visibilityS = call.number('VisibilityTimeout', 0, 43_200) ?? secondsOf(queue, 'VisibilityTimeout');
  const waitS = call.number('WaitTimeSeconds', 0, 20) ?? secondsOf(queue, 'ReceiveMessageWaitTimeSeconds');
  const wanted = wantedOf(call);
  queue.touch();
  let runs = await acquire(call, queue, count, visibilityS);
  if (runs === null && waitS > 0) runs = await longPoll(call, queue, count, visibilityS, waitS * 1000);
  if (runs === null) return {};
  const messages: Received[] = [];
  for (let index = 0; index < runs.count; index++) {
    for (let offset = runs.from[index]!; offset < runs.to[index]!; offset++) {
      while (!queue.cursor.seek(offset)) await queue.cursor.load(offset);
      messages.push(received(call, queue, runs.deliveries[index]!, wanted));
    }
  }
  return { Messages: messages };
}

async function acquire(call: Call, queue: Queue, count: number, visibilityS: number): Promise<Runs | null> {
  await new Promise<void>((resolve) => queue.withHead(resolve));
  return take(call, queue, count, visibilityS);
}

/** Locks what is ready. A time-out of nothing is over at once, but the message was received all the same. */
function take(call: Call, queue: Queue, count: number, visibilityS: number): Runs | null {
  if (queue.gone || queue.ready === 0) return null;
  const runs = new Runs();
  const untilMs = call.context.clock.now() + Math.max(1, visibilityS * 1000);
  return queue.acquire(call.context.holder, count, untilMs, runs) === 0 ? null : runs;
}

function longPoll(call: Call, queue: Queue, count: number, visibilityS: number, forMs: number): Promise<Runs | null> {
  const { receivers } = call.context;
  return new Promise((resolve, reject) => {
    const receiver = {
      take: (): boolean => {
        try {
          const runs = take(call, queue, count, visibilityS);
          if (runs === null) return queue.gone;
          receivers.leave(queue, receiver);
          resolve(runs);
          return true;
        } catch (error) {
          receivers.leave(queue, receiver);
          reject(error as Error);
          return true;
        }
      },
      giveUp: (): void => resolve(null),
    };
    receivers.wait(queue, receiver, forMs);
    call.whenGone?.(() => {
      receivers.leave(queue, receiver);
      resolve(null);
    });
  });
}

interface Wanted {
  readonly system: ReadonlySet<string>;
  readonly attributes: readonly string[];
}

function wantedOf(call: Call): Wanted {
  const system = new Set([...call.texts('AttributeNames'), ...call.texts('MessageSystemAttributeNames')]);
  return { system, attributes: call.texts('MessageAttributeNames') };
}

function isWanted(names: readonly string[], name: string): boolean {
  return names.some(
    (wanted) =>
      wanted === 'All' ||
      wanted === '.*' ||
      wanted === name ||
      (wanted.endsWith('.*') && name.startsWith(wanted.slice(0, -1))),
  );
}

/** The message under the queue's cursor, as SQS tells it. */
function received(call: Call, queue: Queue, deliveries: number, wanted: Wanted): Received {
  const { cursor } = queue;
  const content = contentOf(queue, cursor);
  const body = cursor.bytes.toString('utf8', cursor.bodyAt, cursor.bodyAt + Math.max(0, cursor.bodyLength));
  const attributes = content.attributes.filter(({ name }) => isWanted(wanted.attributes, name));
  const system = systemAttributes(call, queue, content, deliveries);
  const told: Record<string, string> = {};
  for (const [name, value] of Object.entries(system)) {
    if (wanted.system.has('All') || wanted.system.has(name)) told[name] = value;
  }
  return {
    MessageId: content.id,
    ReceiptHandle: handleOf({ logId: queue.log.id, offset: cursor.offset, deliveries }),
    MD5OfBody: md5(body),
    Body: body,
    ...(Object.keys(told).length > 0 ? { Attributes: told } : {}),
    ...(attributes.length > 0
      ? {
          MD5OfMessageAttributes: md5OfAttributes(attributes),
          MessageAttributes: Object.fromEntries(attributes.map((attribute) => [attribute.name, shown(attribute)])),
        }
      : {}),
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
  content: MessageContent,
  deliveries: number,
): Record<string, string> {
  const { deaths } = queue.cursor;
  return {
    SenderId: content.sender,
    SentTimestamp: String(content.sentMs),
    ApproximateReceiveCount: String(deliveries),
    ApproximateFirstReceiveTimestamp: String(queue.cursor.timestampMs > 0 ? call.context.clock.now() : 0),
    ...(content.group === null ? {} : { MessageGroupId: content.group }),
    ...(content.deduplication === null ? {} : { MessageDeduplicationId: content.deduplication }),
    ...(isFifo(queue) ? { SequenceNumber: sequenceOf(queue.cursor.offset) } : {}),
    ...(content.trace === null ? {} : { AWSTraceHeader: content.trace }),
    ...(deaths === null ? {} : { DeadLetterQueueSourceArn: call.arnOf(deaths.list[0]!.queue) }),
  };
}

/** A message that another front took in has no id of SQS: it gets one that is always the same. */
function contentOf(queue: Queue, cursor: MessageCursor): MessageContent {
  if (cursor.kind === contentKind.sqs) return decodeContent(cursor.bytes, cursor.contentAt, cursor.contentLength);
  const number = cursor.offset.toString(16).padStart(12, '0');
  const log = queue.log.id.toString(16).padStart(8, '0');
  return {
    id: `${log}-0000-4000-8000-${number}`,
    sentMs: cursor.timestampMs,
    sender: 'anonymous',
    group: isFifo(queue) ? cursor.key : null,
    deduplication: null,
    trace: null,
    attributes: [],
  };
}
