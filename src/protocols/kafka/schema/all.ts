import { produce } from './00-produce.js';
import { fetch } from './01-fetch.js';
import { listOffsets } from './02-list-offsets.js';
import { metadata } from './03-metadata.js';
import { offsetCommit } from './08-offset-commit.js';
import { offsetFetch } from './09-offset-fetch.js';
import { findCoordinator } from './10-find-coordinator.js';
import { joinGroup } from './11-join-group.js';
import { heartbeat } from './12-heartbeat.js';
import { leaveGroup } from './13-leave-group.js';
import { syncGroup } from './14-sync-group.js';
import { describeGroups } from './15-describe-groups.js';
import { listGroups } from './16-list-groups.js';
import { saslHandshake } from './17-sasl-handshake.js';
import { apiVersions } from './18-api-versions.js';
import { createTopics } from './19-create-topics.js';
import { deleteTopics } from './20-delete-topics.js';
import { deleteRecords } from './21-delete-records.js';
import { initProducerId } from './22-init-producer-id.js';
import { offsetForLeaderEpoch } from './23-offset-for-leader-epoch.js';
import { addPartitionsToTxn } from './24-add-partitions-to-txn.js';
import { addOffsetsToTxn } from './25-add-offsets-to-txn.js';
import { endTxn } from './26-end-txn.js';
import { writeTxnMarkers } from './27-write-txn-markers.js';
import { txnOffsetCommit } from './28-txn-offset-commit.js';
import { describeAcls } from './29-describe-acls.js';
import { createAcls } from './30-create-acls.js';
import { deleteAcls } from './31-delete-acls.js';
import { describeConfigs } from './32-describe-configs.js';
import { alterConfigs } from './33-alter-configs.js';
import { alterReplicaLogDirs } from './34-alter-replica-log-dirs.js';
import { describeLogDirs } from './35-describe-log-dirs.js';
import { saslAuthenticate } from './36-sasl-authenticate.js';
import { createPartitions } from './37-create-partitions.js';
import { deleteGroups } from './42-delete-groups.js';
import { electLeaders } from './43-elect-leaders.js';
import { incrementalAlterConfigs } from './44-incremental-alter-configs.js';
import { alterPartitionReassignments } from './45-alter-partition-reassignments.js';
import { listPartitionReassignments } from './46-list-partition-reassignments.js';
import { offsetDelete } from './47-offset-delete.js';
import { describeClientQuotas } from './48-describe-client-quotas.js';
import { alterClientQuotas } from './49-alter-client-quotas.js';
import { describeUserScramCredentials } from './50-describe-user-scram-credentials.js';
import { alterUserScramCredentials } from './51-alter-user-scram-credentials.js';
import { describeQuorum } from './55-describe-quorum.js';
import { updateFeatures } from './57-update-features.js';
import { describeCluster } from './60-describe-cluster.js';
import { describeProducers } from './61-describe-producers.js';
import { describeTransactions } from './65-describe-transactions.js';
import { listTransactions } from './66-list-transactions.js';
import { consumerGroupHeartbeat } from './68-consumer-group-heartbeat.js';
import { consumerGroupDescribe } from './69-consumer-group-describe.js';
import { getTelemetrySubscriptions } from './71-get-telemetry-subscriptions.js';
import { pushTelemetry } from './72-push-telemetry.js';
import { listConfigResources } from './74-list-config-resources.js';
import { describeTopicPartitions } from './75-describe-topic-partitions.js';
import { shareGroupHeartbeat } from './76-share-group-heartbeat.js';
import { shareGroupDescribe } from './77-share-group-describe.js';
import { shareFetch } from './78-share-fetch.js';
import { shareAcknowledge } from './79-share-acknowledge.js';
import { describeShareGroupOffsets } from './90-describe-share-group-offsets.js';
import { alterShareGroupOffsets } from './91-alter-share-group-offsets.js';
import { deleteShareGroupOffsets } from './92-delete-share-group-offsets.js';
import {
  consumerGroupCurrentMemberAssignmentKey,
  consumerGroupCurrentMemberAssignmentValue,
  consumerGroupMemberMetadataKey,
  consumerGroupMemberMetadataValue,
  consumerGroupMetadataKey,
  consumerGroupMetadataValue,
  consumerGroupPartitionMetadataKey,
  consumerGroupPartitionMetadataValue,
  consumerGroupRegularExpressionKey,
  consumerGroupRegularExpressionValue,
  consumerGroupTargetAssignmentMemberKey,
  consumerGroupTargetAssignmentMemberValue,
  consumerGroupTargetAssignmentMetadataKey,
  consumerGroupTargetAssignmentMetadataValue,
} from './consumer-group-records.js';
import { consumerProtocolAssignment, consumerProtocolSubscription } from './consumer-protocol.js';
import { groupMetadataKey, groupMetadataValue, offsetCommitKey, offsetCommitValue } from './group-records.js';
import { requestHeader, responseHeader } from './headers.js';
import type { Api, Message } from './notation.js';
import { controlRecordKey, endTxnMarker, transactionLogKey, transactionLogValue } from './transaction-records.js';

/** Every declaration by the name of its file, which is also the name of the generated one. */
export const KAFKA_APIS: Readonly<Record<string, Api>> = {
  '00-produce': produce,
  '01-fetch': fetch,
  '02-list-offsets': listOffsets,
  '03-metadata': metadata,
  '08-offset-commit': offsetCommit,
  '09-offset-fetch': offsetFetch,
  '10-find-coordinator': findCoordinator,
  '11-join-group': joinGroup,
  '12-heartbeat': heartbeat,
  '13-leave-group': leaveGroup,
  '14-sync-group': syncGroup,
  '15-describe-groups': describeGroups,
  '16-list-groups': listGroups,
  '17-sasl-handshake': saslHandshake,
  '18-api-versions': apiVersions,
  '19-create-topics': createTopics,
  '20-delete-topics': deleteTopics,
  '21-delete-records': deleteRecords,
  '22-init-producer-id': initProducerId,
  '23-offset-for-leader-epoch': offsetForLeaderEpoch,
  '24-add-partitions-to-txn': addPartitionsToTxn,
  '25-add-offsets-to-txn': addOffsetsToTxn,
  '26-end-txn': endTxn,
  '27-write-txn-markers': writeTxnMarkers,
  '28-txn-offset-commit': txnOffsetCommit,
  '29-describe-acls': describeAcls,
  '30-create-acls': createAcls,
  '31-delete-acls': deleteAcls,
  '32-describe-configs': describeConfigs,
  '33-alter-configs': alterConfigs,
  '34-alter-replica-log-dirs': alterReplicaLogDirs,
  '35-describe-log-dirs': describeLogDirs,
  '36-sasl-authenticate': saslAuthenticate,
  '37-create-partitions': createPartitions,
  '42-delete-groups': deleteGroups,
  '43-elect-leaders': electLeaders,
  '44-incremental-alter-configs': incrementalAlterConfigs,
  '45-alter-partition-reassignments': alterPartitionReassignments,
  '46-list-partition-reassignments': listPartitionReassignments,
  '47-offset-delete': offsetDelete,
  '48-describe-client-quotas': describeClientQuotas,
  '49-alter-client-quotas': alterClientQuotas,
  '50-describe-user-scram-credentials': describeUserScramCredentials,
  '51-alter-user-scram-credentials': alterUserScramCredentials,
  '55-describe-quorum': describeQuorum,
  '57-update-features': updateFeatures,
  '60-describe-cluster': describeCluster,
  '61-describe-producers': describeProducers,
  '65-describe-transactions': describeTransactions,
  '66-list-transactions': listTransactions,
  '68-consumer-group-heartbeat': consumerGroupHeartbeat,
  '69-consumer-group-describe': consumerGroupDescribe,
  '71-get-telemetry-subscriptions': getTelemetrySubscriptions,
  '72-push-telemetry': pushTelemetry,
  '74-list-config-resources': listConfigResources,
  '75-describe-topic-partitions': describeTopicPartitions,
  '76-share-group-heartbeat': shareGroupHeartbeat,
  '77-share-group-describe': shareGroupDescribe,
  '78-share-fetch': shareFetch,
  '79-share-acknowledge': shareAcknowledge,
  '90-describe-share-group-offsets': describeShareGroupOffsets,
  '91-alter-share-group-offsets': alterShareGroupOffsets,
  '92-delete-share-group-offsets': deleteShareGroupOffsets,
};

export const KAFKA_MESSAGES: Readonly<Record<string, readonly Message[]>> = {
  headers: [requestHeader, responseHeader],
  'group-records': [offsetCommitKey, offsetCommitValue, groupMetadataKey, groupMetadataValue],
  'consumer-group-records': [
    consumerGroupMetadataKey,
    consumerGroupMetadataValue,
    consumerGroupPartitionMetadataKey,
    consumerGroupPartitionMetadataValue,
    consumerGroupMemberMetadataKey,
    consumerGroupMemberMetadataValue,
    consumerGroupTargetAssignmentMetadataKey,
    consumerGroupTargetAssignmentMetadataValue,
    consumerGroupTargetAssignmentMemberKey,
    consumerGroupTargetAssignmentMemberValue,
    consumerGroupCurrentMemberAssignmentKey,
    consumerGroupCurrentMemberAssignmentValue,
    consumerGroupRegularExpressionKey,
    consumerGroupRegularExpressionValue,
  ],
  'transaction-records': [transactionLogKey, transactionLogValue, controlRecordKey, endTxnMarker],
  'consumer-protocol': [consumerProtocolSubscription, consumerProtocolAssignment],
};
