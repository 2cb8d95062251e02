import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { readAssignment, readSubscription } from '../../src/broker/group/consumer-protocol.js';
import { MessageCursor } from '../../src/broker/queue/message-cursor.js';
import { ByteReader, DecodeError } from '../../src/lib/byte-reader.js';
import { crc32c } from '../../src/lib/crc32c.js';
import { PieceWriter } from '../../src/lib/piece-writer.js';
import { batchBytes, checkBatch, putInt32 } from '../../src/log/batch.js';
import { CompressionError, compress, decompress, ready } from '../../src/log/compression.js';
import { BatchBuilder, RecordCursor } from '../../src/log/records.js';
import { API_RANGES } from '../../src/protocols/kafka/codec/apis.js';
import { FrameReader, readRequestHeader, requestHeaderVersion } from '../../src/protocols/kafka/frame.js';
import { CODEC, type CodecEntry } from '../kafka-codec/codec/table.js';
import { messageValue } from '../kafka-codec/values.js';
import type { Target } from './target.js';

const inflatedMax = 1 << 20;
const drawnPerVersion = 4;
const codecs = [1, 2, 3, 4];
const codecNames = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

function encoded(entry: CodecEntry, version: number, value: unknown): Buffer {
  const writer = new PieceWriter();
  entry.encode(writer, version, value as never);
  const pieces: Buffer[] = [];
  writer.takeInto(pieces);
  return Buffer.concat(pieces);
}

/** Whatever a client sends, and what it has the broker keep, in every version. */
function messages(): Target[] {
  const targets: Target[] = [];
  for (const entry of CODEC) {
    if (entry.name.endsWith('Response')) continue;
    for (let version = entry.min; version <= entry.max; version++) {
      const values = fc.sample(messageValue(entry.name, version), { numRuns: drawnPerVersion, seed: version + 1 });
      targets.push({
        name: `${entry.name} ${version}`,
        seeds: values.map((value) => encoded(entry, version, value)),
        read: (bytes) => entry.decode(new ByteReader(bytes), version),
        refuses: [DecodeError],
      });
    }
  }
  return targets;
}

const capturesPath = fileURLToPath(new URL('../../../test/fixtures/wire/kafka/kafkajs-requests.txt', import.meta.url));

/** Requests as kafkajs wrote them, without their lengths. */
export function capturedRequests(): Buffer[] {
  return readFileSync(capturesPath, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => Buffer.from(line.split(' ')[2]!, 'hex'));
}

function withLength(request: Buffer): Buffer {
  const frame = Buffer.alloc(request.length + 4);
  frame.writeInt32BE(request.length, 0);
  request.copy(frame, 4);
  return frame;
}

/** As a session reads them: framed, then by what the header says. */
const stream: Target = {
  name: 'Kafka frames with captured requests',
  seeds: capturedRequests().map(withLength),
  read: (bytes) => {
    const reader = new FrameReader({ frame: (frame: Buffer) => readRequest(frame) } as never, 1 << 20);
    const middle = bytes.length >> 1;
    reader.feed(bytes, 0, middle);
    reader.feed(bytes, middle, bytes.length);
  },
  refuses: [DecodeError],
};

function readRequest(frame: Buffer): void {
  const reader = new ByteReader(frame);
  const { requestApiKey, requestApiVersion } = readRequestHeader(reader);
  const range = API_RANGES.find(({ key }) => key === requestApiKey);
  if (range === undefined || requestApiVersion < range.minVersion || requestApiVersion > range.maxVersion) return;
  requestHeaderVersion(requestApiKey, requestApiVersion);
  CODEC.find(({ name }) => name === `${range.name}Request`)!.decode(reader, requestApiVersion);
}

const text = Buffer.from('a value that is said again and again and again, '.repeat(20));

function batch(codec: number): Buffer {
  const builder = new BatchBuilder();
  for (let index = 0; index < 5; index++) {
    const headers = [
      { key: 'naru', value: Buffer.from('0174016100', 'hex') },
      { key: 'expires', value: Buffer.alloc(8) },
    ];
    builder.add(index % 2 === 0 ? null : Buffer.from(`key ${index}`), text, 1_700_000_000_000 + index, headers);
  }
  return builder.build(codec);
}

/** A checksum is no obstacle to whoever means harm: what is damaged gets one that fits, and a length. */
function sealedAgain(bytes: Buffer): Buffer {
  if (bytes.length < 61) return bytes;
  const copy = Buffer.from(bytes);
  copy[16] = 2;
  if (batchBytes(copy, 0) !== copy.length) putInt32(copy, 8, copy.length - 12);
  copy.writeUInt32BE(crc32c(copy, 21, copy.length), 17);
  return copy;
}

function walk(bytes: Buffer): Buffer | null {
  const whole = sealedAgain(bytes);
  if (checkBatch(whole, 0, whole.length) !== 'ok') return null;
  const records = new RecordCursor(whole, 0, inflatedMax);
  while (records.next()) {
    records.key();
    records.value();
    records.headers();
  }
  return whole;
}

/** A record that another front sees as a message, whatever its headers claim to be. */
function walkMessages(bytes: Buffer): void {
  const whole = walk(bytes);
  if (whole === null || (whole[22]! & 7) !== 0) return;
  const cursor = new MessageCursor(null);
  cursor.open(whole, 0);
  while (cursor.next()) {
    void [cursor.key, cursor.exchange, cursor.expiresMs, cursor.priority, cursor.copies, cursor.deaths];
    cursor.bytes.subarray(cursor.contentAt, cursor.contentAt + cursor.contentLength);
  }
}

export async function kafkaTargets(): Promise<Target[]> {
  for (const codec of codecs) await ready(codec);
  const refuses = [DecodeError, CompressionError];
  return [
    ...messages(),
    stream,
    { name: 'record batches', seeds: [0, ...codecs].map(batch), read: walk, refuses },
    { name: 'records as messages', seeds: [batch(0)], read: walkMessages, refuses },
    ...codecs.map(
      (codec): Target => ({
        name: `compression ${codecNames[codec]}`,
        seeds: [compress(codec, text), compress(codec, Buffer.alloc(100_000)), compress(codec, Buffer.alloc(0))],
        read: (bytes) => {
          const { length } = decompress(codec, bytes, inflatedMax);
          if (length > inflatedMax) throw new RangeError(`${length} bytes`);
        },
        refuses: [CompressionError],
      }),
    ),
    {
      name: 'subscriptions and assignments of group members',
      seeds: CODEC.filter(({ name }) => name.startsWith('ConsumerProtocol')).flatMap((entry) =>
        fc
          .sample(messageValue(entry.name, entry.max), { numRuns: 5, seed: 3 })
          .map((value) => Buffer.concat([Buffer.from([0, entry.max]), encoded(entry, entry.max, value)])),
      ),
      read: (bytes) => [readSubscription(bytes), readAssignment(bytes)],
      refuses: [],
    },
  ];
}
