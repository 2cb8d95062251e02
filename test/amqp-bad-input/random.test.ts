import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { queryObjects } from 'node:v8';
import { SeededRandom } from '../../src/lib/random.js';
import { AmqpChannel } from '../../src/protocols/amqp/channel/channel.js';
import { AmqpConsumer } from '../../src/protocols/amqp/channel/consumer.js';
import { Transaction } from '../../src/protocols/amqp/channel/transaction.js';
import { AmqpSession } from '../../src/protocols/amqp/session.js';
import { Connection } from '../../src/protocols/connection.js';
import { ContentReader, FrameParser, FrameType, methodFrame, type Received } from '../amqp/wire-frames.js';
import { AttackedBroker } from './attacked-broker.js';
import { conversation, damages, greeting } from './random-conversation.js';

const limit = { timeout: 120_000 };

/** Of each kind of damage; a second for a thousand. */
const seeds = 250;
const atOnce = 25;
const stuckAfterMs = 10_000;

const nothing = Buffer.alloc(0);
const close = methodFrame(0, 'connection.close', { replyCode: 200 });

/** All that a broker may say of what it was sent. What it says of itself, 541, is not among it. */
const refusals = new Set([311, 312, 313, 402, 403, 404, 405, 406, 501, 502, 503, 504, 505, 506, 530, 540]);

/** A few turns of the loop that both sides share: time to answer. */
async function turns(count: number): Promise<void> {
  for (let left = count; left > 0; left--) await new Promise((resolve) => setImmediate(resolve));
}

/**
 * Sends the bytes in pieces, so that some is answered before the next comes, then says goodbye and leaves. Answers all
 * that came until the broker had closed its side too.
 */
function answerTo(port: number, bytes: Buffer, random: SeededRandom, goodbye: Buffer = nothing): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    const chunks: Buffer[] = [];
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error('the broker does not let go of the connection'));
    }, stuckAfterMs);
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks));
    });
    socket.on('connect', async () => {
      let at = 0;
      for (let piece = random.pick([1, 2, 5]); piece > 0; piece--) {
        const end = piece === 1 ? bytes.length : at + random.below(bytes.length - at);
        socket.write(bytes.subarray(at, end));
        at = end;
        await turns(random.pick([0, 5, 30]));
      }
      socket.end(goodbye);
    });
  });
}

/** Sees that everything the broker sent is well-formed, and that it takes the blame for nothing. */
function check(answer: Buffer): Received[] {
  const parser = new FrameParser();
  const readers = new Map<number, ContentReader>();
  const received: Received[] = [];
  for (const each of parser.push(answer)) {
    if (each.type === FrameType.heartbeat) continue;
    let reader = readers.get(each.channel);
    if (reader === undefined) {
      reader = new ContentReader();
      readers.set(each.channel, reader);
    }
    const came = reader.take(each);
    if (came === null) continue;
    received.push(came);
    if (came.name !== 'connection.close' && came.name !== 'channel.close') continue;
    const { replyCode, replyText } = (came as Received<'channel.close'>).values;
    assert.ok(refusals.has(replyCode), `${came.name}: ${replyCode} ${replyText}`);
  }
  return received;
}

/** Runs many seeds, several at once; the first that fails is named. */
async function everySeed(count: number, act: (seed: number) => Promise<void>): Promise<void> {
  let next = 0;
  const runner = async (): Promise<void> => {
    while (next < count) {
      const seed = next++;
      try {
        await act(seed);
      } catch (error) {
        throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, runner));
}

async function attack(
  context: TestContext,
  bytesOf: (random: SeededRandom) => Buffer,
  count: number = seeds,
): Promise<readonly string[]> {
  const broker = await AttackedBroker.start(context);
  const heard: string[] = [];
  await everySeed(count, async (seed) => {
    const random = new SeededRandom(seed);
    const answer = await answerTo(broker.port, bytesOf(random), random, close);
    for (const { name } of check(answer)) heard.push(name);
  });
  await broker.nobodyIsLeft();
  await broker.othersAreUnharmed();
  return heard;
}

for (const [what, damage] of Object.entries(damages)) {
  test(`conversations with ${what} end, and harm nobody`, limit, async (context) => {
    const heard = await attack(context, (random) => {
      const frames = conversation(random);
      damage(random, frames);
      return Buffer.concat([...greeting, ...frames]);
    });
    // Otherwise nothing that was meant to be tested was reached.
    assert.ok(heard.filter((name) => name === 'channel.open-ok').length >= seeds / 2);
    for (const name of ['queue.declare-ok', 'basic.deliver', 'basic.ack', 'basic.get-ok', 'tx.commit-ok']) {
      assert.ok(heard.includes(name), name);
    }
  });
}

test('greetings with a byte changed, or cut, end and harm nobody', limit, async (context) => {
  await attack(context, (random) => {
    const bytes = Buffer.concat(greeting);
    if (random.chance(0.5)) bytes[random.below(bytes.length)] = random.below(256);
    return random.chance(0.5) ? bytes : bytes.subarray(0, random.below(bytes.length));
  });
});

test('bytes of chance are answered with the protocol header, if at all', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  await everySeed(seeds, async (seed) => {
    const random = new SeededRandom(seed);
    const answer = await answerTo(broker.port, random.bytes(1 + random.below(200)), random);
    assert.ok(answer.length === 0 || answer.toString('latin1') === 'AMQP\x00\x00\x09\x01', answer.toString('hex'));
  });
  await broker.nobodyIsLeft();
  await broker.othersAreUnharmed();
});

test('well-formed frames of chance behind a greeting end, and harm nobody', limit, async (context) => {
  await attack(context, (random) => {
    const frames: Buffer[] = [...greeting];
    for (let count = 1 + random.below(8); count > 0; count--) {
      damages['a frame of chance put in']!(random, frames);
      // Behind the greeting, not within it.
      const put = frames.findIndex((each) => !greeting.includes(each));
      if (put >= 0 && put < greeting.length) frames.push(...frames.splice(put, 1));
    }
    return Buffer.concat(frames);
  });
});

/** How many objects of a class somebody still holds. */
function held(kind: new (...parameters: never[]) => object): number {
  return queryObjects(kind, { format: 'count' });
}

test('of who came a broker keeps nothing', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  const kinds = [AmqpSession, AmqpChannel, AmqpConsumer, Transaction, Connection];
  const counts = (): number[] => kinds.map(held);
  const before = counts();
  await everySeed(500, async (seed) => {
    const random = new SeededRandom(10_000 + seed);
    const exclusive = methodFrame(1, 'queue.declare', { queue: 'mine', exclusive: true });
    const frames = [exclusive, ...conversation(random)];
    damages[random.pick(Object.keys(damages))]!(random, frames);
    await answerTo(broker.port, Buffer.concat([...greeting, ...frames]), random);
  });
  await broker.nobodyIsLeft();
  await broker.othersAreUnharmed();
  assert.deepEqual(counts(), before);
  const channel = await broker.channel();
  // Exclusive queues went with their connections, whatever ended those.
  await channel.refuses('queue.declare', { queue: 'mine', passive: true }, 404);
  channel.client.cut();
});
