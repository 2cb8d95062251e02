import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import { newFetchRequest, newFetchRequestPartition } from '../kafka-codec/codec/01-fetch.js';
import { apis } from '../torture/apis.js';
import { BrokerHome } from '../torture/broker-home.js';
import type { BrokerProcess } from '../torture/broker-process.js';
import { requestBytes, WireClient } from '../torture/wire-client.js';
import { batchOf, connected, fetchAt, makeTopic, produce } from './attacked-broker.js';

/** Memory is that of a process of its own, which Linux tells. */
const limit = { timeout: 60_000, skip: existsSync('/proc/self/status') ? false : 'needs /proc' };

class Watched {
  readonly broker: BrokerProcess;
  readonly client: WireClient;
  private readonly residentMbBefore: number;

  private constructor(broker: BrokerProcess, client: WireClient) {
    this.broker = broker;
    this.client = client;
    this.residentMbBefore = this.residentMb();
  }

  static async start(context: TestContext, options: readonly string[] = []): Promise<Watched> {
    const broker = await (await BrokerHome.make(context)).start(options);
    const client = await WireClient.connect(broker.kafkaPort);
    context.after(() => client.close());
    await makeTopic(client, 'target');
    const watched = new Watched(broker, client);
    // Without a limit the machine would be out of memory before the check has its turn.
    const watch = setInterval(() => {
      if (watched.residentMb() > 2000) broker.child.kill('SIGKILL');
    }, 20);
    context.after(() => clearInterval(watch));
    return watched;
  }

  residentMb(): number {
    if (!this.broker.alive) return 0;
    const status = readFileSync(`/proc/${this.broker.child.pid}/status`, 'utf8');
    // A process that was just killed has none.
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
  }

  /** Looks for a while, so that what grows slowly is seen; other clients are served meanwhile. */
  async staysBelow(growthMb: number, whileMs: number): Promise<void> {
    const endMs = performance.now() + whileMs;
    while (performance.now() < endMs) {
      const grownMb = this.residentMb() - this.residentMbBefore;
      assert.ok(grownMb < growthMb, `memory grew by ${grownMb.toFixed(0)} MB`);
      const { errorCode, baseOffset } = await produce(this.client, 'target', batchOf('still here'));
      assert.equal(errorCode, ErrorCode.NONE);
      assert.ok((await fetchAt(this.client, 'target', baseOffset)).bytes.includes('still here'));
      await sleep(10);
    }
    assert.deepEqual(this.broker.complaints, []);
  }
}

test(
  'a thousand peers that announce 100 MB each and send little of it cost next to nothing',
  limit,
  async (context) => {
    const watched = await Watched.start(context);
    const announced = Buffer.alloc(2000);
    announced.writeInt32BE(100 * 1024 * 1024, 0);
    for (let count = 0; count < 1000; count++) {
      const socket = await connected(watched.broker.kafkaPort);
      context.after(() => socket.destroy());
      socket.on('error', () => {});
      socket.write(announced);
    }
    // Of 100 GB that were announced: what a thousand connections take (60 MB at times), and the heap that grows with them.
    await watched.staysBelow(120, 500);
  },
);

test('peers that send large requests a byte at a time hold what they sent, no more', limit, async (context) => {
  const watched = await Watched.start(context);
  const announced = Buffer.alloc(100_000);
  announced.writeInt32BE(50 * 1024 * 1024, 0);
  for (let count = 0; count < 100; count++) {
    const socket = await connected(watched.broker.kafkaPort);
    const drip = setInterval(() => socket.write('x'), 5);
    context.after(() => {
      clearInterval(drip);
      socket.destroy();
    });
    socket.on('error', () => {});
    socket.write(announced);
  }
  // 100 times 100 KB, in pieces of memory of at most twice that.
  await watched.staysBelow(80, 500);
});

for (const [where, options] of [
  ['memory', []],
  ['segments', ['--checkpoint-every-ms', '100ms', '--tail-bytes-max', '1MiB']],
] as const) {
  test(`a peer that asks on and on and never reads its answers waits (from ${where})`, limit, async (context) => {
    const watched = await Watched.start(context, options);
    for (let count = 0; count < 16; count++) {
      const { errorCode } = await produce(watched.client, 'target', batchOf('x'.repeat(1_000_000)));
      assert.equal(errorCode, ErrorCode.NONE);
    }
    await sleep(300);
    const request = newFetchRequest();
    const partition = newFetchRequestPartition();
    partition.partitionMaxBytes = 50_000_000;
    request.maxBytes = 50_000_000;
    request.topics.push({ topic: 'target', topicId: '', partitions: [partition] });
    const one = requestBytes(apis.fetch, 11, request);
    const many = Buffer.concat(Array.from({ length: 2000 }, () => one));
    for (let count = 0; count < 4; count++) {
      const socket = await connected(watched.broker.kafkaPort);
      context.after(() => socket.destroy());
      socket.on('error', () => {});
      socket.pause();
      socket.write(many);
    }
    await watched.staysBelow(300, 1500);
  });
}
