// Generated from src/protocols/kafka/schema by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { PieceWriter } from '../../../src/lib/piece-writer.js';
import { decodeProduceRequest, encodeProduceResponse } from '../../../src/protocols/kafka/codec/00-produce.js';
import { encodeProduceRequest, decodeProduceResponse } from './00-produce.js';
import { decodeFetchRequest, encodeFetchResponse } from '../../../src/protocols/kafka/codec/01-fetch.js';
import { encodeFetchRequest, decodeFetchResponse } from './01-fetch.js';
import { decodeListOffsetsRequest, encodeListOffsetsResponse } from '../../../src/protocols/kafka/codec/02-list-offsets.js';
import { encodeListOffsetsRequest, decodeListOffsetsResponse } from './02-list-offsets.js';
import { decodeMetadataRequest, encodeMetadataResponse } from '../../../src/protocols/kafka/codec/03-metadata.js';
import { encodeMetadataRequest, decodeMetadataResponse } from './03-metadata.js';
import { decodeOffsetCommitRequest, encodeOffsetCommitResponse } from '../../../src/protocols/kafka/codec/08-offset-commit.js';
import { encodeOffsetCommitRequest, decodeOffsetCommitResponse } from './08-offset-commit.js';
import { decodeOffsetFetchRequest, encodeOffsetFetchResponse } from '../../../src/protocols/kafka/codec/09-offset-fetch.js';
import { encodeOffsetFetchRequest, decodeOffsetFetchResponse } from './09-offset-fetch.js';
import { decodeFindCoordinatorRequest, encodeFindCoordinatorResponse } from '../../../src/protocols/kafka/codec/10-find-coordinator.js';
import { encodeFindCoordinatorRequest, decodeFindCoordinatorResponse } from './10-find-coordinator.js';
import { decodeJoinGroupRequest, encodeJoinGroupResponse } from '../../../src/protocols/kafka/codec/11-join-group.js';
import { encodeJoinGroupRequest, decodeJoinGroupResponse } from './11-join-group.js';
import { decodeHeartbeatRequest, encodeHeartbeatResponse } from '../../../src/protocols/kafka/codec/12-heartbeat.js';
import { encodeHeartbeatRequest, decodeHeartbeatResponse } from './12-heartbeat.js';
import { decodeLeaveGroupRequest, encodeLeaveGroupResponse } from '../../../src/protocols/kafka/codec/13-leave-group.js';
import { encodeLeaveGroupRequest, decodeLeaveGroupResponse } from './13-leave-group.js';
import { decodeSyncGroupRequest, encodeSyncGroupResponse } from '../../../src/protocols/kafka/codec/14-sync-group.js';
import { encodeSyncGroupRequest, decodeSyncGroupResponse } from './14-sync-group.js';
import { decodeDescribeGroupsRequest, encodeDescribeGroupsResponse } from '../../../src/protocols/kafka/codec/15-describe-groups.js';
import { encodeDescribeGroupsRequest, decodeDescribeGroupsResponse } from './15-describe-groups.js';
import { decodeListGroupsRequest, encodeListGroupsResponse } from '../../../src/protocols/kafka/codec/16-list-groups.js';
import { encodeListGroupsRequest, decodeListGroupsResponse } from './16-list-groups.js';
import { decodeSaslHandshakeRequest, encodeSaslHandshakeResponse } from '../../../src/protocols/kafka/codec/17-sasl-handshake.js';
import { encodeSaslHandshakeRequest, decodeSaslHandshakeResponse } from './17-sasl-handshake.js';
import { decodeApiVersionsRequest, encodeApiVersionsResponse } from '../../../src/protocols/kafka/codec/18-api-versions.js';
import { encodeApiVersionsRequest, decodeApiVersionsResponse } from './18-api-versions.js';
import { decodeCreateTopicsRequest, encodeCreateTopicsResponse } from '../../../src/protocols/kafka/codec/19-create-topics.js';
import { encodeCreateTopicsRequest, decodeCreateTopicsResponse } from './19-create-topics.js';
import { decodeDeleteTopicsRequest, encodeDeleteTopicsResponse } from '../../../src/protocols/kafka/codec/20-delete-topics.js';
import { encodeDeleteTopicsRequest, decodeDeleteTopicsResponse } from './20-delete-topics.js';
import { decodeDeleteRecordsRequest, encodeDeleteRecordsResponse } from '../../../src/protocols/kafka/codec/21-delete-records.js';
import { encodeDeleteRecordsRequest, decodeDeleteRecordsResponse } from './21-delete-records.js';
import { decodeInitProducerIdRequest, encodeInitProducerIdResponse } from '../../../src/protocols/kafka/codec/22-init-producer-id.js';
import { encodeInitProducerIdRequest, decodeInitProducerIdResponse } from './22-init-producer-id.js';
import { decodeOffsetForLeaderEpochRequest, encodeOffsetForLeaderEpochResponse } from '../../../src/protocols/kafka/codec/23-offset-for-leader-epoch.js';
import { encodeOffsetForLeaderEpochRequest, decodeOffsetForLeaderEpochResponse } from './23-offset-for-leader-epoch.js';
import { decodeAddPartitionsToTxnRequest, encodeAddPartitionsToTxnResponse } from '../../../src/protocols/kafka/codec/24-add-partitions-to-txn.js';
import { encodeAddPartitionsToTxnRequest, decodeAddPartitionsToTxnResponse } from './24-add-partitions-to-txn.js';
import { decodeAddOffsetsToTxnRequest, encodeAddOffsetsToTxnResponse } from '../../../src/protocols/kafka/codec/25-add-offsets-to-txn.js';
import { encodeAddOffsetsToTxnRequest, decodeAddOffsetsToTxnResponse } from './25-add-offsets-to-txn.js';
import { decodeEndTxnRequest, encodeEndTxnResponse } from '../../../src/protocols/kafka/codec/26-end-txn.js';
import { encodeEndTxnRequest, decodeEndTxnResponse } from './26-end-txn.js';
import { decodeWriteTxnMarkersRequest, encodeWriteTxnMarkersResponse } from '../../../src/protocols/kafka/codec/27-write-txn-markers.js';
import { encodeWriteTxnMarkersRequest, decodeWriteTxnMarkersResponse } from './27-write-txn-markers.js';
import { decodeTxnOffsetCommitRequest, encodeTxnOffsetCommitResponse } from '../../../src/protocols/kafka/codec/28-txn-offset-commit.js';
import { encodeTxnOffsetCommitRequest, decodeTxnOffsetCommitResponse } from './28-txn-offset-commit.js';
import { decodeDescribeAclsRequest, encodeDescribeAclsResponse } from '../../../src/protocols/kafka/codec/29-describe-acls.js';
import { encodeDescribeAclsRequest, decodeDescribeAclsResponse } from './29-describe-acls.js';
import { decodeCreateAclsRequest, encodeCreateAclsResponse } from '../../../src/protocols/kafka/codec/30-create-acls.js';
import { encodeCreateAclsRequest, decodeCreateAclsResponse } from './30-create-acls.js';
import { decodeDeleteAclsRequest, encodeDeleteAclsResponse } from '../../../src/protocols/kafka/codec/31-delete-acls.js';
import { encodeDeleteAclsRequest, decodeDeleteAclsResponse } from './31-delete-acls.js';
import { decodeDescribeConfigsRequest, encodeDescribeConfigsResponse } from '../../../src/protocols/kafka/codec/32-describe-configs.js';
import { encodeDescribeConfigsRequest, decodeDescribeConfigsResponse } from './32-describe-configs.js';
import { decodeAlterConfigsRequest, encodeAlterConfigsResponse } from '../../../src/protocols/kafka/codec/33-alter-configs.js';
import { encodeAlterConfigsRequest, decodeAlterConfigsResponse } from './33-alter-configs.js';
import { decodeAlterReplicaLogDirsRequest, encodeAlterReplicaLogDirsResponse } from '../../../src/protocols/kafka/codec/34-alter-replica-log-dirs.js';
import { encodeAlterReplicaLogDirsRequest, decodeAlterReplicaLogDirsResponse } from './34-alter-replica-log-dirs.js';
import { decodeDescribeLogDirsRequest, encodeDescribeLogDirsResponse } from '../../../src/protocols/kafka/codec/35-describe-log-dirs.js';
import { encodeDescribeLogDirsRequest, decodeDescribeLogDirsResponse } from './35-describe-log-dirs.js';
import { decodeSaslAuthenticateRequest, encodeSaslAuthenticateResponse } from '../../../src/protocols/kafka/codec/36-sasl-authenticate.js';
import { encodeSaslAuthenticateRequest, decodeSaslAuthenticateResponse } from './36-sasl-authenticate.js';
import { decodeCreatePartitionsRequest, encodeCreatePartitionsResponse } from '../../../src/protocols/kafka/codec/37-create-partitions.js';
import { encodeCreatePartitionsRequest, decodeCreatePartitionsResponse } from './37-create-partitions.js';
import { decodeDeleteGroupsRequest, encodeDeleteGroupsResponse } from '../../../src/protocols/kafka/codec/42-delete-groups.js';
import { encodeDeleteGroupsRequest, decodeDeleteGroupsResponse } from './42-delete-groups.js';
import { decodeElectLeadersRequest, encodeElectLeadersResponse } from '../../../src/protocols/kafka/codec/43-elect-leaders.js';
import { encodeElectLeadersRequest, decodeElectLeadersResponse } from './43-elect-leaders.js';
import { decodeIncrementalAlterConfigsRequest, encodeIncrementalAlterConfigsResponse } from '../../../src/protocols/kafka/codec/44-incremental-alter-configs.js';
import { encodeIncrementalAlterConfigsRequest, decodeIncrementalAlterConfigsResponse } from './44-incremental-alter-configs.js';
import { decodeAlterPartitionReassignmentsRequest, encodeAlterPartitionReassignmentsResponse } from '../../../src/protocols/kafka/codec/45-alter-partition-reassignments.js';
import { encodeAlterPartitionReassignmentsRequest, decodeAlterPartitionReassignmentsResponse } from './45-alter-partition-reassignments.js';
import { decodeListPartitionReassignmentsRequest, encodeListPartitionReassignmentsResponse } from '../../../src/protocols/kafka/codec/46-list-partition-reassignments.js';
import { encodeListPartitionReassignmentsRequest, decodeListPartitionReassignmentsResponse } from './46-list-partition-reassignments.js';
import { decodeOffsetDeleteRequest, encodeOffsetDeleteResponse } from '../../../src/protocols/kafka/codec/47-offset-delete.js';
import { encodeOffsetDeleteRequest, decodeOffsetDeleteResponse } from './47-offset-delete.js';
import { decodeDescribeClientQuotasRequest, encodeDescribeClientQuotasResponse } from '../../../src/protocols/kafka/codec/48-describe-client-quotas.js';
import { encodeDescribeClientQuotasRequest, decodeDescribeClientQuotasResponse } from './48-describe-client-quotas.js';
import { decodeAlterClientQuotasRequest, encodeAlterClientQuotasResponse } from '../../../src/protocols/kafka/codec/49-alter-client-quotas.js';
import { encodeAlterClientQuotasRequest, decodeAlterClientQuotasResponse } from './49-alter-client-quotas.js';
import { decodeDescribeUserScramCredentialsRequest, encodeDescribeUserScramCredentialsResponse } from '../../../src/protocols/kafka/codec/50-describe-user-scram-credentials.js';
import { encodeDescribeUserScramCredentialsRequest, decodeDescribeUserScramCredentialsResponse } from './50-describe-user-scram-credentials.js';
import { decodeAlterUserScramCredentialsRequest, encodeAlterUserScramCredentialsResponse } from '../../../src/protocols/kafka/codec/51-alter-user-scram-credentials.js';
import { encodeAlterUserScramCredentialsRequest, decodeAlterUserScramCredentialsResponse } from './51-alter-user-scram-credentials.js';
import { decodeDescribeQuorumRequest, encodeDescribeQuorumResponse } from '../../../src/protocols/kafka/codec/55-describe-quorum.js';
import { encodeDescribeQuorumRequest, decodeDescribeQuorumResponse } from './55-describe-quorum.js';
import { decodeUpdateFeaturesRequest, encodeUpdateFeaturesResponse } from '../../../src/protocols/kafka/codec/57-update-features.js';
import { encodeUpdateFeaturesRequest, decodeUpdateFeaturesResponse } from './57-update-features.js';
import { decodeDescribeClusterRequest, encodeDescribeClusterResponse } from '../../../src/protocols/kafka/codec/60-describe-cluster.js';
import { encodeDescribeClusterRequest, decodeDescribeClusterResponse } from './60-describe-cluster.js';
import { decodeDescribeProducersRequest, encodeDescribeProducersResponse } from '../../../src/protocols/kafka/codec/61-describe-producers.js';
import { encodeDescribeProducersRequest, decodeDescribeProducersResponse } from './61-describe-producers.js';
import { decodeDescribeTransactionsRequest, encodeDescribeTransactionsResponse } from '../../../src/protocols/kafka/codec/65-describe-transactions.js';
import { encodeDescribeTransactionsRequest, decodeDescribeTransactionsResponse } from './65-describe-transactions.js';
import { decodeListTransactionsRequest, encodeListTransactionsResponse } from '../../../src/protocols/kafka/codec/66-list-transactions.js';
import { encodeListTransactionsRequest, decodeListTransactionsResponse } from './66-list-transactions.js';
import { decodeConsumerGroupHeartbeatRequest, encodeConsumerGroupHeartbeatResponse } from '../../../src/protocols/kafka/codec/68-consumer-group-heartbeat.js';
import { encodeConsumerGroupHeartbeatRequest, decodeConsumerGroupHeartbeatResponse } from './68-consumer-group-heartbeat.js';
import { decodeConsumerGroupDescribeRequest, encodeConsumerGroupDescribeResponse } from '../../../src/protocols/kafka/codec/69-consumer-group-describe.js';
import { encodeConsumerGroupDescribeRequest, decodeConsumerGroupDescribeResponse } from './69-consumer-group-describe.js';
import { decodeGetTelemetrySubscriptionsRequest, encodeGetTelemetrySubscriptionsResponse } from '../../../src/protocols/kafka/codec/71-get-telemetry-subscriptions.js';
import { encodeGetTelemetrySubscriptionsRequest, decodeGetTelemetrySubscriptionsResponse } from './71-get-telemetry-subscriptions.js';
import { decodePushTelemetryRequest, encodePushTelemetryResponse } from '../../../src/protocols/kafka/codec/72-push-telemetry.js';
import { encodePushTelemetryRequest, decodePushTelemetryResponse } from './72-push-telemetry.js';
import { decodeListConfigResourcesRequest, encodeListConfigResourcesResponse } from '../../../src/protocols/kafka/codec/74-list-config-resources.js';
import { encodeListConfigResourcesRequest, decodeListConfigResourcesResponse } from './74-list-config-resources.js';
import { decodeDescribeTopicPartitionsRequest, encodeDescribeTopicPartitionsResponse } from '../../../src/protocols/kafka/codec/75-describe-topic-partitions.js';
import { encodeDescribeTopicPartitionsRequest, decodeDescribeTopicPartitionsResponse } from './75-describe-topic-partitions.js';
import { decodeShareGroupHeartbeatRequest, encodeShareGroupHeartbeatResponse } from '../../../src/protocols/kafka/codec/76-share-group-heartbeat.js';
import { encodeShareGroupHeartbeatRequest, decodeShareGroupHeartbeatResponse } from './76-share-group-heartbeat.js';
import { decodeShareGroupDescribeRequest, encodeShareGroupDescribeResponse } from '../../../src/protocols/kafka/codec/77-share-group-describe.js';
import { encodeShareGroupDescribeRequest, decodeShareGroupDescribeResponse } from './77-share-group-describe.js';
import { decodeShareFetchRequest, encodeShareFetchResponse } from '../../../src/protocols/kafka/codec/78-share-fetch.js';
import { encodeShareFetchRequest, decodeShareFetchResponse } from './78-share-fetch.js';
import { decodeShareAcknowledgeRequest, encodeShareAcknowledgeResponse } from '../../../src/protocols/kafka/codec/79-share-acknowledge.js';
import { encodeShareAcknowledgeRequest, decodeShareAcknowledgeResponse } from './79-share-acknowledge.js';
import { decodeDescribeShareGroupOffsetsRequest, encodeDescribeShareGroupOffsetsResponse } from '../../../src/protocols/kafka/codec/90-describe-share-group-offsets.js';
import { encodeDescribeShareGroupOffsetsRequest, decodeDescribeShareGroupOffsetsResponse } from './90-describe-share-group-offsets.js';
import { decodeAlterShareGroupOffsetsRequest, encodeAlterShareGroupOffsetsResponse } from '../../../src/protocols/kafka/codec/91-alter-share-group-offsets.js';
import { encodeAlterShareGroupOffsetsRequest, decodeAlterShareGroupOffsetsResponse } from './91-alter-share-group-offsets.js';
import { decodeDeleteShareGroupOffsetsRequest, encodeDeleteShareGroupOffsetsResponse } from '../../../src/protocols/kafka/codec/92-delete-share-group-offsets.js';
import { encodeDeleteShareGroupOffsetsRequest, decodeDeleteShareGroupOffsetsResponse } from './92-delete-share-group-offsets.js';
import { decodeRequestHeader, encodeRequestHeader, decodeResponseHeader, encodeResponseHeader } from '../../../src/protocols/kafka/codec/headers.js';
import { decodeOffsetCommitKey, encodeOffsetCommitKey, decodeOffsetCommitValue, encodeOffsetCommitValue, decodeGroupMetadataKey, encodeGroupMetadataKey, decodeGroupMetadataValue, encodeGroupMetadataValue } from '../../../src/protocols/kafka/codec/group-records.js';
import { decodeConsumerGroupMetadataKey, encodeConsumerGroupMetadataKey, decodeConsumerGroupMetadataValue, encodeConsumerGroupMetadataValue, decodeConsumerGroupPartitionMetadataKey, encodeConsumerGroupPartitionMetadataKey, decodeConsumerGroupPartitionMetadataValue, encodeConsumerGroupPartitionMetadataValue, decodeConsumerGroupMemberMetadataKey, encodeConsumerGroupMemberMetadataKey, decodeConsumerGroupMemberMetadataValue, encodeConsumerGroupMemberMetadataValue, decodeConsumerGroupTargetAssignmentMetadataKey, encodeConsumerGroupTargetAssignmentMetadataKey, decodeConsumerGroupTargetAssignmentMetadataValue, encodeConsumerGroupTargetAssignmentMetadataValue, decodeConsumerGroupTargetAssignmentMemberKey, encodeConsumerGroupTargetAssignmentMemberKey, decodeConsumerGroupTargetAssignmentMemberValue, encodeConsumerGroupTargetAssignmentMemberValue, decodeConsumerGroupCurrentMemberAssignmentKey, encodeConsumerGroupCurrentMemberAssignmentKey, decodeConsumerGroupCurrentMemberAssignmentValue, encodeConsumerGroupCurrentMemberAssignmentValue, decodeConsumerGroupRegularExpressionKey, encodeConsumerGroupRegularExpressionKey, decodeConsumerGroupRegularExpressionValue, encodeConsumerGroupRegularExpressionValue } from '../../../src/protocols/kafka/codec/consumer-group-records.js';
import { decodeTransactionLogKey, encodeTransactionLogKey, decodeTransactionLogValue, encodeTransactionLogValue, decodeControlRecordKey, encodeControlRecordKey, decodeEndTxnMarker, encodeEndTxnMarker } from '../../../src/protocols/kafka/codec/transaction-records.js';
import { decodeConsumerProtocolSubscription, encodeConsumerProtocolSubscription, decodeConsumerProtocolAssignment, encodeConsumerProtocolAssignment } from '../../../src/protocols/kafka/codec/consumer-protocol.js';

export interface CodecEntry {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly decode: (reader: ByteReader, version: number) => unknown;
  readonly encode: (writer: PieceWriter, version: number, value: never) => void;
}

export const CODEC: readonly CodecEntry[] = [
  { name: 'ProduceRequest', min: 3, max: 13, decode: decodeProduceRequest, encode: encodeProduceRequest },
  { name: 'ProduceResponse', min: 3, max: 13, decode: decodeProduceResponse, encode: encodeProduceResponse },
  { name: 'FetchRequest', min: 4, max: 18, decode: decodeFetchRequest, encode: encodeFetchRequest },
  { name: 'FetchResponse', min: 4, max: 18, decode: decodeFetchResponse, encode: encodeFetchResponse },
  { name: 'ListOffsetsRequest', min: 0, max: 11, decode: decodeListOffsetsRequest, encode: encodeListOffsetsRequest },
  { name: 'ListOffsetsResponse', min: 0, max: 11, decode: decodeListOffsetsResponse, encode: encodeListOffsetsResponse },
  { name: 'MetadataRequest', min: 0, max: 13, decode: decodeMetadataRequest, encode: encodeMetadataRequest },
  { name: 'MetadataResponse', min: 0, max: 13, decode: decodeMetadataResponse, encode: encodeMetadataResponse },
  { name: 'OffsetCommitRequest', min: 1, max: 10, decode: decodeOffsetCommitRequest, encode: encodeOffsetCommitRequest },
  { name: 'OffsetCommitResponse', min: 1, max: 10, decode: decodeOffsetCommitResponse, encode: encodeOffsetCommitResponse },
  { name: 'OffsetFetchRequest', min: 1, max: 10, decode: decodeOffsetFetchRequest, encode: encodeOffsetFetchRequest },
  { name: 'OffsetFetchResponse', min: 1, max: 10, decode: decodeOffsetFetchResponse, encode: encodeOffsetFetchResponse },
  { name: 'FindCoordinatorRequest', min: 0, max: 6, decode: decodeFindCoordinatorRequest, encode: encodeFindCoordinatorRequest },
  { name: 'FindCoordinatorResponse', min: 0, max: 6, decode: decodeFindCoordinatorResponse, encode: encodeFindCoordinatorResponse },
  { name: 'JoinGroupRequest', min: 0, max: 9, decode: decodeJoinGroupRequest, encode: encodeJoinGroupRequest },
  { name: 'JoinGroupResponse', min: 0, max: 9, decode: decodeJoinGroupResponse, encode: encodeJoinGroupResponse },
  { name: 'HeartbeatRequest', min: 0, max: 4, decode: decodeHeartbeatRequest, encode: encodeHeartbeatRequest },
  { name: 'HeartbeatResponse', min: 0, max: 4, decode: decodeHeartbeatResponse, encode: encodeHeartbeatResponse },
  { name: 'LeaveGroupRequest', min: 0, max: 5, decode: decodeLeaveGroupRequest, encode: encodeLeaveGroupRequest },
  { name: 'LeaveGroupResponse', min: 0, max: 5, decode: decodeLeaveGroupResponse, encode: encodeLeaveGroupResponse },
  { name: 'SyncGroupRequest', min: 0, max: 5, decode: decodeSyncGroupRequest, encode: encodeSyncGroupRequest },
  { name: 'SyncGroupResponse', min: 0, max: 5, decode: decodeSyncGroupResponse, encode: encodeSyncGroupResponse },
  { name: 'DescribeGroupsRequest', min: 0, max: 6, decode: decodeDescribeGroupsRequest, encode: encodeDescribeGroupsRequest },
  { name: 'DescribeGroupsResponse', min: 0, max: 6, decode: decodeDescribeGroupsResponse, encode: encodeDescribeGroupsResponse },
  { name: 'ListGroupsRequest', min: 0, max: 5, decode: decodeListGroupsRequest, encode: encodeListGroupsRequest },
  { name: 'ListGroupsResponse', min: 0, max: 5, decode: decodeListGroupsResponse, encode: encodeListGroupsResponse },
  { name: 'SaslHandshakeRequest', min: 0, max: 1, decode: decodeSaslHandshakeRequest, encode: encodeSaslHandshakeRequest },
  { name: 'SaslHandshakeResponse', min: 0, max: 1, decode: decodeSaslHandshakeResponse, encode: encodeSaslHandshakeResponse },
  { name: 'ApiVersionsRequest', min: 0, max: 4, decode: decodeApiVersionsRequest, encode: encodeApiVersionsRequest },
  { name: 'ApiVersionsResponse', min: 0, max: 4, decode: decodeApiVersionsResponse, encode: encodeApiVersionsResponse },
  { name: 'CreateTopicsRequest', min: 0, max: 7, decode: decodeCreateTopicsRequest, encode: encodeCreateTopicsRequest },
  { name: 'CreateTopicsResponse', min: 0, max: 7, decode: decodeCreateTopicsResponse, encode: encodeCreateTopicsResponse },
  { name: 'DeleteTopicsRequest', min: 0, max: 6, decode: decodeDeleteTopicsRequest, encode: encodeDeleteTopicsRequest },
  { name: 'DeleteTopicsResponse', min: 0, max: 6, decode: decodeDeleteTopicsResponse, encode: encodeDeleteTopicsResponse },
  { name: 'DeleteRecordsRequest', min: 0, max: 2, decode: decodeDeleteRecordsRequest, encode: encodeDeleteRecordsRequest },
  { name: 'DeleteRecordsResponse', min: 0, max: 2, decode: decodeDeleteRecordsResponse, encode: encodeDeleteRecordsResponse },
  { name: 'InitProducerIdRequest', min: 0, max: 5, decode: decodeInitProducerIdRequest, encode: encodeInitProducerIdRequest },
  { name: 'InitProducerIdResponse', min: 0, max: 5, decode: decodeInitProducerIdResponse, encode: encodeInitProducerIdResponse },
  { name: 'OffsetForLeaderEpochRequest', min: 2, max: 4, decode: decodeOffsetForLeaderEpochRequest, encode: encodeOffsetForLeaderEpochRequest },
  { name: 'OffsetForLeaderEpochResponse', min: 2, max: 4, decode: decodeOffsetForLeaderEpochResponse, encode: encodeOffsetForLeaderEpochResponse },
  { name: 'AddPartitionsToTxnRequest', min: 0, max: 5, decode: decodeAddPartitionsToTxnRequest, encode: encodeAddPartitionsToTxnRequest },
  { name: 'AddPartitionsToTxnResponse', min: 0, max: 5, decode: decodeAddPartitionsToTxnResponse, encode: encodeAddPartitionsToTxnResponse },
  { name: 'AddOffsetsToTxnRequest', min: 0, max: 4, decode: decodeAddOffsetsToTxnRequest, encode: encodeAddOffsetsToTxnRequest },
  { name: 'AddOffsetsToTxnResponse', min: 0, max: 4, decode: decodeAddOffsetsToTxnResponse, encode: encodeAddOffsetsToTxnResponse },
  { name: 'EndTxnRequest', min: 0, max: 5, decode: decodeEndTxnRequest, encode: encodeEndTxnRequest },
  { name: 'EndTxnResponse', min: 0, max: 5, decode: decodeEndTxnResponse, encode: encodeEndTxnResponse },
  { name: 'WriteTxnMarkersRequest', min: 1, max: 2, decode: decodeWriteTxnMarkersRequest, encode: encodeWriteTxnMarkersRequest },
  { name: 'WriteTxnMarkersResponse', min: 1, max: 2, decode: decodeWriteTxnMarkersResponse, encode: encodeWriteTxnMarkersResponse },
  { name: 'TxnOffsetCommitRequest', min: 0, max: 5, decode: decodeTxnOffsetCommitRequest, encode: encodeTxnOffsetCommitRequest },
  { name: 'TxnOffsetCommitResponse', min: 0, max: 5, decode: decodeTxnOffsetCommitResponse, encode: encodeTxnOffsetCommitResponse },
  { name: 'DescribeAclsRequest', min: 0, max: 3, decode: decodeDescribeAclsRequest, encode: encodeDescribeAclsRequest },
  { name: 'DescribeAclsResponse', min: 0, max: 3, decode: decodeDescribeAclsResponse, encode: encodeDescribeAclsResponse },
  { name: 'CreateAclsRequest', min: 0, max: 3, decode: decodeCreateAclsRequest, encode: encodeCreateAclsRequest },
  { name: 'CreateAclsResponse', min: 0, max: 3, decode: decodeCreateAclsResponse, encode: encodeCreateAclsResponse },
  { name: 'DeleteAclsRequest', min: 0, max: 3, decode: decodeDeleteAclsRequest, encode: encodeDeleteAclsRequest },
  { name: 'DeleteAclsResponse', min: 0, max: 3, decode: decodeDeleteAclsResponse, encode: encodeDeleteAclsResponse },
  { name: 'DescribeConfigsRequest', min: 0, max: 4, decode: decodeDescribeConfigsRequest, encode: encodeDescribeConfigsRequest },
  { name: 'DescribeConfigsResponse', min: 0, max: 4, decode: decodeDescribeConfigsResponse, encode: encodeDescribeConfigsResponse },
  { name: 'AlterConfigsRequest', min: 0, max: 2, decode: decodeAlterConfigsRequest, encode: encodeAlterConfigsRequest },
  { name: 'AlterConfigsResponse', min: 0, max: 2, decode: decodeAlterConfigsResponse, encode: encodeAlterConfigsResponse },
  { name: 'AlterReplicaLogDirsRequest', min: 1, max: 2, decode: decodeAlterReplicaLogDirsRequest, encode: encodeAlterReplicaLogDirsRequest },
  { name: 'AlterReplicaLogDirsResponse', min: 1, max: 2, decode: decodeAlterReplicaLogDirsResponse, encode: encodeAlterReplicaLogDirsResponse },
  { name: 'DescribeLogDirsRequest', min: 1, max: 4, decode: decodeDescribeLogDirsRequest, encode: encodeDescribeLogDirsRequest },
  { name: 'DescribeLogDirsResponse', min: 1, max: 4, decode: decodeDescribeLogDirsResponse, encode: encodeDescribeLogDirsResponse },
  { name: 'SaslAuthenticateRequest', min: 0, max: 2, decode: decodeSaslAuthenticateRequest, encode: encodeSaslAuthenticateRequest },
  { name: 'SaslAuthenticateResponse', min: 0, max: 2, decode: decodeSaslAuthenticateResponse, encode: encodeSaslAuthenticateResponse },
  { name: 'CreatePartitionsRequest', min: 0, max: 3, decode: decodeCreatePartitionsRequest, encode: encodeCreatePartitionsRequest },
  { name: 'CreatePartitionsResponse', min: 0, max: 3, decode: decodeCreatePartitionsResponse, encode: encodeCreatePartitionsResponse },
  { name: 'DeleteGroupsRequest', min: 0, max: 2, decode: decodeDeleteGroupsRequest, encode: encodeDeleteGroupsRequest },
  { name: 'DeleteGroupsResponse', min: 0, max: 2, decode: decodeDeleteGroupsResponse, encode: encodeDeleteGroupsResponse },
  { name: 'ElectLeadersRequest', min: 0, max: 2, decode: decodeElectLeadersRequest, encode: encodeElectLeadersRequest },
  { name: 'ElectLeadersResponse', min: 0, max: 2, decode: decodeElectLeadersResponse, encode: encodeElectLeadersResponse },
  { name: 'IncrementalAlterConfigsRequest', min: 0, max: 1, decode: decodeIncrementalAlterConfigsRequest, encode: encodeIncrementalAlterConfigsRequest },
  { name: 'IncrementalAlterConfigsResponse', min: 0, max: 1, decode: decodeIncrementalAlterConfigsResponse, encode: encodeIncrementalAlterConfigsResponse },
  { name: 'AlterPartitionReassignmentsRequest', min: 0, max: 1, decode: decodeAlterPartitionReassignmentsRequest, encode: encodeAlterPartitionReassignmentsRequest },
  { name: 'AlterPartitionReassignmentsResponse', min: 0, max: 1, decode: decodeAlterPartitionReassignmentsResponse, encode: encodeAlterPartitionReassignmentsResponse },
  { name: 'ListPartitionReassignmentsRequest', min: 0, max: 0, decode: decodeListPartitionReassignmentsRequest, encode: encodeListPartitionReassignmentsRequest },
  { name: 'ListPartitionReassignmentsResponse', min: 0, max: 0, decode: decodeListPartitionReassignmentsResponse, encode: encodeListPartitionReassignmentsResponse },
  { name: 'OffsetDeleteRequest', min: 0, max: 0, decode: decodeOffsetDeleteRequest, encode: encodeOffsetDeleteRequest },
  { name: 'OffsetDeleteResponse', min: 0, max: 0, decode: decodeOffsetDeleteResponse, encode: encodeOffsetDeleteResponse },
  { name: 'DescribeClientQuotasRequest', min: 0, max: 1, decode: decodeDescribeClientQuotasRequest, encode: encodeDescribeClientQuotasRequest },
  { name: 'DescribeClientQuotasResponse', min: 0, max: 1, decode: decodeDescribeClientQuotasResponse, encode: encodeDescribeClientQuotasResponse },
  { name: 'AlterClientQuotasRequest', min: 0, max: 1, decode: decodeAlterClientQuotasRequest, encode: encodeAlterClientQuotasRequest },
  { name: 'AlterClientQuotasResponse', min: 0, max: 1, decode: decodeAlterClientQuotasResponse, encode: encodeAlterClientQuotasResponse },
  { name: 'DescribeUserScramCredentialsRequest', min: 0, max: 0, decode: decodeDescribeUserScramCredentialsRequest, encode: encodeDescribeUserScramCredentialsRequest },
  { name: 'DescribeUserScramCredentialsResponse', min: 0, max: 0, decode: decodeDescribeUserScramCredentialsResponse, encode: encodeDescribeUserScramCredentialsResponse },
  { name: 'AlterUserScramCredentialsRequest', min: 0, max: 0, decode: decodeAlterUserScramCredentialsRequest, encode: encodeAlterUserScramCredentialsRequest },
  { name: 'AlterUserScramCredentialsResponse', min: 0, max: 0, decode: decodeAlterUserScramCredentialsResponse, encode: encodeAlterUserScramCredentialsResponse },
  { name: 'DescribeQuorumRequest', min: 0, max: 2, decode: decodeDescribeQuorumRequest, encode: encodeDescribeQuorumRequest },
  { name: 'DescribeQuorumResponse', min: 0, max: 2, decode: decodeDescribeQuorumResponse, encode: encodeDescribeQuorumResponse },
  { name: 'UpdateFeaturesRequest', min: 0, max: 2, decode: decodeUpdateFeaturesRequest, encode: encodeUpdateFeaturesRequest },
  { name: 'UpdateFeaturesResponse', min: 0, max: 2, decode: decodeUpdateFeaturesResponse, encode: encodeUpdateFeaturesResponse },
  { name: 'DescribeClusterRequest', min: 0, max: 2, decode: decodeDescribeClusterRequest, encode: encodeDescribeClusterRequest },
  { name: 'DescribeClusterResponse', min: 0, max: 2, decode: decodeDescribeClusterResponse, encode: encodeDescribeClusterResponse },
  { name: 'DescribeProducersRequest', min: 0, max: 0, decode: decodeDescribeProducersRequest, encode: encodeDescribeProducersRequest },
  { name: 'DescribeProducersResponse', min: 0, max: 0, decode: decodeDescribeProducersResponse, encode: encodeDescribeProducersResponse },
  { name: 'DescribeTransactionsRequest', min: 0, max: 0, decode: decodeDescribeTransactionsRequest, encode: encodeDescribeTransactionsRequest },
  { name: 'DescribeTransactionsResponse', min: 0, max: 0, decode: decodeDescribeTransactionsResponse, encode: encodeDescribeTransactionsResponse },
  { name: 'ListTransactionsRequest', min: 0, max: 2, decode: decodeListTransactionsRequest, encode: encodeListTransactionsRequest },
  { name: 'ListTransactionsResponse', min: 0, max: 2, decode: decodeListTransactionsResponse, encode: encodeListTransactionsResponse },
  { name: 'ConsumerGroupHeartbeatRequest', min: 0, max: 1, decode: decodeConsumerGroupHeartbeatRequest, encode: encodeConsumerGroupHeartbeatRequest },
  { name: 'ConsumerGroupHeartbeatResponse', min: 0, max: 1, decode: decodeConsumerGroupHeartbeatResponse, encode: encodeConsumerGroupHeartbeatResponse },
  { name: 'ConsumerGroupDescribeRequest', min: 0, max: 1, decode: decodeConsumerGroupDescribeRequest, encode: encodeConsumerGroupDescribeRequest },
  { name: 'ConsumerGroupDescribeResponse', min: 0, max: 1, decode: decodeConsumerGroupDescribeResponse, encode: encodeConsumerGroupDescribeResponse },
  { name: 'GetTelemetrySubscriptionsRequest', min: 0, max: 0, decode: decodeGetTelemetrySubscriptionsRequest, encode: encodeGetTelemetrySubscriptionsRequest },
  { name: 'GetTelemetrySubscriptionsResponse', min: 0, max: 0, decode: decodeGetTelemetrySubscriptionsResponse, encode: encodeGetTelemetrySubscriptionsResponse },
  { name: 'PushTelemetryRequest', min: 0, max: 0, decode: decodePushTelemetryRequest, encode: encodePushTelemetryRequest },
  { name: 'PushTelemetryResponse', min: 0, max: 0, decode: decodePushTelemetryResponse, encode: encodePushTelemetryResponse },
  { name: 'ListConfigResourcesRequest', min: 0, max: 1, decode: decodeListConfigResourcesRequest, encode: encodeListConfigResourcesRequest },
  { name: 'ListConfigResourcesResponse', min: 0, max: 1, decode: decodeListConfigResourcesResponse, encode: encodeListConfigResourcesResponse },
  { name: 'DescribeTopicPartitionsRequest', min: 0, max: 0, decode: decodeDescribeTopicPartitionsRequest, encode: encodeDescribeTopicPartitionsRequest },
  { name: 'DescribeTopicPartitionsResponse', min: 0, max: 0, decode: decodeDescribeTopicPartitionsResponse, encode: encodeDescribeTopicPartitionsResponse },
  { name: 'ShareGroupHeartbeatRequest', min: 1, max: 1, decode: decodeShareGroupHeartbeatRequest, encode: encodeShareGroupHeartbeatRequest },
  { name: 'ShareGroupHeartbeatResponse', min: 1, max: 1, decode: decodeShareGroupHeartbeatResponse, encode: encodeShareGroupHeartbeatResponse },
  { name: 'ShareGroupDescribeRequest', min: 1, max: 1, decode: decodeShareGroupDescribeRequest, encode: encodeShareGroupDescribeRequest },
  { name: 'ShareGroupDescribeResponse', min: 1, max: 1, decode: decodeShareGroupDescribeResponse, encode: encodeShareGroupDescribeResponse },
  { name: 'ShareFetchRequest', min: 1, max: 2, decode: decodeShareFetchRequest, encode: encodeShareFetchRequest },
  { name: 'ShareFetchResponse', min: 1, max: 2, decode: decodeShareFetchResponse, encode: encodeShareFetchResponse },
  { name: 'ShareAcknowledgeRequest', min: 1, max: 2, decode: decodeShareAcknowledgeRequest, encode: encodeShareAcknowledgeRequest },
  { name: 'ShareAcknowledgeResponse', min: 1, max: 2, decode: decodeShareAcknowledgeResponse, encode: encodeShareAcknowledgeResponse },
  { name: 'DescribeShareGroupOffsetsRequest', min: 0, max: 1, decode: decodeDescribeShareGroupOffsetsRequest, encode: encodeDescribeShareGroupOffsetsRequest },
  { name: 'DescribeShareGroupOffsetsResponse', min: 0, max: 1, decode: decodeDescribeShareGroupOffsetsResponse, encode: encodeDescribeShareGroupOffsetsResponse },
  { name: 'AlterShareGroupOffsetsRequest', min: 0, max: 0, decode: decodeAlterShareGroupOffsetsRequest, encode: encodeAlterShareGroupOffsetsRequest },
  { name: 'AlterShareGroupOffsetsResponse', min: 0, max: 0, decode: decodeAlterShareGroupOffsetsResponse, encode: encodeAlterShareGroupOffsetsResponse },
  { name: 'DeleteShareGroupOffsetsRequest', min: 0, max: 0, decode: decodeDeleteShareGroupOffsetsRequest, encode: encodeDeleteShareGroupOffsetsRequest },
  { name: 'DeleteShareGroupOffsetsResponse', min: 0, max: 0, decode: decodeDeleteShareGroupOffsetsResponse, encode: encodeDeleteShareGroupOffsetsResponse },
  { name: 'RequestHeader', min: 1, max: 2, decode: decodeRequestHeader, encode: encodeRequestHeader },
  { name: 'ResponseHeader', min: 0, max: 1, decode: decodeResponseHeader, encode: encodeResponseHeader },
  { name: 'OffsetCommitKey', min: 0, max: 1, decode: decodeOffsetCommitKey, encode: encodeOffsetCommitKey },
  { name: 'OffsetCommitValue', min: 0, max: 4, decode: decodeOffsetCommitValue, encode: encodeOffsetCommitValue },
  { name: 'GroupMetadataKey', min: 2, max: 2, decode: decodeGroupMetadataKey, encode: encodeGroupMetadataKey },
  { name: 'GroupMetadataValue', min: 0, max: 4, decode: decodeGroupMetadataValue, encode: encodeGroupMetadataValue },
  { name: 'ConsumerGroupMetadataKey', min: 3, max: 3, decode: decodeConsumerGroupMetadataKey, encode: encodeConsumerGroupMetadataKey },
  { name: 'ConsumerGroupMetadataValue', min: 0, max: 0, decode: decodeConsumerGroupMetadataValue, encode: encodeConsumerGroupMetadataValue },
  { name: 'ConsumerGroupPartitionMetadataKey', min: 4, max: 4, decode: decodeConsumerGroupPartitionMetadataKey, encode: encodeConsumerGroupPartitionMetadataKey },
  { name: 'ConsumerGroupPartitionMetadataValue', min: 0, max: 0, decode: decodeConsumerGroupPartitionMetadataValue, encode: encodeConsumerGroupPartitionMetadataValue },
  { name: 'ConsumerGroupMemberMetadataKey', min: 5, max: 5, decode: decodeConsumerGroupMemberMetadataKey, encode: encodeConsumerGroupMemberMetadataKey },
  { name: 'ConsumerGroupMemberMetadataValue', min: 0, max: 0, decode: decodeConsumerGroupMemberMetadataValue, encode: encodeConsumerGroupMemberMetadataValue },
  { name: 'ConsumerGroupTargetAssignmentMetadataKey', min: 6, max: 6, decode: decodeConsumerGroupTargetAssignmentMetadataKey, encode: encodeConsumerGroupTargetAssignmentMetadataKey },
  { name: 'ConsumerGroupTargetAssignmentMetadataValue', min: 0, max: 0, decode: decodeConsumerGroupTargetAssignmentMetadataValue, encode: encodeConsumerGroupTargetAssignmentMetadataValue },
  { name: 'ConsumerGroupTargetAssignmentMemberKey', min: 7, max: 7, decode: decodeConsumerGroupTargetAssignmentMemberKey, encode: encodeConsumerGroupTargetAssignmentMemberKey },
  { name: 'ConsumerGroupTargetAssignmentMemberValue', min: 0, max: 0, decode: decodeConsumerGroupTargetAssignmentMemberValue, encode: encodeConsumerGroupTargetAssignmentMemberValue },
  { name: 'ConsumerGroupCurrentMemberAssignmentKey', min: 8, max: 8, decode: decodeConsumerGroupCurrentMemberAssignmentKey, encode: encodeConsumerGroupCurrentMemberAssignmentKey },
  { name: 'ConsumerGroupCurrentMemberAssignmentValue', min: 0, max: 0, decode: decodeConsumerGroupCurrentMemberAssignmentValue, encode: encodeConsumerGroupCurrentMemberAssignmentValue },
  { name: 'ConsumerGroupRegularExpressionKey', min: 16, max: 16, decode: decodeConsumerGroupRegularExpressionKey, encode: encodeConsumerGroupRegularExpressionKey },
  { name: 'ConsumerGroupRegularExpressionValue', min: 0, max: 0, decode: decodeConsumerGroupRegularExpressionValue, encode: encodeConsumerGroupRegularExpressionValue },
  { name: 'TransactionLogKey', min: 0, max: 0, decode: decodeTransactionLogKey, encode: encodeTransactionLogKey },
  { name: 'TransactionLogValue', min: 0, max: 1, decode: decodeTransactionLogValue, encode: encodeTransactionLogValue },
  { name: 'ControlRecordKey', min: 0, max: 0, decode: decodeControlRecordKey, encode: encodeControlRecordKey },
  { name: 'EndTxnMarker', min: 0, max: 0, decode: decodeEndTxnMarker, encode: encodeEndTxnMarker },
  { name: 'ConsumerProtocolSubscription', min: 0, max: 3, decode: decodeConsumerProtocolSubscription, encode: encodeConsumerProtocolSubscription },
  { name: 'ConsumerProtocolAssignment', min: 0, max: 3, decode: decodeConsumerProtocolAssignment, encode: encodeConsumerProtocolAssignment },
];
