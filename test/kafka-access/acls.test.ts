import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import kafkajs, { type AclEntry, type Admin, type Kafka } from 'kafkajs';
import type { NaruSettings } from '../../src/embed.js';
import { plain, Secured } from './secured.js';

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;
const { ALLOW, DENY } = AclPermissionTypes;
const { LITERAL, PREFIXED } = ResourcePatternTypes;
const { READ, WRITE, DESCRIBE, CREATE, ALL, ALTER } = AclOperationTypes;
const { TOPIC, GROUP, CLUSTER } = AclResourceTypes;

interface World {
  readonly secured: Secured;
  readonly admin: Admin;
  /** As a user who is no administrator. */
  readonly alice: Kafka;
}

async function world(context: TestContext, settings: NaruSettings = {}): Promise<World> {
  const secured = await Secured.start(context, settings);
  await secured.user('alice', 'wonderland');
  const admin = await secured.admin();
  await admin.createTopics({ topics: [{ topic: 'orders' }, { topic: 'orders-eu' }, { topic: 'secret' }] });
  return { secured, admin, alice: secured.kafka(plain('alice', 'wonderland')) };
}

function rule(
  resourceType: AclEntry['resourceType'],
  resourceName: string,
  operation: AclEntry['operation'],
  more: Partial<AclEntry> = {},
): AclEntry {
  return {
    resourceType,
    resourceName,
    resourcePatternType: LITERAL,
    principal: 'User:alice',
    host: '*',
    operation,
    permissionType: ALLOW,
    ...more,
  };
}

async function sends({ secured, alice }: World, topic: string): Promise<boolean> {
  const producer = await secured.producer(alice);
  try {
    await producer.send({ topic, messages: [{ value: 'v' }] });
    return true;
  } catch (error) {
    assert.match(String(error), /[Aa]uthori[sz]/, String(error));
    return false;
  } finally {
    await producer.disconnect();
  }
}

/** Reads a message, or answers null when that is not allowed. */
async function reads({ alice }: World, topic: string, groupId: string): Promise<string | null> {
  const consumer = alice.consumer({ groupId, sessionTimeout: 10_000 });
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    return await new Promise<string | null>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      consumer.run({ eachMessage: async ({ message }) => resolve(message.value?.toString() ?? null) }).catch(reject);
    });
  } catch (error) {
    // kafkajs says no more of a coordinator that it may not ask for.
    assert.match(String(error), /authori[sz]|GroupCoordinatorNotFound/i, String(error));
    return null;
  } finally {
    await consumer.disconnect();
  }
}

test('who has no rule may do nothing and sees nothing', async (context) => {
  const w = await world(context);
  const admin = await w.secured.admin(w.alice);
  assert.deepEqual(await admin.listTopics(), []);
  await assert.rejects(admin.fetchTopicMetadata({ topics: ['orders'] }), /authori/i);
  await assert.rejects(admin.createTopics({ topics: [{ topic: 'mine' }] }), /Topic creation errors/);
  assert.deepEqual(await w.admin.listTopics(), ['orders', 'orders-eu', 'secret']);
  await assert.rejects(admin.deleteTopics({ topics: ['orders'] }), /authori/i);
  await assert.rejects(admin.fetchTopicOffsets('orders'), /authori/i);
  await assert.rejects(
    admin.describeAcls({
      resourceType: AclResourceTypes.ANY,
      operation: AclOperationTypes.ANY,
      permissionType: AclPermissionTypes.ANY,
      resourcePatternType: ResourcePatternTypes.ANY,
    }),
    /authori/i,
  );
  await assert.rejects(admin.createAcls({ acl: [rule(TOPIC, 'orders', ALL)] }), /authori/i);
  assert.deepEqual((await admin.listGroups()).groups, []);
  assert.equal(await sends(w, 'orders'), false);
  assert.equal(await reads(w, 'orders', 'readers'), null);
});

test('a rule for writing lets write, describes the topic, and does not let read', async (context) => {
  const w = await world(context);
  await w.admin.createAcls({ acl: [rule(TOPIC, 'orders', WRITE), rule(GROUP, 'readers', READ)] });
  assert.equal(await sends(w, 'orders'), true);
  const admin = await w.secured.admin(w.alice);
  assert.deepEqual(await admin.listTopics(), ['orders'], 'Describe follows from Write; others are hidden');
  assert.equal(await reads(w, 'orders', 'readers'), null);
});

test('reading needs the topic and the group', async (context) => {
  const w = await world(context);
  const producer = await w.secured.producer();
  await producer.send({ topic: 'orders', messages: [{ value: 'hello' }] });
  await w.admin.createAcls({ acl: [rule(TOPIC, 'orders', READ)] });
  assert.equal(await reads(w, 'orders', 'readers'), null);
  await w.admin.createAcls({ acl: [rule(GROUP, 'readers', READ)] });
  assert.equal(await reads(w, 'orders', 'readers'), 'hello');
  assert.equal(await reads(w, 'orders', 'others'), null);
});

test('a prefixed rule is about every name that begins so, and a literal star about every name', async (context) => {
  const w = await world(context);
  await w.admin.createAcls({ acl: [rule(TOPIC, 'ord', WRITE, { resourcePatternType: PREFIXED })] });
  assert.deepEqual(
    [await sends(w, 'orders'), await sends(w, 'orders-eu'), await sends(w, 'secret')],
    [true, true, false],
  );
  await w.admin.createAcls({ acl: [rule(TOPIC, '*', WRITE)] });
  assert.equal(await sends(w, 'secret'), true);
});

test('deny wins over every allow, whichever was there first', async (context) => {
  const w = await world(context);
  await w.admin.createAcls({
    acl: [
      rule(TOPIC, '*', ALL),
      rule(TOPIC, 'orders', WRITE, { permissionType: DENY }),
      rule(TOPIC, 'orders', WRITE),
      rule(TOPIC, 'sec', WRITE, { permissionType: DENY, resourcePatternType: PREFIXED, principal: 'User:*' }),
    ],
  });
  assert.deepEqual(
    [await sends(w, 'orders'), await sends(w, 'orders-eu'), await sends(w, 'secret')],
    [false, true, false],
  );
});

test('a rule for another host or another user is not about this one', async (context) => {
  const w = await world(context);
  await w.admin.createAcls({
    acl: [rule(TOPIC, 'orders', WRITE, { host: '10.1.2.3' }), rule(TOPIC, 'orders', WRITE, { principal: 'User:bob' })],
  });
  assert.equal(await sends(w, 'orders'), false);
  await w.admin.createAcls({ acl: [rule(TOPIC, 'orders', WRITE, { host: '127.0.0.1' })] });
  assert.equal(await sends(w, 'orders'), true);
});

test('topics come into being by being asked for only where that is allowed', async (context) => {
  const w = await world(context);
  await w.admin.createAcls({ acl: [rule(TOPIC, 'new', DESCRIBE), rule(TOPIC, 'new', WRITE)] });
  assert.equal(await sends(w, 'new'), false);
  assert.ok(!(await w.admin.listTopics()).includes('new'));
  await w.admin.createAcls({ acl: [rule(TOPIC, 'new', CREATE)] });
  assert.equal(await sends(w, 'new'), true);
});

test('rules are found and removed by filters', async (context) => {
  const w = await world(context);
  await w.admin.createAcls({
    acl: [
      rule(TOPIC, 'orders', READ),
      rule(TOPIC, 'ord', READ, { resourcePatternType: PREFIXED }),
      rule(TOPIC, '*', READ),
      rule(TOPIC, 'secret', READ),
      rule(CLUSTER, 'kafka-cluster', ALTER),
    ],
  });
  const filter = {
    resourceType: TOPIC,
    resourceName: 'orders',
    operation: AclOperationTypes.ANY,
    permissionType: AclPermissionTypes.ANY,
  };
  const names = async (resourcePatternType: AclEntry['resourcePatternType']): Promise<string[]> =>
    (await w.admin.describeAcls({ ...filter, resourcePatternType })).resources.map(({ resourceName }) => resourceName);
  assert.deepEqual((await names(ResourcePatternTypes.MATCH)).sort(), ['*', 'ord', 'orders']);
  assert.deepEqual(await names(LITERAL), ['orders']);
  assert.deepEqual(await names(PREFIXED), []);
  const { filterResponses } = await w.admin.deleteAcls({
    filters: [{ ...filter, resourcePatternType: ResourcePatternTypes.MATCH }],
  });
  assert.equal(filterResponses[0]!.matchingAcls.length, 3);
  const left = await w.admin.describeAcls({
    resourceType: AclResourceTypes.ANY,
    operation: AclOperationTypes.ANY,
    permissionType: AclPermissionTypes.ANY,
    resourcePatternType: ResourcePatternTypes.ANY,
  });
  assert.deepEqual(left.resources.map(({ resourceName }) => resourceName).sort(), ['kafka-cluster', 'secret']);
});

test('rules that make no sense are refused', async (context) => {
  const w = await world(context);
  for (const wrong of [
    rule(TOPIC, '', READ),
    rule(CLUSTER, 'another', ALTER),
    rule(GROUP, 'g', WRITE),
    rule(TOPIC, 't', READ, { principal: 'alice' }),
    rule(TOPIC, 't', READ, { resourcePatternType: ResourcePatternTypes.MATCH }),
  ]) {
    await assert.rejects(w.admin.createAcls({ acl: [wrong] }), JSON.stringify(wrong));
  }
});

test('with the option, what no rule is about is open to every user, and what one is about is not', async (context) => {
  const w = await world(context, { allowWithoutAcl: true });
  assert.equal(await sends(w, 'orders'), true);
  await w.admin.createAcls({ acl: [rule(TOPIC, 'orders', READ, { principal: 'User:bob' })] });
  assert.equal(await sends(w, 'orders'), false);
});

test('a superuser of the options needs no rule', async (context) => {
  const w = await world(context, { superusers: 'User:CN=ops; alice' });
  assert.equal(await sends(w, 'secret'), true);
});

test('who is let in without a name has the rights of ANONYMOUS', async (context) => {
  const w = await world(context, { allowAnonymous: true });
  const stranger = await w.secured.admin(w.secured.kafka(null));
  assert.deepEqual(await stranger.listTopics(), []);
  await w.admin.createAcls({ acl: [rule(TOPIC, 'orders', READ, { principal: 'User:ANONYMOUS' })] });
  assert.deepEqual(await stranger.listTopics(), ['orders']);
});
