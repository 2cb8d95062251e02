import { JsonFields } from '../../broker/definitions/json-fields.js';
import type { ErrorCode } from '../../broker/errors.js';
import type { Partition } from '../../broker/partition.js';
import { partitionForKey, RoundRobin } from '../../broker/partitioner.js';
import type { Topic } from '../../broker/topic.js';
import type { JsonValue } from '../../lib/json.js';
import { Slices } from '../../lib/slices.js';
import { BatchBuilder, type RecordHeader } from '../../log/records.js';
import type { Api, Call } from '../api.js';
import { badRequest, HttpError } from '../http-error.js';
import { roomToPublish } from '../room.js';
import { demandTopic, topicIn } from './rights.js';
import { partitionIn } from './topics.js';

const bodyBytesMax = 64 * 1024 * 1024;
const messagesMax = 10_000;

interface Outgoing {
  readonly partition: Partition;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly timestampMs: number;
  readonly headers: readonly RecordHeader[];
}

interface Place {
  readonly partition: number;
  offset: number;
  timestamp: number;
}

/** Messages into topics; they are answered for when they are durable. */
export function producingRoutes(api: Api): void {
  const turns = new RoundRobin();
  const produce = async (call: Call): Promise<JsonValue> => {
    const topic = topicIn(call);
    demandTopic(call, 'write', topic.name);
    if (topic.internal) throw badRequest(`the internal topic ${topic.name} is the broker's own`);
    await roomToPublish(call.broker);
    const list = call.body.has('messages') ? call.body.list('messages') : [call.json];
    if (list.length === 0 || list.length > messagesMax) throw badRequest(`there are 1 to ${messagesMax} messages`);
    const nowMs = call.broker.storage.clock.now();
    const slices = new Slices(call.broker.storage.clock);
    const batches = new Batches();
    for (const each of list) {
      if (slices.due) await slices.rest();
      batches.add(read(new JsonFields(each, 'a message'), topic, turns, nowMs));
    }
    if (topic.deleted) throw badRequest(`topic '${topic.name}' was deleted`);
    return { topic: topic.name, offsets: batches.append().map((place) => ({ ...place })) };
  };
  api.post('/api/topics/:topic/messages', 'management', produce, bodyBytesMax);
}

function read(from: JsonFields, topic: Topic, turns: RoundRobin, nowMs: number): Outgoing {
  const { partitions } = topic;
  const key = bytesOf(from, 'key');
  let partition: Partition;
  if (from.has('partition')) partition = partitionIn(topic, from.whole('partition'));
  else if (key === null) partition = partitions[turns.next(partitions.length)]!;
  else partition = partitions[partitionForKey(partitions.length, key)]!;
  const timestampMs = from.has('timestamp') ? from.whole('timestamp') : nowMs;
  return { partition, key, value: bytesOf(from, 'value'), timestampMs, headers: headersOf(from) };
}

/** A text in the encoding that `<name>_encoding` says: `string`, `base64` or `json`. What is no text is JSON. */
function bytesOf(from: JsonFields, name: string): Buffer | null {
  const value = from.get(name) ?? null;
  const encoding = from.text(`${name}_encoding`, typeof value === 'string' ? 'string' : 'json');
  if (value === null) return null;
  if (encoding === 'json') return Buffer.from(JSON.stringify(value));
  if (typeof value !== 'string') throw badRequest(`${name} is a text where its encoding is ${encoding}`);
  if (encoding === 'string') return Buffer.from(value);
  if (encoding === 'base64') return Buffer.from(value, 'base64');
  throw badRequest(`${name}_encoding is string, base64 or json`);
}

/** An object of texts, or a list with `key`, `value` and perhaps an `encoding`, as messages are shown. */
function headersOf(from: JsonFields): RecordHeader[] {
  const given = from.get('headers') ?? {};
  if (!Array.isArray(given)) return from.entries('headers').map(([key, value]) => ({ key, value: headerBytes(value) }));
  return given.map((each: JsonValue) => {
    const fields = new JsonFields(each, 'a header');
    const value = fields.get('value') ?? null;
    const isBase64 = fields.text('encoding', 'string') === 'base64' && typeof value === 'string';
    return { key: fields.text('key'), value: isBase64 ? Buffer.from(value, 'base64') : headerBytes(value) };
  });
}

function headerBytes(value: JsonValue): Buffer | null {
  if (value === null) return null;
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
}

/** Each partition's messages as one batch, in their order. */
class Batches {
  private readonly byPartition = new Map<Partition, { readonly batch: BatchBuilder; readonly places: Place[] }>();
  private readonly places: Place[] = [];

  add({ partition, key, value, timestampMs, headers }: Outgoing): void {
    let of = this.byPartition.get(partition);
    if (of === undefined) {
      of = { batch: new BatchBuilder(), places: [] };
      this.byPartition.set(partition, of);
    }
    of.batch.add(key, value, timestampMs, headers);
    const place = { partition: partition.index, offset: 0, timestamp: timestampMs };
    of.places.push(place);
    this.places.push(place);
  }

  /** In one stretch, and so in one bundle. Answers where the messages are, in the order they were added. */
  append(): readonly Place[] {
    for (const [partition, { batch, places }] of this.byPartition) {
      const bytes = batch.build();
      const outcome = partition.append(bytes, 0, bytes.length);
      if (outcome !== 'ok') throw refused(outcome, partition);
      for (const [at, place] of places.entries()) {
        place.offset = partition.appendedBase + at;
        if (partition.appendedTime >= 0) place.timestamp = partition.appendedTime;
      }
    }
    return this.places;
  }
}

const reasons: Partial<Record<ErrorCode, string>> = {
  'batch-too-large': 'the messages together are larger than max.message.bytes allows',
  'invalid-timestamp': 'a timestamp is further from now than the topic allows',
  'invalid-batch': 'the topic is compacted, and a message has no key',
};

function refused(code: ErrorCode, { topicName, index }: Partition): HttpError {
  const reason = `${topicName}-${index} does not take this: ${reasons[code] ?? code}`;
  const isUnable = code === 'not-owner' || code.startsWith('storage-') || code === 'closing';
  return isUnable ? new HttpError(503, 'service_unavailable', reason) : badRequest(reason);
}
