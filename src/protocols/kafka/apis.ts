import { assert } from '../../lib/assert.js';
import type { ApiVersionsKey } from './codec/18-api-versions.js';
import { apiRange } from './frame.js';
import type { Handler } from './handler.js';
import { produce } from './handlers/00-produce.js';
import { fetch } from './handlers/01-fetch.js';
import { listOffsets } from './handlers/02-list-offsets.js';
import { metadata } from './handlers/03-metadata.js';
import { offsetCommit } from './handlers/08-offset-commit.js';
import { offsetFetch } from './handlers/09-offset-fetch.js';
import { findCoordinator } from './handlers/10-find-coordinator.js';
import { joinGroup } from './handlers/11-join-group.js';
import { heartbeat } from './handlers/12-heartbeat.js';
import { leaveGroup } from './handlers/13-leave-group.js';
import { syncGroup } from './handlers/14-sync-group.js';
import { describeGroups } from './handlers/15-describe-groups.js';
import { listGroups } from './handlers/16-list-groups.js';
import { saslHandshake } from './handlers/17-sasl-handshake.js';
import { apiVersions } from './handlers/18-api-versions.js';
import { createTopics } from './handlers/19-create-topics.js';
import { deleteTopics } from './handlers/20-delete-topics.js';
import { deleteRecords } from './handlers/21-delete-records.js';
import { initProducerId } from './handlers/22-init-producer-id.js';
import { offsetForLeaderEpoch } from './handlers/23-offset-for-leader-epoch.js';
import { addPartitionsToTxn } from './handlers/24-add-partitions-to-txn.js';
import { addOffsetsToTxn } from './handlers/25-add-offsets-to-txn.js';
import { endTxn } from './handlers/26-end-txn.js';
import { writeTxnMarkers } from './handlers/27-write-txn-markers.js';
import { txnOffsetCommit } from './handlers/28-txn-offset-commit.js';
import { describeAcls } from './handlers/29-describe-acls.js';
import { createAcls } from './handlers/30-create-acls.js';
import { deleteAcls } from './handlers/31-delete-acls.js';
import { describeConfigs } from './handlers/32-describe-configs.js';
import { alterConfigs } from './handlers/33-alter-configs.js';
import { alterReplicaLogDirs } from './handlers/34-alter-replica-log-dirs.js';
import { describeLogDirs } from './handlers/35-describe-log-dirs.js';
import { saslAuthenticate } from './handlers/36-sasl-authenticate.js';
import { createPartitions } from './handlers/37-create-partitions.js';
import { deleteGroups } from './handlers/42-delete-groups.js';
import { electLeaders } from './handlers/43-elect-leaders.js';
import { incrementalAlterConfigs } from './handlers/44-incremental-alter-configs.js';
import { alterPartitionReassignments } from './handlers/45-alter-partition-reassignments.js';
import { listPartitionReassignments } from './handlers/46-list-partition-reassignments.js';
import { offsetDelete } from './handlers/47-offset-delete.js';
import { describeClientQuotas } from './handlers/48-describe-client-quotas.js';
import { alterClientQuotas } from './handlers/49-alter-client-quotas.js';
import { describeUserScramCredentials } from './handlers/50-describe-user-scram-credentials.js';
import { alterUserScramCredentials } from './handlers/51-alter-user-scram-credentials.js';
import { describeQuorum } from './handlers/55-describe-quorum.js';
import { updateFeatures } from './handlers/57-update-features.js';
import { describeCluster } from './handlers/60-describe-cluster.js';
import { describeProducers } from './handlers/61-describe-producers.js';
import { describeTransactions } from './handlers/65-describe-transactions.js';
import { listTransactions } from './handlers/66-list-transactions.js';
import { consumerGroupHeartbeat } from './handlers/68-consumer-group-heartbeat.js';
import { consumerGroupDescribe } from './handlers/69-consumer-group-describe.js';
import { listConfigResources } from './handlers/74-list-config-resources.js';
import { describeTopicPartitions } from './handlers/75-describe-topic-partitions.js';
import { shareGroupHeartbeat } from './handlers/76-share-group-heartbeat.js';
import { shareGroupDescribe } from './handlers/77-share-group-describe.js';
import { shareFetch } from './handlers/78-share-fetch.js';
import { shareAcknowledge } from './handlers/79-share-acknowledge.js';
import { describeShareGroupOffsets } from './handlers/90-describe-share-group-offsets.js';
import { alterShareGroupOffsets } from './handlers/91-alter-share-group-offsets.js';
import { deleteShareGroupOffsets } from './handlers/92-delete-share-group-offsets.js';

/** Every API that is served, in the order of their keys. */
const handlers: readonly Handler[] = [
  produce,
  fetch,
  listOffsets,
  metadata,
  offsetCommit,
  offsetFetch,
  findCoordinator,
  joinGroup,
  heartbeat,
  leaveGroup,
  syncGroup,
  describeGroups,
  listGroups,
  saslHandshake,
  apiVersions,
  createTopics,
  deleteTopics,
  deleteRecords,
  initProducerId,
  offsetForLeaderEpoch,
  addPartitionsToTxn,
  addOffsetsToTxn,
  endTxn,
  writeTxnMarkers,
  txnOffsetCommit,
  describeAcls,
  createAcls,
  deleteAcls,
  describeConfigs,
  alterConfigs,
  alterReplicaLogDirs,
  describeLogDirs,
  saslAuthenticate,
  createPartitions,
  deleteGroups,
  electLeaders,
  incrementalAlterConfigs,
  alterPartitionReassignments,
  listPartitionReassignments,
  offsetDelete,
  describeClientQuotas,
  alterClientQuotas,
  describeUserScramCredentials,
  alterUserScramCredentials,
  describeQuorum,
  updateFeatures,
  describeCluster,
  describeProducers,
  describeTransactions,
  listTransactions,
  consumerGroupHeartbeat,
  consumerGroupDescribe,
  listConfigResources,
  describeTopicPartitions,
  shareGroupHeartbeat,
  shareGroupDescribe,
  shareFetch,
  shareAcknowledge,
  describeShareGroupOffsets,
  alterShareGroupOffsets,
  deleteShareGroupOffsets,
];

const byKey: (Handler | undefined)[] = [];
for (const handler of handlers) {
  assert(byKey[handler.key] === undefined, `two handlers for API ${handler.key}`);
  byKey[handler.key] = handler;
}

export function handlerFor(key: number): Handler | undefined {
  return byKey[key];
}

/** What ApiVersions tells. */
export function advertised(): ApiVersionsKey[] {
  return handlers.map((handler) => {
    const range = apiRange(handler.key)!;
    return {
      apiKey: handler.key,
      minVersion: handler.advertisedMin ?? range.minVersion,
      maxVersion: range.maxVersion,
    };
  });
}
