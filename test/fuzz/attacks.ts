import fc from 'fast-check';
import { crc32c } from '../../src/lib/crc32c.js';
import type { SeededRandom } from '../../src/lib/random.js';
import { BatchBuilder } from '../../src/log/records.js';
import { API_RANGES } from '../../src/protocols/kafka/codec/apis.js';
import { conversation, greeting } from '../amqp-bad-input/random-conversation.js';
import { CODEC } from '../kafka-codec/codec/table.js';
import { messageValue } from '../kafka-codec/values.js';
import { apis } from '../torture/apis.js';
import { requestBytes } from '../torture/wire-client.js';
import { mutated, noise } from './mutation.js';

export type Front = 'kafka' | 'amqp' | 'sqs' | 'http';
export const fronts: readonly Front[] = ['kafka', 'amqp', 'sqs', 'http'];

const noiseShare = 0.15;
const noiseBytesMax = 2000;

/** A topic whose records anybody may write, and a well-behaved consumer reads over AMQP. */
export const sharedTopic = 'fuzz-shared';

/** What one hostile peer sends on one connection. */
export function attack(front: Front, random: SeededRandom): Buffer {
  if (random.chance(noiseShare)) return noise(random, noiseBytesMax);
  const whole = said[front](random);
  if (random.chance(0.1)) return whole;
  return mutated(whole, [whole, said[front](random)], random);
}

const said: Readonly<Record<Front, (random: SeededRandom) => Buffer>> = {
  kafka: (random) => (random.chance(0.3) ? hostileRecords(random) : kafkaRequests(random)),
  amqp: (random) => Buffer.concat([...(random.chance(0.9) ? greeting : []), ...conversation(random)]),
  sqs: (random) => Buffer.from(random.chance(0.6) ? sqsJson(random) : sqsForm(random)),
  http: (random) => Buffer.from(adminRequest(random)),
};

function kafkaRequests(random: SeededRandom): Buffer {
  const requests: Buffer[] = [];
  for (let left = 1 + random.below(3); left > 0; left--) {
    const range = random.pick(API_RANGES);
    const version = range.minVersion + random.below(range.maxVersion - range.minVersion + 1);
    const name = `${range.name}Request`;
    const [value] = fc.sample(messageValue(name, version), { seed: random.below(1e9), numRuns: 1 });
    const encode = CODEC.find((entry) => entry.name === name)!.encode;
    requests.push(requestBytes({ key: range.key, encode }, version, value as never));
  }
  return Buffer.concat(requests);
}

/** A batch whose checksum is right and whose records are not: a header that claims to be the broker's own, and worse. */
function hostileRecords(random: SeededRandom): Buffer {
  const builder = new BatchBuilder();
  for (let left = 1 + random.below(4); left > 0; left--) {
    const headers = [{ key: 'naru', value: mutated(Buffer.from('0174016100', 'hex'), [Buffer.alloc(4, 255)], random) }];
    builder.add(random.bytes(random.below(8)), random.bytes(random.below(50)), Date.now(), headers);
  }
  const whole = builder.build();
  const records = random.chance(0.5) ? resealed(mutated(whole, [whole], random)) : whole;
  return requestBytes(apis.produce, 9, {
    transactionalId: null,
    acks: -1,
    timeoutMs: 1000,
    topicData: [{ name: sharedTopic, topicId: '', partitionData: [{ index: 0, records }] }],
  });
}

function resealed(batch: Buffer): Buffer {
  if (batch.length < 61) return batch;
  const whole = Buffer.from(batch);
  whole[16] = 2;
  whole.writeInt32BE(whole.length - 12, 8);
  whole.writeUInt32BE(checksum(whole), 17);
  return whole;
}

function checksum(batch: Buffer): number {
  return crc32c(batch, 21, batch.length);
}

const queueUrl = 'http://localhost/000000000000/fuzz-queue';
const sqsRequests: readonly (readonly [action: string, parameters: object])[] = [
  ['CreateQueue', { QueueName: 'fuzz-queue', Attributes: { VisibilityTimeout: '1', DelaySeconds: '0' } }],
  ['CreateQueue', { QueueName: 'fuzz.fifo', Attributes: { FifoQueue: 'true' }, tags: { a: 'b' } }],
  ['SendMessage', { QueueUrl: queueUrl, MessageBody: 'hello', DelaySeconds: 0 }],
  [
    'SendMessage',
    {
      QueueUrl: queueUrl,
      MessageBody: 'h',
      MessageAttributes: {
        a: { DataType: 'Number', StringValue: '5' },
        b: { DataType: 'Binary', BinaryValue: 'AAE=' },
      },
    },
  ],
  [
    'SendMessageBatch',
    {
      QueueUrl: queueUrl,
      Entries: [
        { Id: 'a', MessageBody: 'b' },
        { Id: 'c', MessageBody: 'd' },
      ],
    },
  ],
  ['ReceiveMessage', { QueueUrl: queueUrl, MaxNumberOfMessages: 10, AttributeNames: ['All'], WaitTimeSeconds: 0 }],
  ['DeleteMessage', { QueueUrl: queueUrl, ReceiptHandle: 'AAAA' }],
  ['ChangeMessageVisibility', { QueueUrl: queueUrl, ReceiptHandle: 'AAAA', VisibilityTimeout: 5 }],
  ['GetQueueAttributes', { QueueUrl: queueUrl, AttributeNames: ['All'] }],
  ['SetQueueAttributes', { QueueUrl: queueUrl, Attributes: { RedrivePolicy: '{"maxReceiveCount":3}' } }],
  ['ListQueues', { QueueNamePrefix: 'fuzz', MaxResults: 5 }],
  ['PurgeQueue', { QueueUrl: queueUrl }],
  ['TagQueue', { QueueUrl: queueUrl, Tags: { a: 'b' } }],
];

function http(method: string, path: string, headers: readonly string[], body: string): string {
  const length = body === '' && method === 'GET' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  return [`${method} ${path} HTTP/1.1`, 'Host: localhost', ...headers, ...length, '', body].join('\r\n');
}

/** Damage is done to the body more often than to all of it, or little of it would get past the head. */
function damagedText(text: string, random: SeededRandom): string {
  if (random.chance(0.4)) return text;
  const bytes = Buffer.from(text);
  return mutated(bytes, [bytes], random).toString('latin1');
}

function sqsJson(random: SeededRandom): string {
  const [action, parameters] = random.pick(sqsRequests);
  const body = damagedText(JSON.stringify(parameters), random);
  const headers = ['Content-Type: application/x-amz-json-1.0', `X-Amz-Target: AmazonSQS.${action}`];
  return http('POST', '/', headers, body);
}

function sqsForm(random: SeededRandom): string {
  const [action, parameters] = random.pick(sqsRequests);
  const form = new URLSearchParams({ Action: action, Version: '2012-11-05' });
  for (const [name, value] of Object.entries(parameters)) {
    if (typeof value === 'object') form.set(`${name.slice(0, -1)}.1.Name`, JSON.stringify(value));
    else form.set(name, String(value));
  }
  const body = damagedText(form.toString(), random);
  return http('POST', '/', ['Content-Type: application/x-www-form-urlencoded'], body);
}

/** Nothing that says who may come in: from then on nobody could. */
const adminRequests: readonly (readonly [method: string, path: string, body: object | null])[] = [
  ['GET', '/api/overview', null],
  ['GET', '/api/queues?page=1&page_size=10&name=fuzz&use_regex=true&sort=name', null],
  ['GET', '/api/queues/%2F/fuzz-queue', null],
  ['PUT', '/api/queues/%2F/fuzz-admin', { durable: true, arguments: { 'x-max-length': 10, 'x-queue-type': 'quorum' } }],
  ['DELETE', '/api/queues/%2F/fuzz-admin', null],
  ['PUT', '/api/exchanges/%2F/fuzz-exchange', { type: 'topic', durable: true, arguments: {} }],
  ['POST', '/api/bindings/%2F/e/fuzz-exchange/q/fuzz-admin', { routing_key: 'a.#', arguments: {} }],
  [
    'POST',
    '/api/exchanges/%2F/fuzz-exchange/publish',
    { properties: { headers: { a: 1 } }, routing_key: 'a.b', payload: 'AAE=', payload_encoding: 'base64' },
  ],
  ['POST', '/api/queues/%2F/fuzz-admin/get', { count: 5, ackmode: 'ack_requeue_true', encoding: 'auto' }],
  ['PUT', '/api/policies/%2F/fuzz-policy', { pattern: '^fuzz-admin$', definition: { 'max-length': 5 }, priority: 1 }],
  ['PUT', '/api/parameters/fuzz/%2F/name', { value: { a: [1, 2, { b: null }] } }],
  ['POST', '/api/definitions', { queues: [{ name: 'fuzz-defined', vhost: '/', durable: true, arguments: {} }] }],
  ['GET', '/api/definitions', null],
  ['GET', '/api/connections', null],
  ['GET', '/metrics', null],
  ['GET', '/healthz', null],
];

function adminRequest(random: SeededRandom): string {
  const [method, path, body] = random.pick(adminRequests);
  const text = body === null ? '' : damagedText(JSON.stringify(body), random);
  return http(method, path, ['Content-Type: application/json'], text);
}
