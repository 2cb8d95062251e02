import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { optionsFrom } from '../../src/config/values.js';
import { silentLogger } from '../../src/lib/logger.js';
import { systemRandom } from '../../src/lib/random.js';
import { BatchBuilder } from '../../src/log/records.js';
import { announce, Naru } from '../../src/naru.js';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import { WireClient } from '../kafka/harness.js';
import { createTopics, metadata, produce } from '../kafka/wire-apis.js';
import { decodeFetchResponse, encodeFetchRequest, newFetchRequest } from '../kafka-codec/codec/01-fetch.js';
import { alterClientQuotas, describeClientQuotas, SteppedClock } from './wire.js';

const fetchApi = {
  name: 'Fetch',
  newRequest: newFetchRequest,
  encode: encodeFetchRequest,
  decode: decodeFetchResponse,
} as const;

/** Each look at it takes time, as if everything were work. */
class SlowClock extends SteppedClock {
  private readonly lookMs = 20;
  private lookedMs = 0;

  override monotonic(): number {
    this.lookedMs += this.lookMs;
    return super.monotonic() + this.lookedMs;
  }
}

async function world(
  context: TestContext,
  clock: SteppedClock = new SteppedClock(),
): Promise<{ clock: SteppedClock; client: () => Promise<WireClient> }> {
  const options = optionsFrom({ memory: true, amqp: false, sqs: false, http: false, kafkaPort: 0, closeGraceMs: 100 });
  const naru = await Naru.start(options, silentLogger, clock, systemRandom);
  context.after(() => naru.close());
  const client = async (): Promise<WireClient> => {
    const made = await WireClient.connect(announce('kafka', naru.addresses.get('kafka')!));
    context.after(() => made.close());
    return made;
  };
  return { clock, client };
}

type Entity = readonly (readonly [string, string | null])[];

async function setQuota(client: WireClient, entity: Entity, key: string, value: number | null): Promise<number> {
  const answer = await client.ask(alterClientQuotas, 1, {
    entries: [
      {
        entity: entity.map(([entityType, entityName]) => ({ entityType, entityName })),
        ops: [{ key, value: value ?? 0, remove: value === null }],
      },
    ],
  });
  return answer.entries[0]!.errorCode;
}

async function send(client: WireClient, bytes: number): Promise<number> {
  const records = new BatchBuilder();
  records.add(null, Buffer.alloc(bytes), Date.now());
  const answer = await client.ask(produce, 9, {
    acks: -1,
    timeoutMs: 1000,
    topicData: [{ name: 't', topicId: '0'.repeat(32), partitionData: [{ index: 0, records: records.build() }] }],
  });
  assert.equal(answer.responses[0]!.partitionResponses[0]!.errorCode, ErrorCode.NONE);
  return answer.throttleTimeMs;
}

function fetchAll(client: WireClient) {
  return client.ask(fetchApi, 11, {
    maxWaitMs: 0,
    minBytes: 0,
    maxBytes: 1e6,
    topics: [
      {
        topic: 't',
        topicId: '0'.repeat(32),
        partitions: [
          {
            partition: 0,
            currentLeaderEpoch: -1,
            fetchOffset: 0,
            lastFetchedEpoch: -1,
            logStartOffset: -1,
            partitionMaxBytes: 1e6,
          } as never,
        ],
      },
    ],
  });
}

async function withTopic(client: WireClient): Promise<void> {
  const topic = { name: 't', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] };
  const answer = await client.ask(createTopics, 5, { topics: [topic], timeoutMs: 1000 });
  assert.equal(answer.topics[0]!.errorCode, ErrorCode.NONE);
}

/** Whether an answer is there when everything that is under way has been done. */
async function answered(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  promise.then(
    () => {
      done = true;
    },
    () => {},
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  return done;
}

test('a producer above its quota is told to wait, and is not served meanwhile', async (context) => {
  const { clock, client } = await world(context);
  const admin = await client();
  await withTopic(admin);
  assert.equal(await setQuota(admin, [['client-id', 'test']], 'producer_byte_rate', 1000), ErrorCode.NONE);
  const producer = await client();
  assert.equal(await send(producer, 5000), 0, 'within the burst');
  const throttleMs = await send(producer, 10_000);
  assert.ok(throttleMs > 4500 && throttleMs < 6500, `${throttleMs} ms for what takes 15 s at 1000 a second, less ten`);
  const next = producer.ask(metadata, 9, { topics: null });
  assert.equal(await answered(next), false, 'the connection is not read from');
  assert.equal(await answered(admin.ask(metadata, 9, { topics: null })), true, 'others are');
  clock.step(throttleMs + 100);
  await next;
});

test('a consumer above its quota is told to wait', async (context) => {
  const { clock, client } = await world(context);
  const admin = await client();
  await withTopic(admin);
  await send(admin, 8000);
  assert.equal(await setQuota(admin, [['client-id', null]], 'consumer_byte_rate', 1000), ErrorCode.NONE);
  const consumer = await client();
  assert.equal((await fetchAll(consumer)).throttleTimeMs, 0);
  const { throttleTimeMs } = await fetchAll(consumer);
  assert.ok(throttleTimeMs > 5000 && throttleTimeMs < 7000, String(throttleTimeMs));
  const next = fetchAll(consumer);
  assert.equal(await answered(next), false);
  clock.step(throttleTimeMs + 100);
  await next;
});

test('who asks for more work than its part of the time is told to wait, whatever it asks for', async (context) => {
  const { clock, client } = await world(context, new SlowClock());
  const admin = await client();
  assert.equal(await setQuota(admin, [['client-id', 'test']], 'request_percentage', 2), ErrorCode.NONE);
  const worker = await client();
  let throttleMs = 0;
  for (let round = 0; throttleMs === 0; round++) {
    // Of the 20 ms of each second ten seconds' worth may come at once, and a request takes at least one look.
    assert.ok(round < 20, 'so many requests take longer');
    ({ throttleTimeMs: throttleMs } = await worker.ask(metadata, 9, { topics: [] }));
  }
  assert.ok(throttleMs <= 1000, String(throttleMs));
  const next = worker.ask(metadata, 9, { topics: [] });
  assert.equal(await answered(next), false, 'the connection is not read from');
  clock.step(throttleMs + 100);
  await next;
  assert.equal(await setQuota(admin, [['client-id', 'test']], 'request_percentage', null), ErrorCode.NONE);
});

test('without a quota nobody is throttled', async (context) => {
  const { client } = await world(context);
  const producer = await client();
  await withTopic(producer);
  for (let round = 0; round < 20; round++) assert.equal(await send(producer, 100_000), 0);
});

test('quotas are described by any, default and exact parts, strictly or not', async (context) => {
  const { client } = await world(context);
  const admin = await client();
  await setQuota(admin, [['user', 'u']], 'producer_byte_rate', 1);
  await setQuota(
    admin,
    [
      ['user', 'u'],
      ['client-id', 'c'],
    ],
    'producer_byte_rate',
    2,
  );
  await setQuota(admin, [['user', null]], 'request_percentage', 3);
  const found = async (components: readonly (readonly [string, number, string | null])[], strict: boolean) => {
    const answer = await admin.ask(describeClientQuotas, 1, {
      components: components.map(([entityType, matchType, match]) => ({ entityType, matchType, match })),
      strict,
    });
    assert.equal(answer.errorCode, ErrorCode.NONE);
    return answer.entries!.map(({ values }) => values[0]!.value).sort();
  };
  assert.deepEqual(await found([], false), [1, 2, 3]);
  assert.deepEqual(await found([['user', 0, 'u']], false), [1, 2]);
  assert.deepEqual(await found([['user', 0, 'u']], true), [1]);
  assert.deepEqual(await found([['user', 1, null]], true), [3]);
  assert.deepEqual(await found([['user', 2, null]], true), [1, 3]);
  assert.deepEqual(await found([['client-id', 0, 'c']], false), [2]);
});

test('quotas that make no sense are refused, and nothing of their entry is kept', async (context) => {
  const { client } = await world(context);
  const admin = await client();
  for (const [entity, key, value] of [
    [[], 'producer_byte_rate', 1],
    [[['ip', '127.0.0.1']], 'producer_byte_rate', 1],
    [[['user', '']], 'producer_byte_rate', 1],
    [[['user', 'u']], 'producer_byte_rates', 1],
    [[['user', 'u']], 'producer_byte_rate', 0],
    [[['user', 'u']], 'producer_byte_rate', Number.NaN],
  ] as const) {
    assert.equal(await setQuota(admin, entity, key, value), ErrorCode.INVALID_REQUEST, JSON.stringify([entity, key]));
  }
  assert.deepEqual((await admin.ask(describeClientQuotas, 1, {})).entries, []);
});
