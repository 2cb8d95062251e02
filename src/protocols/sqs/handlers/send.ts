import { createHash, randomUUID } from 'node:crypto';
import type { Seen } from '../../../broker/queue/deduplication.js';
import { contentKind } from '../../../broker/queue/message.js';
import { MessageRun } from '../../../broker/queue/message-run.js';
import type { Queue } from '../../../broker/queue/queue.js';
import { published } from '../../../broker/queue/queues.js';
import { brokerErrorOf } from '../../../broker/refusal.js';
import { type Call, numberOf, type Parameters, wrongType } from '../call.js';
import { errorKinds, invalid, missing, SqsError } from '../errors.js';
import {
  attributeBytes,
  encodeContent,
  type MessageAttribute,
  type MessageContent,
  md5,
  md5OfAttributes,
} from '../message.js';
import { attributeOf, isFifo, secondsOf } from '../queue-attributes.js';
import { eachEntry, type Failed, failedFor } from './batch.js';

/** SDKs try again after a 503, but later and later. */
const roomWithinMs = 5000;
const deduplicationMs = 5 * 60 * 1000;
const attributesMax = 10;
const nothing = Buffer.alloc(0);
// Everything that XML cannot carry.
export const forbidden: RegExp = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
const nameForm = /^[A-Za-z0-9_.-]{1,256}$/;
const numberForm = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?$/;
const idForm = /^[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]{1,128}$/;

const needsId =
  'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly';

export interface Outgoing {
  readonly body: Buffer;
  readonly bodyText: string;
  readonly attributes: readonly MessageAttribute[];
  readonly system: readonly MessageAttribute[];
  readonly delayMs: number;
  readonly group: string | null;
  readonly deduplication: string | null;
  readonly bytes: number;
}

export interface Sent {
  readonly MessageId: string;
  readonly MD5OfMessageBody: string;
  readonly MD5OfMessageAttributes?: string;
  readonly MD5OfMessageSystemAttributes?: string;
  readonly SequenceNumber?: string;
}

const run = new MessageRun();

export async function sendMessage(call: Call): Promise<Sent> {
  const queue = await queueWithRoom(call);
  const message = read(queue, call.parameters);
  const sizeMax = secondsOf(queue, 'MaximumMessageSize');
  if (message.bytes > sizeMax) throw tooLong(sizeMax);
  const sent = send(call, queue, message);
  call.context.traffic.sent++;
  await call.context.broker.storage.durable();
  return sent;
}

/** What all messages of a batch may have together, however small a queue wants each of them. */
const batchBytesMax = 1_048_576;

export async function sendMessageBatch(call: Call): Promise<{ Successful?: unknown[]; Failed?: Failed[] }> {
  const queue = await queueWithRoom(call);
  const messages: Entry[] = [];
  const failed: Failed[] = [];
  const sizeMax = secondsOf(queue, 'MaximumMessageSize');
  let bytes = 0;
  eachEntry(call, failed, (entry, id) => {
    const message = read(queue, entry);
    bytes += message.bytes;
    // One that is alone too long for any batch is told of as the batch.
    if (message.bytes > sizeMax && message.bytes <= batchBytesMax) throw tooLong(sizeMax);
    messages.push({ id, message });
  });
  if (isFifo(queue)) {
    const needed = failed.find(({ Code, Message }) => Code === errorKinds.missingParameter.code || Message === needsId);
    if (needed !== undefined) throw invalid(needed.Message);
  }
  if (bytes > batchBytesMax) {
    throw new SqsError(
      errorKinds.batchTooLong,
      `Batch requests cannot be longer than ${batchBytesMax} bytes. You have sent ${bytes} bytes.`,
    );
  }
  const { topic, overflow } = queue.settings;
  const alone = isFifo(queue) || topic !== null || overflow !== 'drop-head';
  const successful = alone ? oneByOne(call, queue, messages, failed) : together(call, queue, messages);
  call.context.traffic.sent += successful.length;
  if (successful.length > 0) await call.context.broker.storage.durable();
  return {
    ...(successful.length > 0 ? { Successful: successful } : {}),
    ...(failed.length > 0 ? { Failed: failed } : {}),
  };
}

interface Entry {
  readonly id: string;
  readonly message: Outgoing;
}

function oneByOne(call: Call, queue: Queue, entries: readonly Entry[], failed: Failed[]): object[] {
  const successful: object[] = [];
  for (const { id, message } of entries) {
    try {
      successful.push({ Id: id, ...send(call, queue, message) });
    } catch (error) {
      failed.push(failedFor(id, error));
    }
  }
  return successful;
}

/** Where nothing has to be decided of each, those of one group and delay are one run: one batch, one range. */
function together(call: Call, queue: Queue, entries: readonly Entry[]): object[] {
  const { clock, broker } = call.context;
  const nowMs = clock.now();
  const successful: object[] = [];
  for (let at = 0; at < entries.length; ) {
    const { group, delayMs } = entries[at]!.message;
    run.begin(nothing, group === null ? nothing : Buffer.from(group), contentKind.sqs, nowMs);
    for (; at < entries.length && !run.full; at++) {
      const { id, message } = entries[at]!;
      if (message.group !== group || message.delayMs !== delayMs) break;
      const content = contentFrom(call, message, nowMs);
      const bytes = encodeContent(content);
      run.add(bytes, 0, bytes.length, message.body, 0, message.body.length);
      successful.push({ Id: id, ...answer(message, content.id, null) });
    }
    run.place(broker.storage.pool);
    queue.publish(run.buffer, run.at, run.size, delayMs > 0 ? { dueMs: nowMs + delayMs } : null);
  }
  return successful;
}

function tooLong(sizeMax: number): SqsError {
  return invalid(`One or more parameters are invalid. Reason: Message must be shorter than ${sizeMax} bytes.`);
}

async function queueWithRoom(call: Call): Promise<Queue> {
  const queue = call.queue('write');
  const { storage } = call.context.broker;
  if (storage.refusal === null && !storage.congested) return queue;
  await roomToSend(call);
  // It may have gone while there was none.
  return call.queue('write');
}

/** Waits a while where there is no room, as publishers of every front do, and then says so. */
export async function roomToSend(call: Call): Promise<void> {
  const { broker, clock } = call.context;
  const { storage } = broker;
  if (storage.refusal === null && storage.congested) {
    await new Promise<void>((resolve) => {
      const late = clock.after(roomWithinMs, resolve);
      storage.whenRoom(() => {
        late.cancel();
        resolve();
      });
    });
  }
  if (storage.refusal !== null) throw brokerErrorOf(storage.refusal);
  if (storage.congested) throw new SqsError(errorKinds.unavailable, 'The broker has no room at the moment.');
}

function read(queue: Queue, parameters: Parameters): Outgoing {
  const bodyText = textOf(parameters, 'MessageBody');
  if (bodyText === null || bodyText === '') throw missing('MessageBody');
  if (forbidden.test(bodyText)) {
    throw new SqsError(
      errorKinds.invalidMessageContents,
      'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF',
    );
  }
  const attributes = readAttributes(parameters['MessageAttributes']);
  const system = readAttributes(parameters['MessageSystemAttributes']);
  for (const { name, type } of system) {
    if (name !== 'AWSTraceHeader' || type !== 'String') {
      throw invalid(`Message system attribute name '${name}' is invalid.`);
    }
  }
  const body = Buffer.from(bodyText);
  const fifo = isFifo(queue);
  const group = textOf(parameters, 'MessageGroupId');
  let deduplication = textOf(parameters, 'MessageDeduplicationId');
  const delayS = numberOf(parameters, 'DelaySeconds', 0, 900);
  if (group !== null && !idForm.test(group)) throw badId('MessageGroupId', group);
  if (deduplication !== null && !idForm.test(deduplication)) throw badId('MessageDeduplicationId', deduplication);
  if (fifo) {
    if (group === null) throw missing('MessageGroupId');
    if (delayS !== null && delayS !== 0) {
      throw invalid(
        `Value ${delayS} for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.`,
      );
    }
    if (deduplication === null) {
      if (attributeOf(queue, 'ContentBasedDeduplication') !== 'true') {
        throw invalid(needsId);
      }
      deduplication = createHash('sha256').update(body).digest('hex');
    }
  } else if (deduplication !== null) {
    throw invalid(
      `Value ${deduplication} for parameter MessageDeduplicationId is invalid. Reason: The request include parameter that is not valid for this queue type.`,
    );
  }
  if (queue.settings.topic !== null && delayS !== null && delayS > 0) {
    throw invalid(
      `Value ${delayS} for parameter DelaySeconds is invalid. Reason: What is sent to a topic is not delayed.`,
    );
  }
  const delayMs = (fifo || delayS === null ? secondsOf(queue, 'DelaySeconds') : delayS) * 1000;
  const bytes = body.length + attributeBytes(attributes);
  return { body, bodyText, attributes, system, delayMs, group, deduplication, bytes };
}

function textOf(parameters: Parameters, name: string): string | null {
  const value = parameters[name];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') throw wrongType(name);
  return value;
}

function badId(name: string, value: string): SqsError {
  return invalid(
    `Value ${value.slice(0, 200)} for parameter ${name} is invalid. Reason: ${name} can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
  );
}

function readAttributes(value: unknown): MessageAttribute[] {
  if (value === undefined || value === null) return [];
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new SqsError(errorKinds.serialization, 'The message attributes are of the wrong type.');
  }
  const entries = Object.entries(value as Record<string, unknown>);
  if (entries.length > attributesMax) {
    throw invalid(`Number of message attributes [${entries.length}] exceeds the allowed maximum [${attributesMax}].`);
  }
  return entries.map(([name, given]) => attributeFrom(name, given));
}

export function attributeFrom(name: string, given: unknown): MessageAttribute {
  if (!nameForm.test(name) || /^(aws|amazon)\./i.test(name) || /^\.|\.$|\.\./.test(name)) {
    throw invalid(`Invalid message attribute name '${name}'.`);
  }
  if (typeof given !== 'object' || given === null) {
    throw new SqsError(errorKinds.serialization, `The message attribute '${name}' is of the wrong type.`);
  }
  const { DataType: type, StringValue: text, BinaryValue: binary, ...rest } = given as Record<string, unknown>;
  for (const part of [type, text, binary]) {
    if (part !== undefined && part !== null && typeof part !== 'string') throw wrongType(name);
  }
  for (const list of [rest['StringListValues'], rest['BinaryListValues']]) {
    if (Array.isArray(list) && list.length > 0) {
      throw invalid(`Message attribute list values in SendMessage operation are not supported.`);
    }
  }
  if (typeof type !== 'string' || type === '') {
    throw invalid(`The message attribute '${name}' must contain a non-empty message attribute type.`);
  }
  const base = type.split('.', 1)[0];
  if (base !== 'String' && base !== 'Number' && base !== 'Binary') {
    throw invalid(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    );
  }
  if (type.length > 256) throw invalid(`The message attribute '${name}' has a type that is too long.`);
  const value = base === 'Binary' ? binary : text;
  if (typeof value !== 'string' || value === '') {
    throw invalid(
      `The message attribute '${name}' must contain a non-empty message attribute value for message attribute type '${type}'.`,
    );
  }
  if (base === 'Binary') {
    const bytes = Buffer.from(value, 'base64');
    if (bytes.toString('base64').replace(/=+$/, '') !== value.replace(/=+$/, '')) {
      throw new SqsError(errorKinds.serialization, `The value of the message attribute '${name}' is no Base64.`);
    }
    return { name, type, value: bytes };
  }
  if (forbidden.test(value)) throw invalid(`The message attribute '${name}' contains characters that are not allowed.`);
  if (base === 'Number' && !isNumber(value)) {
    throw invalid(`Can't cast the value of message (user) attribute '${name}' to a number.`);
  }
  return { name, type, value };
}

/** AWS keeps numbers from 10^-128 to 10^126. */
function isNumber(text: string): boolean {
  if (!numberForm.test(text)) return false;
  const size = Math.abs(Number(text));
  const isZero = !/[1-9]/.test(text.split(/[eE]/, 1)[0]!);
  return isZero || (size >= 1e-128 && size <= 1e126);
}

/** Takes the message in, unless it is one that was taken in a short while ago. */
export function send(call: Call, queue: Queue, message: Outgoing): Sent {
  const { broker, clock } = call.context;
  const fifo = isFifo(queue);
  const key = deduplicationKey(queue, message);
  const seen = key === null ? null : broker.deduplication.find(queue.log.id, key);
  if (seen !== null) return answer(message, seen.id, fifo ? seen.offset : null);
  const nowMs = clock.now();
  const content = contentFrom(call, message, nowMs);
  const { id } = content;
  const offset = publish(call, queue, content, message, nowMs);
  const made: Seen = { untilMs: nowMs + deduplicationMs, offset, id };
  if (key !== null) broker.deduplication.saw(queue.log.id, key, made);
  return answer(message, id, fifo ? offset : null);
}

function contentFrom({ caller }: Call, message: Outgoing, nowMs: number): MessageContent {
  return {
    id: randomUUID(),
    sentMs: nowMs,
    sender: caller.accessKey === '' ? 'anonymous' : caller.accessKey,
    group: message.group,
    deduplication: message.deduplication,
    trace: message.system.length > 0 ? String(message.system[0]!.value) : null,
    attributes: message.attributes,
  };
}

function deduplicationKey(queue: Queue, { group, deduplication }: Outgoing): string | null {
  if (deduplication === null) return null;
  return attributeOf(queue, 'DeduplicationScope') === 'messageGroup' ? `${group}\0${deduplication}` : deduplication;
}

function publish(call: Call, queue: Queue, content: MessageContent, message: Outgoing, nowMs: number): number {
  const bytes = encodeContent(content);
  const { body, delayMs, group } = message;
  run.begin(nothing, group === null ? nothing : Buffer.from(group), contentKind.sqs, nowMs);
  run.add(bytes, 0, bytes.length, body, 0, body.length);
  if (queue.settings.topic !== null) {
    const { queues } = call.context.broker;
    if (queues.publish([queue.log.id], run, 0, false) === published.taken) return 0;
    throw invalid(`One or more parameters are invalid. Reason: The topic ${queue.settings.topic} does not take it.`);
  }
  if (queue.settings.overflow !== 'drop-head' && queue.roomFor(run) < run.count) {
    // Where it wants them as dead letters they become that, told of all the same.
    call.context.broker.queues.publish([queue.log.id], run, 0, false);
    throw new SqsError(errorKinds.overLimit, 'The queue has as many messages as it may have, and takes no more.');
  }
  run.place(call.context.broker.storage.pool);
  const dueMs = delayMs > 0 ? nowMs + delayMs : 0;
  if (isFifo(queue)) {
    const admission = dueMs > 0 ? { group: group!, dueMs } : { group: group! };
    return queue.publish(run.buffer, run.at, run.size, admission);
  }
  return queue.publish(run.buffer, run.at, run.size, dueMs > 0 ? { dueMs } : null);
}

/** `offset` where messages are numbered. */
function answer(message: Outgoing, id: string, offset: number | null): Sent {
  return {
    MessageId: id,
    MD5OfMessageBody: md5(message.body),
    ...(message.attributes.length > 0 ? { MD5OfMessageAttributes: md5OfAttributes(message.attributes) } : null),
    ...(message.system.length > 0 ? { MD5OfMessageSystemAttributes: md5OfAttributes(message.system) } : null),
    ...(offset === null ? null : { SequenceNumber: sequenceOf(offset) }),
  };
}

/** Rises with every message of a queue; 20 digits, as AWS has them. */
export function sequenceOf(offset: number): string {
  return (18_000_000_000_000_000_000n + BigInt(offset)).toString();
}
