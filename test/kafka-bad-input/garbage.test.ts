import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteReader } from '../../src/lib/byte-reader.js';
import { SeededRandom } from '../../src/lib/random.js';
import { API_RANGES, ApiKey } from '../../src/protocols/kafka/codec/apis.js';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import { decodeApiVersionsResponse } from '../kafka-codec/codec/18-api-versions.js';
import { AttackedBroker } from './attacked-broker.js';

const limit = { timeout: 60_000 };

function framed(body: Buffer): Buffer {
  const frame = Buffer.alloc(4 + body.length);
  frame.writeInt32BE(body.length, 0);
  body.copy(frame, 4);
  return frame;
}

/** The header of a request without a client id, and nothing behind it. */
function header(apiKey: number, apiVersion: number): Buffer {
  const bytes = Buffer.alloc(10);
  bytes.writeInt16BE(apiKey, 0);
  bytes.writeInt16BE(apiVersion, 2);
  bytes.writeInt32BE(7, 4);
  bytes.writeInt16BE(-1, 8);
  return bytes;
}

function lengthOnly(length: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(length, 0);
  return bytes;
}

test('what other protocols begin with is cut off', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  const http = await broker.cutsOff(Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'));
  assert.equal(http.level, 'warn');
  assert.equal(http.fields['front'], 'kafka');
  assert.match(String(http.fields['reason']), /1195725856 bytes/);
  const clientHello = Buffer.concat([Buffer.from('16030100f5010000f10303', 'hex'), new SeededRandom(1).bytes(240)]);
  await broker.cutsOff(clientHello);
  await broker.cutsOff(Buffer.from('AMQP\x00\x00\x09\x01', 'latin1'));
  await broker.cutsOff(Buffer.from('SSH-2.0-OpenSSH_9.6\r\n'));
  await broker.cutsOff(Buffer.from('*1\r\n$4\r\nPING\r\n'));
});

test(
  'a length of 2 GB, of one byte too many and below zero is cut off before anything follows',
  limit,
  async (context) => {
    const broker = await AttackedBroker.start(context, { kafkaRequestBytesMax: 1 << 20 });
    for (const length of [2 ** 31 - 1, (1 << 20) + 1, -1, -(2 ** 31)]) {
      const line = await broker.cutsOff(lengthOnly(length));
      assert.match(String(line.fields['reason']), new RegExp(`request of ${length} bytes`));
    }
  },
);

test('a frame too short for a header is cut off', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  const whole = header(ApiKey.Metadata, 1);
  for (let length = 0; length < whole.length; length++) await broker.cutsOff(framed(whole.subarray(0, length)));
});

test('an API that does not exist, or is not served, is cut off and named', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  for (const key of [-1, 4, 5, 6, 7, 999, 32767, -32768]) {
    const line = await broker.cutsOff(framed(header(key, 0)));
    assert.match(String(line.fields['reason']), new RegExp(`API ${key}\\b`));
  }
});

test('a version that an API does not have is cut off', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  for (const { key, minVersion, maxVersion } of API_RANGES) {
    if (key === ApiKey.ApiVersions) continue;
    for (const version of [minVersion - 1, maxVersion + 1, 32767, -32768]) {
      await broker.cutsOff(framed(Buffer.concat([header(key, version), Buffer.alloc(64)])));
    }
  }
});

test('ApiVersions of an unknown version is answered in version 0 with what there is', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  for (const version of [5, 99, 32767, -1]) {
    const { cutOff, answer } = await broker.send(
      framed(Buffer.concat([header(ApiKey.ApiVersions, version), Buffer.alloc(9)])),
    );
    assert.equal(cutOff, false);
    assert.equal(answer.readInt32BE(4), 7);
    const response = decodeApiVersionsResponse(new ByteReader(answer, 8), 0);
    assert.equal(response.errorCode, ErrorCode.UNSUPPORTED_VERSION);
    assert.ok(response.apiKeys.some(({ apiKey, maxVersion }) => apiKey === ApiKey.ApiVersions && maxVersion >= 3));
  }
  assert.deepEqual(broker.log.take(), []);
  await broker.othersAreUnharmed();
});

test('random bytes end their own connection, with a line each, and nothing else', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  const random = new SeededRandom(42);
  for (let round = 0; round < 20; round++) {
    const attacks = Array.from({ length: 50 }, () => {
      const body = random.bytes(random.below(400));
      // Half of them framed as a request, so that they get past the length.
      return broker.send(random.chance(0.5) ? framed(body) : body, 10);
    });
    const outcomes = await Promise.all(attacks);
    for (const { cutOff, lines } of outcomes) assert.equal(lines.length, cutOff ? 1 : 0, JSON.stringify(lines));
    const cut = outcomes.filter(({ cutOff }) => cutOff).length;
    assert.ok(cut > 25, `${cut} of 50 were cut off`);
    await broker.othersAreUnharmed();
  }
  assert.deepEqual(broker.log.take(), []);
});
