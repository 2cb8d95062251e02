import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import { apiVersions } from '../kafka-transactions/wire-apis.js';
import { Served, versionsOf, type WireClient } from './harness.js';
import { metadata } from './wire-apis.js';

const noId = '0'.repeat(32);
/** Before it, a client cannot say that it wants no topic made. */
const firstThatMayForbid = 4;

let served: Served;
let strict: Served;
let client: WireClient;
let strictClient: WireClient;

before(async () => {
  served = await Served.start({ partitionsDefault: 3 });
  client = await served.client();
  strict = await Served.start({ autoCreateTopics: false });
  strictClient = await strict.client();
});

after(async () => {
  await served.close();
  await strict.close();
});

async function found(asker: WireClient, version: number, name: string, allowAutoTopicCreation: boolean) {
  const { topics } = await asker.ask(metadata, version, { topics: [{ topicId: noId, name }], allowAutoTopicCreation });
  return { errorCode: topics[0]!.errorCode, partitions: topics[0]!.partitions.length };
}

for (const version of versionsOf(metadata)) {
  test(`Metadata v${version} makes a topic that is asked for, where client and broker both allow it`, async () => {
    const name = `asked-for-${version}`;
    const none = { errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, partitions: 0 };
    assert.deepEqual(await found(strictClient, version, name, true), none);
    if (version >= firstThatMayForbid) assert.deepEqual(await found(client, version, name, false), none);
    assert.deepEqual(await found(client, version, name, true), { errorCode: ErrorCode.NONE, partitions: 3 });
    const bad = await found(client, version, 'not/a/name', true);
    assert.equal(bad.errorCode, ErrorCode.INVALID_TOPIC_EXCEPTION);
  });
}

test('ApiVersions tells the features that clients choose their protocols by', async () => {
  for (const version of versionsOf(apiVersions).filter((each) => each >= 3)) {
    const answer = await client.ask(apiVersions, version, { clientSoftwareName: 'x', clientSoftwareVersion: '1' });
    const final = answer.finalizedFeatures.map(({ name, maxVersionLevel }) => [name, maxVersionLevel]);
    assert.deepEqual(Object.fromEntries(final), { 'group.version': 1, 'share.version': 1, 'transaction.version': 2 });
    const supported = answer.supportedFeatures.map(({ name, maxVersion }) => [name, maxVersion]);
    // Version 3 has no way to say that a feature begins at level 0.
    assert.deepEqual(Object.fromEntries(supported), version >= 4 ? Object.fromEntries(final) : {});
    assert.ok(answer.finalizedFeaturesEpoch >= 0, 'without an epoch clients do not look at them');
  }
});
