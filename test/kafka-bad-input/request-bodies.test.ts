import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SeededRandom } from '../../src/lib/random.js';
import { API_RANGES, type ApiRange } from '../../src/protocols/kafka/codec/apis.js';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import { CODEC } from '../kafka-codec/codec/table.js';
import { messageValue } from '../kafka-codec/values.js';
import { apis } from '../torture/apis.js';
import { requestBytes, WireClient } from '../torture/wire-client.js';
import { AttackedBroker, type Outcome } from './attacked-broker.js';

const limit = { timeout: 120_000 };
const lengthBytes = 4;
/** Key, version, correlation id and the client id `wire`. */
const headerBytes = 14;
const refusedUnanswered = /sent with acks=0 was refused/;

/** A request drawn from the declared schema, as bytes. */
function drawn(range: ApiRange, version: number, seed: number): Buffer {
  const name = `${range.name}Request`;
  const [value] = fc.sample(messageValue(name, version), { seed, numRuns: 1 });
  const encode = CODEC.find((entry) => entry.name === name)!.encode;
  return requestBytes({ key: range.key, encode }, version, value as never);
}

function versionsOf({ minVersion, maxVersion, flexibleFrom }: ApiRange): number[] {
  return [...new Set([minVersion, Math.min(Math.max(flexibleFrom, minVersion), maxVersion), maxVersion])];
}

/** The first `length` bytes of a request's content, as a frame of its own. */
function cut(request: Buffer, length: number): Buffer {
  const frame = Buffer.from(request.subarray(0, lengthBytes + length));
  frame.writeInt32BE(length, 0);
  return frame;
}

/** One line for who was cut off without an answer, none for anybody else, and none that says that we failed. */
function assertLines({ cutOff, answer, lines }: Outcome): void {
  assert.equal(lines.length, cutOff && answer.length === 0 ? 1 : 0, JSON.stringify(lines));
  const others = lines.filter(
    ({ fields, message }) =>
      message !== 'connection cut: what it sent does not follow the protocol' &&
      !(fields['err'] instanceof Error && refusedUnanswered.test(fields['err'].message)),
  );
  assert.deepEqual(others, []);
}

test('a request of any API that ends too early, wherever it does, is cut off with one line', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  let sent = 0;
  for (const range of API_RANGES) {
    for (const version of versionsOf(range)) {
      let request = drawn(range, version, 1);
      // The largest of a few draws that is not a long one: all its fields are there.
      for (let seed = 2; seed < 30; seed++) {
        const other = drawn(range, version, seed);
        if (other.length > request.length && other.length < 300) request = other;
      }
      const content = request.length - lengthBytes;
      for (let from = headerBytes; from < content; from += 64) {
        const lengths = Array.from({ length: Math.min(64, content - from) }, (_, index) => from + index);
        const outcomes = await Promise.all(lengths.map((length) => broker.send(cut(request, length), 2000)));
        for (const [index, outcome] of outcomes.entries()) {
          assert.ok(
            outcome.cutOff && outcome.answer.length === 0,
            `${range.name} ${version}, ${lengths[index]} of ${content} bytes`,
          );
          assertLines(outcome);
        }
        sent += lengths.length;
      }
    }
    await broker.othersAreUnharmed();
  }
  assert.ok(sent > 3000, `${sent} requests`);
});

test('a count that nothing follows takes no memory', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  const before = process.memoryUsage();
  for (const range of API_RANGES) {
    for (const version of versionsOf(range)) {
      const request = drawn(range, version, 3);
      const attacks: Buffer[] = [];
      for (let at = lengthBytes + headerBytes; at < Math.min(request.length, 120); at++) {
        if (at + 4 <= request.length) {
          const plain = Buffer.from(request);
          plain.writeInt32BE(0x7fffffff, at);
          attacks.push(plain);
        }
        // As a variable-length number: 4,294,967,294 elements.
        const compact = Buffer.concat([
          request.subarray(0, at),
          Buffer.from('ffffffff0f', 'hex'),
          request.subarray(at + 1),
        ]);
        compact.writeInt32BE(compact.length - lengthBytes, 0);
        attacks.push(compact);
      }
      for (const outcome of await Promise.all(attacks.map((attack) => broker.send(attack, 10)))) assertLines(outcome);
    }
  }
  await broker.othersAreUnharmed();
  const { heapUsed, external } = process.memoryUsage();
  const grownMb = (heapUsed + external - before.heapUsed - before.external) / 1e6;
  assert.ok(grownMb < 200, `memory grew by ${grownMb.toFixed(0)} MB`);
});

test('thousands of requests with some bytes changed harm nobody but who sent them', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  const before = process.memoryUsage();
  const random = new SeededRandom(2026);
  const counts = { cutOff: 0, answered: 0 };
  for (let round = 0; round < 60; round++) {
    const attacks = Array.from({ length: 100 }, () => {
      const range = random.pick(API_RANGES);
      const version = range.minVersion + random.below(range.maxVersion - range.minVersion + 1);
      return broker.send(mutated(drawn(range, version, random.below(1e9)), random), 10);
    });
    for (const outcome of await Promise.all(attacks)) {
      assertLines(outcome);
      if (outcome.cutOff) counts.cutOff++;
      if (outcome.answer.length > 0) counts.answered++;
    }
    await broker.othersAreUnharmed();
  }
  assert.ok(counts.cutOff > 500 && counts.answered > 500, JSON.stringify(counts));
  assert.deepEqual(broker.log.take(), []);
  const { heapUsed, external } = process.memoryUsage();
  const grownMb = (heapUsed + external - before.heapUsed - before.external) / 1e6;
  assert.ok(grownMb < 300, `memory grew by ${grownMb.toFixed(0)} MB`);
});

/** One to four bytes behind the header are flipped, replaced, put in or taken out; the length is made to fit. */
function mutated(request: Buffer, random: SeededRandom): Buffer {
  const content = [...request.subarray(lengthBytes)];
  for (let left = 1 + random.below(4); left > 0; left--) {
    const at = headerBytes + random.below(Math.max(1, content.length - headerBytes));
    switch (random.below(5)) {
      case 0:
        if (at < content.length) content[at] = content[at]! ^ (1 << random.below(8));
        break;
      case 1:
        if (at < content.length) content[at] = random.pick([0x00, 0x7f, 0x80, 0xff]);
        break;
      case 2:
        content.splice(at, 0, random.below(256));
        break;
      case 3:
        content.splice(at, 1 + random.below(4));
        break;
      default:
        content.splice(at, 4, 0x7f, 0xff, 0xff, 0xff);
    }
  }
  const frame = Buffer.alloc(lengthBytes + content.length);
  frame.writeInt32BE(content.length, 0);
  frame.set(content, lengthBytes);
  return frame;
}

test('a topic id that nobody has is answered in every version that takes one', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  const client = await WireClient.connect(broker.port);
  context.after(() => client.close());
  for (let version = 10; version <= 13; version++) {
    const answer = await client.call(apis.metadata, version, {
      topics: [{ topicId: '00000000000000000000000000000007', name: null }],
      allowAutoTopicCreation: true,
      includeClusterAuthorizedOperations: false,
      includeTopicAuthorizedOperations: false,
    });
    assert.equal(answer.topics[0]!.errorCode, ErrorCode.UNKNOWN_TOPIC_ID);
    assert.equal(answer.topics[0]!.name, version < 12 ? '' : null);
  }
});
