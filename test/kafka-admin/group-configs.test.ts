import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import { Served, versionsOf, type WireClient } from '../kafka/harness.js';
import { createTopics, describeConfigs } from '../kafka/wire-apis.js';
import { newCreatableTopic } from '../kafka-codec/codec/19-create-topics.js';
import { newConsumerGroupHeartbeatRequest } from '../kafka-codec/codec/68-consumer-group-heartbeat.js';
import { consumerGroupDescribe, consumerGroupHeartbeat } from '../kafka-groups/wire-apis.js';
import { Member } from '../kafka-share/member.js';
import { shareGroupDescribe } from '../kafka-share/share-apis.js';
import { second890, WireProducer } from '../kafka-transactions/producer.js';
import { alterConfigs, incrementalAlterConfigs, listConfigResources } from './admin-apis.js';

const group = 32;
const set = 0;
const remove = 1;
const append = 2;
const ofGroup = 8;
const byDefault = 5;

let served: Served;
let client: WireClient;
let made = 0;

before(async () => {
  served = await Served.start({ groupSessionTimeoutMinMs: 50 });
  client = await served.client();
});

after(() => served.close());

async function topic(): Promise<string> {
  const name = `configured-${++made}`;
  const asked = { ...newCreatableTopic(), name, numPartitions: 1, replicationFactor: 1 };
  const { topics } = await client.ask(createTopics, 7, { topics: [asked] });
  assert.equal(topics[0]!.errorCode, ErrorCode.NONE);
  return name;
}

async function described(name: string, by: WireClient = client) {
  const resources = [{ resourceType: group, resourceName: name, configurationKeys: null }];
  const { results } = await by.ask(describeConfigs, 4, { resources, includeSynonyms: true });
  assert.equal(results[0]!.errorCode, ErrorCode.NONE);
  return results[0]!.configs;
}

async function setBy(name: string, by: WireClient = client): Promise<Record<string, string | null>> {
  const own = (await described(name, by)).filter(({ configSource }) => configSource === ofGroup);
  return Object.fromEntries(own.map((config) => [config.name, config.value]));
}

type Change = readonly [name: string, operation: number, value: string | null];

async function change(name: string, changes: readonly Change[], validateOnly = false): Promise<number> {
  const configs = changes.map(([key, configOperation, value]) => ({ name: key, configOperation, value }));
  const resources = [{ resourceType: group, resourceName: name, configs }];
  return (await client.ask(incrementalAlterConfigs, 1, { resources, validateOnly })).responses[0]!.errorCode;
}

async function configure(name: string, values: Readonly<Record<string, string>>): Promise<void> {
  const changes = Object.entries(values).map(([key, value]) => [key, set, value] as const);
  assert.equal(await change(name, changes), ErrorCode.NONE);
}

test('DescribeConfigs tells all keys of a group that is not there yet, and where their values come from', async () => {
  await configure('told', { 'consumer.session.timeout.ms': '45000', 'share.auto.offset.reset': 'earliest' });
  const configs = await described('told');
  const told = Object.fromEntries(configs.map(({ name, value, configSource }) => [name, [value, configSource]]));
  assert.deepEqual(told, {
    'consumer.heartbeat.interval.ms': ['5000', byDefault],
    // Set to what is the default is set all the same.
    'consumer.session.timeout.ms': ['45000', ofGroup],
    'share.auto.offset.reset': ['earliest', ofGroup],
    'share.heartbeat.interval.ms': ['5000', byDefault],
    'share.isolation.level': ['read_uncommitted', byDefault],
    'share.record.lock.duration.ms': ['30000', byDefault],
    'share.session.timeout.ms': ['45000', byDefault],
  });
  assert.deepEqual(configs.find(({ name }) => name === 'consumer.session.timeout.ms')!.synonyms, [
    { name: 'consumer.session.timeout.ms', value: '45000', source: ofGroup },
    { name: 'group.consumer.session.timeout.ms', value: '45000', source: byDefault },
  ]);
  assert.ok(configs.every(({ readOnly }) => !readOnly));
});

test('a group’s keys are set, tried, deleted and replaced one by one', async () => {
  const name = 'changing';
  assert.equal(await change(name, [['share.heartbeat.interval.ms', set, '1000']], true), ErrorCode.NONE);
  assert.deepEqual(await setBy(name), {});
  await configure(name, { 'share.heartbeat.interval.ms': '1000', 'share.isolation.level': 'read_committed' });
  assert.equal(await change(name, [['share.heartbeat.interval.ms', remove, null]]), ErrorCode.NONE);
  assert.deepEqual(await setBy(name), { 'share.isolation.level': 'read_committed' });
  const configs = [{ name: 'consumer.heartbeat.interval.ms', value: '700' }];
  const resources = [{ resourceType: group, resourceName: name, configs }];
  const { responses } = await client.ask(alterConfigs, 2, { resources });
  assert.equal(responses[0]!.errorCode, ErrorCode.NONE);
  assert.deepEqual(await setBy(name), { 'consumer.heartbeat.interval.ms': '700' });
});

test('keys and values of a group that make no sense are refused, and nothing is changed', async () => {
  const name = 'strict';
  for (const [key, value] of [
    ['no.such.key', '1'],
    ['retention.ms', '1'],
    ['consumer.session.timeout.ms', 'soon'],
    ['consumer.session.timeout.ms', '49'],
    ['consumer.session.timeout.ms', '1800001'],
    ['consumer.session.timeout.ms', '5000'],
    ['consumer.heartbeat.interval.ms', '0'],
    ['consumer.heartbeat.interval.ms', '45000'],
    ['share.record.lock.duration.ms', '999'],
    ['share.isolation.level', 'committed'],
    ['share.auto.offset.reset', 'none'],
    ['share.auto.offset.reset', 'by_duration:P'],
    ['share.auto.offset.reset', 'by_duration:-PT1H'],
    ['share.auto.offset.reset', 'by_duration:1h'],
  ] as const) {
    assert.equal(await change(name, [[key, set, value]]), ErrorCode.INVALID_CONFIG, `${key}=${value}`);
  }
  assert.equal(await change(name, [['share.isolation.level', append, 'x']]), ErrorCode.INVALID_CONFIG);
  assert.equal(await change(name, [['share.isolation.level', set, null]]), ErrorCode.INVALID_REQUEST);
  assert.equal(await change('', [['share.isolation.level', set, 'read_committed']]), ErrorCode.INVALID_REQUEST);
  const resources = [{ resourceType: group, resourceName: '', configurationKeys: null }];
  const nameless = await client.ask(describeConfigs, 4, { resources });
  assert.equal(nameless.results[0]!.errorCode, ErrorCode.INVALID_REQUEST);
  assert.deepEqual(await setBy(name), {});
});

for (const version of versionsOf(listConfigResources).filter((each) => each > 0)) {
  test(`ListConfigResources v${version} tells which groups set something`, async () => {
    await configure(`listed-${version}`, { 'share.isolation.level': 'read_committed' });
    const { configResources } = await client.ask(listConfigResources, version, { resourceTypes: [group] });
    assert.ok(configResources.every(({ resourceType }) => resourceType === group));
    const names = configResources.map(({ resourceName }) => resourceName);
    assert.ok(names.includes(`listed-${version}`) && !names.includes('strict'));
    const all = await client.ask(listConfigResources, version, { resourceTypes: [] });
    assert.ok(all.configResources.some(({ resourceName }) => resourceName === `listed-${version}`));
  });
}

test('what a group sets is there after a restart, from the journal and from a checkpoint', async (context) => {
  const data = await mkdtemp(join(tmpdir(), 'naru-groups-'));
  context.after(() => rm(data, { recursive: true }));
  const values = { 'share.isolation.level': 'read_committed', 'consumer.heartbeat.interval.ms': '123' };
  for (let run = 0; run < 3; run++) {
    const each = await Served.start({ memory: false, data });
    const asker = await each.client();
    if (run === 0) {
      const configs = Object.entries(values).map(([name, value]) => ({ name, value, configOperation: set }));
      const resources = [{ resourceType: group, resourceName: 'kept', configs }];
      assert.equal(
        (await asker.ask(incrementalAlterConfigs, 1, { resources })).responses[0]!.errorCode,
        ErrorCode.NONE,
      );
    }
    assert.deepEqual(await setBy('kept', asker), values);
    await each.close();
  }
});

test('a consumer group tells its own interval, and removes who is silent for its own time', async () => {
  const name = await topic();
  const beat = async (groupId: string, memberId: string, memberEpoch: number) => {
    const joining = { rebalanceTimeoutMs: 30_000, subscribedTopicNames: [name], topicPartitions: [] };
    const more = memberEpoch === 0 ? joining : {};
    return client.ask(consumerGroupHeartbeat, 1, {
      ...newConsumerGroupHeartbeatRequest(),
      groupId,
      memberId,
      memberEpoch,
      ...more,
    });
  };
  await configure('quick', { 'consumer.heartbeat.interval.ms': '20', 'consumer.session.timeout.ms': '60' });
  assert.equal((await beat('quick', 'm', 0)).heartbeatIntervalMs, 20);
  assert.equal((await beat('slow', 'm', 0)).heartbeatIntervalMs, 5000);
  const membersOf = async (groupId: string) => {
    const { groups } = await client.ask(consumerGroupDescribe, 1, { groupIds: [groupId] });
    return groups[0]!.members.length;
  };
  while ((await membersOf('quick')) > 0) await new Promise((resolve) => setImmediate(resolve));
  assert.equal((await beat('quick', 'm', 1)).errorCode, ErrorCode.UNKNOWN_MEMBER_ID);
  assert.equal(await membersOf('slow'), 1);
});

test('a share group tells its own interval and time of a lock, and removes who is silent for its own time', async () => {
  const name = await topic();
  await configure('sharing', {
    'share.heartbeat.interval.ms': '20',
    'share.session.timeout.ms': '60',
    'share.record.lock.duration.ms': '1000',
    'share.auto.offset.reset': 'earliest',
  });
  await client.produce(name, 0, [{ value: 'a' }]);
  const member = await Member.joined(served, 'sharing', 'm', name);
  const answer = await member.fetch();
  assert.equal(answer.acquisitionLockTimeoutMs, 1000);
  const other = await Member.joined(served, 'sharing', 'n', name);
  assert.equal((await other.heartbeat([name], 0)).heartbeatIntervalMs, 20);
  const members = async (): Promise<number> => {
    const { groups } = await client.ask(shareGroupDescribe, 1, { groupIds: ['sharing'] });
    return groups[0]!.members.length;
  };
  while ((await members()) > 0) await new Promise((resolve) => setImmediate(resolve));
  assert.equal((await member.heartbeat()).errorCode, ErrorCode.UNKNOWN_MEMBER_ID);
  // The lock ends after its own time, and the record goes to who asks next.
  const given = await other.acquire({ maxWaitMs: 5000 });
  assert.deepEqual(given, ['0-0*2']);
});

test('a share group begins where it is told to: at either end, or so long ago', async () => {
  const name = await topic();
  const now = Date.now();
  for (const hours of [5, 3, 1]) {
    await client.produce(name, 0, [{ value: `${hours}`, timestamp: now - hours * 3_600_000 }]);
  }
  for (const [reset, expected] of [
    ['earliest', ['0-2*1']],
    ['latest', []],
    ['by_duration:PT4H', ['1-2*1']],
    ['by_duration:P0DT1H30M0.5S', ['2-2*1']],
    ['by_duration:PT10M', []],
    ['by_duration:P30D', ['0-2*1']],
  ] as const) {
    const id = `begins-${reset}`;
    await configure(id, { 'share.auto.offset.reset': reset });
    const member = await Member.joined(served, id, 'm', name);
    const ranges: string[] = [];
    for (let more = await member.acquire(); more.length > 0; more = await member.acquire()) ranges.push(...more);
    assert.deepEqual(merged(ranges), expected, reset);
  }
});

/** Ranges that follow one another as one. */
function merged(ranges: readonly string[]): string[] {
  if (ranges.length === 0) return [];
  const first = /^(\d+)-/.exec(ranges[0]!)![1]!;
  const last = /-(\d+)\*(\d+)$/.exec(ranges.at(-1)!)!;
  return [`${first}-${last[1]}*${last[2]}`];
}

test('a share group of committed records waits for open transactions and never gets what was aborted', async () => {
  const name = await topic();
  await configure('committed', { 'share.isolation.level': 'read_committed', 'share.auto.offset.reset': 'earliest' });
  await configure('any', { 'share.auto.offset.reset': 'earliest' });
  const producer = new WireProducer(client, 'sharing-producer', second890);
  await producer.init();
  assert.equal(await producer.write(name, 'lost'), ErrorCode.NONE);
  assert.equal(await producer.end(false), ErrorCode.NONE);
  assert.equal(await producer.write(name, 'open'), ErrorCode.NONE);
  await client.produce(name, 0, [{ value: 'plain' }]);
  // Offsets: lost, its marker, open, plain, the marker of open.
  const committed = await Member.joined(served, 'committed', 'm', name);
  const any = await Member.joined(served, 'any', 'm', name);
  const seen: string[] = [];
  for (let more = await any.acquire(); more.length > 0; more = await any.acquire()) seen.push(...more);
  assert.deepEqual(seen, ['0-0*1', '2-3*1']);
  assert.deepEqual(await committed.acquire(), []);
  const waiting = committed.acquire({ maxWaitMs: 10_000 });
  assert.equal(await producer.end(true), ErrorCode.NONE);
  assert.deepEqual(await waiting, ['2-3*1']);
});
