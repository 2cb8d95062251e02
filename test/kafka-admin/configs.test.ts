import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { topicKeys } from '../../src/broker/topic-config.js';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import { Served, versionsOf, type WireClient } from '../kafka/harness.js';
import { createTopics, describeConfigs } from '../kafka/wire-apis.js';
import { newCreatableTopic } from '../kafka-codec/codec/19-create-topics.js';
import { alterConfigs, describeLogDirs, incrementalAlterConfigs, listConfigResources } from './admin-apis.js';

const resourceType = { topic: 2, broker: 4, group: 32 } as const;
const set = 0;
const remove = 1;
const append = 2;
const subtract = 3;

let served: Served;
let client: WireClient;

before(async () => {
  served = await Served.start({ autoCreateTopics: false });
  client = await served.client();
});

after(() => served.close());

async function made(name: string, configs: Record<string, string> = {}): Promise<string> {
  const { topics } = await client.ask(createTopics, 7, {
    topics: [
      {
        ...newCreatableTopic(),
        name,
        numPartitions: 1,
        replicationFactor: 1,
        configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
      },
    ],
  });
  assert.equal(topics[0]!.errorCode, ErrorCode.NONE, topics[0]!.errorMessage ?? '');
  return name;
}

/** What the topic sets itself. */
async function setBy(name: string): Promise<Record<string, string | null>> {
  const { results } = await client.ask(describeConfigs, 4, {
    resources: [{ resourceType: resourceType.topic, resourceName: name, configurationKeys: null }],
  });
  const own = results[0]!.configs.filter(({ configSource }) => configSource === 1);
  return Object.fromEntries(own.map((config) => [config.name, config.value]));
}

type Change = readonly [name: string, operation: number, value: string | null];

function resourceOf(type: number, name: string, ...changes: readonly Change[]) {
  const configs = changes.map(([key, configOperation, value]) => ({ name: key, configOperation, value }));
  return { resourceType: type, resourceName: name, configs };
}

async function change(name: string, ...changes: readonly Change[]): Promise<number> {
  const resources = [resourceOf(resourceType.topic, name, ...changes)];
  const { responses } = await client.ask(incrementalAlterConfigs, 1, { resources });
  return responses[0]!.errorCode;
}

for (const version of versionsOf(alterConfigs)) {
  test(`AlterConfigs v${version} sets what is named and puts back everything else`, async () => {
    const name = await made(`replaced-${version}`, { 'retention.ms': '1000', 'cleanup.policy': 'compact' });
    const resources = [
      {
        resourceType: resourceType.topic,
        resourceName: name,
        configs: [
          { name: 'retention.ms', value: '2000' },
          { name: 'segment.bytes', value: '2000000' },
        ],
      },
    ];
    const tried = await client.ask(alterConfigs, version, { resources, validateOnly: true });
    assert.equal(tried.responses[0]!.errorCode, ErrorCode.NONE);
    assert.deepEqual(await setBy(name), { 'retention.ms': '1000', 'cleanup.policy': 'compact' });
    const { responses } = await client.ask(alterConfigs, version, { resources });
    assert.deepEqual(responses, [
      { errorCode: ErrorCode.NONE, errorMessage: null, resourceType: resourceType.topic, resourceName: name },
    ]);
    assert.deepEqual(await setBy(name), { 'retention.ms': '2000', 'segment.bytes': '2000000' });
  });
}

test('AlterConfigs refuses null values', async () => {
  const name = await made('no-nulls');
  const resources = [
    { resourceType: resourceType.topic, resourceName: name, configs: [{ name: 'retention.ms', value: null }] },
  ];
  const { responses } = await client.ask(alterConfigs, 2, { resources });
  assert.equal(responses[0]!.errorCode, ErrorCode.INVALID_REQUEST);
});

for (const version of versionsOf(incrementalAlterConfigs)) {
  test(`IncrementalAlterConfigs v${version} sets, deletes, appends to and subtracts from single keys`, async () => {
    const name = await made(`changed-${version}`, { 'retention.ms': '1000', 'flush.ms': '5' });
    const ask = async (validateOnly: boolean, ...changes: readonly Change[]) => {
      const resources = [resourceOf(resourceType.topic, name, ...changes)];
      const { responses } = await client.ask(incrementalAlterConfigs, version, { resources, validateOnly });
      assert.deepEqual(responses, [
        { errorCode: ErrorCode.NONE, errorMessage: null, resourceType: resourceType.topic, resourceName: name },
      ]);
    };
    await ask(true, ['retention.ms', set, '7']);
    assert.deepEqual(await setBy(name), { 'retention.ms': '1000', 'flush.ms': '5' });
    await ask(false, ['retention.ms', set, '2000'], ['flush.ms', remove, null], ['cleanup.policy', append, 'compact']);
    assert.deepEqual(await setBy(name), { 'retention.ms': '2000', 'cleanup.policy': 'delete,compact' });
    await ask(false, ['cleanup.policy', append, 'compact,delete']);
    assert.equal((await setBy(name))['cleanup.policy'], 'delete,compact', 'what is there is not put in again');
    await ask(false, ['cleanup.policy', subtract, 'delete']);
    assert.equal((await setBy(name))['cleanup.policy'], 'compact');
    await ask(false, ['cleanup.policy', subtract, 'delete']);
    assert.equal((await setBy(name))['cleanup.policy'], 'compact');
  });
}

test('a changed configuration holds for what comes after it', async () => {
  const name = await made('smaller');
  await client.produce(name, 0, [{ value: 'x'.repeat(500) }]);
  assert.equal(await change(name, ['max.message.bytes', set, '100']), ErrorCode.NONE);
  await assert.rejects(client.produce(name, 0, [{ value: 'x'.repeat(500) }]), /10 !== 0/);
});

test('a topic with a codec of its own keeps records in that codec, and from a change on in another one', async () => {
  const name = await made('compressing', { 'compression.type': 'gzip', 'max.message.bytes': '2000' });
  const sizeBytes = async () => {
    const { results } = await client.ask(describeLogDirs, 4, { topics: [{ topic: name, partitions: [0] }] });
    return results[0]!.topics[0]!.partitions[0]!.partitionSize;
  };
  const record = { value: 'x'.repeat(1500) };
  await client.produce(name, 0, [record]);
  const small = await sizeBytes();
  assert.ok(small < 200, `${small} bytes`);
  await change(name, ['compression.type', remove, null]);
  await client.produce(name, 0, [record]);
  assert.ok((await sizeBytes()) - small > 1500);
});

test('IncrementalAlterConfigs refuses what Kafka refuses, and changes nothing then', async () => {
  const name = await made('steady', { 'retention.ms': '1000' });
  const cases: readonly (readonly [number, ...(readonly Change[])])[] = [
    [ErrorCode.INVALID_CONFIG, ['retention.ms', set, '2000'], ['colour', set, 'red']],
    [ErrorCode.INVALID_CONFIG, ['retention.ms', set, 'soon']],
    [ErrorCode.INVALID_CONFIG, ['cleanup.policy', append, 'forget']],
    [ErrorCode.INVALID_CONFIG, ['retention.ms', append, '1']],
    [ErrorCode.INVALID_CONFIG, ['toString', subtract, '1']],
    [ErrorCode.INVALID_REQUEST, ['retention.ms', set, null]],
    [ErrorCode.INVALID_REQUEST, ['cleanup.policy', append, null]],
    [ErrorCode.INVALID_REQUEST, ['retention.ms', set, '1'], ['retention.ms', remove, null]],
    [ErrorCode.INVALID_REQUEST, ['cleanup.policy', 4, 'compact']],
    [ErrorCode.INVALID_CONFIG, ['min.compaction.lag.ms', set, '10'], ['max.compaction.lag.ms', set, '5']],
    [ErrorCode.INVALID_CONFIG, ['remote.storage.enable', set, 'true']],
    [ErrorCode.INVALID_CONFIG, ['leader.replication.throttled.replicas', set, 'all']],
  ];
  for (const [code, ...changes] of cases) {
    assert.equal(await change(name, ...changes), code, JSON.stringify(changes));
    const resources = [resourceOf(resourceType.topic, name, ...changes)];
    const tried = await client.ask(incrementalAlterConfigs, 1, { resources, validateOnly: true });
    assert.equal(tried.responses[0]!.errorCode, code, 'a try ends like the change');
    assert.notEqual(tried.responses[0]!.errorMessage, null);
  }
  assert.deepEqual(await setBy(name), { 'retention.ms': '1000' });
});

test('one resource that is refused does not keep the others, and one that comes twice is not changed', async () => {
  const name = await made('among-others');
  const twice = await made('twice');
  const good: Change = ['retention.ms', set, '5'];
  const resources = [
    resourceOf(resourceType.topic, 'never-there', good),
    resourceOf(resourceType.topic, name, good),
    resourceOf(resourceType.topic, twice, good),
    resourceOf(resourceType.topic, twice, good),
    resourceOf(99, name, good),
  ];
  const { responses } = await client.ask(incrementalAlterConfigs, 1, { resources });
  assert.deepEqual(
    responses.map(({ errorCode }) => errorCode),
    [
      ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
      ErrorCode.NONE,
      ErrorCode.INVALID_REQUEST,
      ErrorCode.INVALID_REQUEST,
      ErrorCode.INVALID_REQUEST,
    ],
  );
  assert.deepEqual(await setBy(name), { 'retention.ms': '5' });
  assert.deepEqual(await setBy(twice), {});
});

test('the configuration of the broker cannot be changed while it runs', async () => {
  const codes = async (...names: string[]) => {
    const resources = names.map((name) => resourceOf(resourceType.broker, name, ['log.retention.ms', set, '5']));
    const { responses } = await client.ask(incrementalAlterConfigs, 1, { resources });
    return responses.map(({ errorCode, errorMessage }) => [errorCode, errorMessage]);
  };
  const [own, all, other] = await codes('1', '', '7');
  assert.deepEqual(own, [ErrorCode.INVALID_REQUEST, 'Cannot update these configs dynamically: log.retention.ms']);
  assert.deepEqual(all, own);
  assert.match(String(other![1]), /Unexpected broker id/);
  const throttle: Change = ['leader.replication.throttled.rate', remove, null];
  for (const changes of [[], [throttle]]) {
    const resources = [resourceOf(resourceType.broker, '1', ...changes)];
    const nothing = await client.ask(incrementalAlterConfigs, 1, { resources });
    assert.equal(nothing.responses[0]!.errorCode, ErrorCode.NONE, `with ${changes.length} keys not set taken away`);
  }
});

test('a topic can be created with every key of Kafka 4.2 set to its default', async () => {
  const configs = Object.fromEntries(Object.entries(topicKeys).map(([name, key]) => [name, key.default]));
  assert.deepEqual(await setBy(await made('everything', configs)), configs);
});

for (const version of versionsOf(listConfigResources)) {
  test(`ListConfigResources v${version} tells what can be described`, async () => {
    await made(`listed-${version}`);
    const listed = async (...resourceTypes: number[]) => {
      const { errorCode, configResources } = await client.ask(listConfigResources, version, { resourceTypes });
      return [errorCode, ...configResources.map((each) => `${each.resourceType} ${each.resourceName}`)];
    };
    if (version === 0) {
      assert.deepEqual(await listed(), [ErrorCode.NONE]);
      return;
    }
    const all = await listed();
    assert.ok(all.includes(`2 listed-${version}`) && all.includes('4 1'));
    assert.deepEqual(await listed(4), [ErrorCode.NONE, '4 1']);
    assert.deepEqual(await listed(16, 32), [ErrorCode.NONE]);
    assert.deepEqual(await listed(2, 99), [ErrorCode.UNSUPPORTED_VERSION]);
  });
}
