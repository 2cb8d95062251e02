import assert from 'node:assert/strict';
import { test } from 'node:test';
import kafkajs, { type AclEntry, type Kafka, Partitioners } from 'kafkajs';
import { plain, Secured } from '../kafka-access/secured.js';

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;
const { READ, WRITE } = AclOperationTypes;
const { TOPIC, GROUP, TRANSACTIONAL_ID } = AclResourceTypes;

function rule(
  resourceType: AclEntry['resourceType'],
  resourceName: string,
  operation: AclEntry['operation'],
): AclEntry {
  return {
    resourceType,
    resourceName,
    resourcePatternType: ResourcePatternTypes.LITERAL,
    principal: 'User:alice',
    host: '*',
    operation,
    permissionType: AclPermissionTypes.ALLOW,
  };
}

/** What a transaction of alice's fails with; null when it commits. */
async function transacts(alice: Kafka, transactionalId: string, topic: string, group: string): Promise<string | null> {
  const producer = alice.producer({
    transactionalId,
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  try {
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [{ value: 'v' }] });
    await transaction.sendOffsets({
      consumerGroupId: group,
      topics: [{ topic, partitions: [{ partition: 0, offset: '1' }] }],
    });
    await transaction.commit();
    return null;
  } catch (error) {
    return String(error);
  } finally {
    await producer.disconnect();
  }
}

test('a transaction needs its id, the topics it writes, and the group and topics it commits offsets of', async (context) => {
  const secured = await Secured.start(context);
  await secured.user('alice', 'wonderland');
  const admin = await secured.admin();
  await admin.createTopics({ topics: [{ topic: 'orders' }, { topic: 'secret' }] });
  const alice = secured.kafka(plain('alice', 'wonderland'), { retry: { retries: 2, initialRetryTime: 10 } });
  const refused = /authori[sz]|GroupCoordinatorNotFound/i;
  const needed = [
    rule(TRANSACTIONAL_ID, 'mine', WRITE),
    rule(TOPIC, 'orders', WRITE),
    rule(GROUP, 'readers', READ),
    rule(TOPIC, 'orders', READ),
  ];
  for (const acl of needed) {
    assert.match((await transacts(alice, 'mine', 'orders', 'readers')) ?? 'it was allowed', refused);
    await admin.createAcls({ acl: [acl] });
  }
  assert.equal(await transacts(alice, 'mine', 'orders', 'readers'), null);
  assert.match((await transacts(alice, 'yours', 'orders', 'readers')) ?? 'it was allowed', refused);
  assert.match((await transacts(alice, 'mine', 'secret', 'readers')) ?? 'it was allowed', refused);
  assert.match((await transacts(alice, 'mine', 'orders', 'others')) ?? 'it was allowed', refused);
});
