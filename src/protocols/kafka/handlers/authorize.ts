import { clusterName, type Operation, type ResourceType } from '../../../broker/access/rules.js';
import type { Topic } from '../../../broker/topic.js';
import type { Call } from '../call.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import { operationNumbers, operationsOf } from '../operations.js';
import type { KafkaSession } from '../session.js';

/**
 * Whether who asks may do what it asks for. Every handler puts the question here; what is not allowed is answered with
 * the code that Kafka has for the type of the resource.
 */

export const refusalCodes: Record<ResourceType, number> = {
  topic: ErrorCode.TOPIC_AUTHORIZATION_FAILED,
  group: ErrorCode.GROUP_AUTHORIZATION_FAILED,
  cluster: ErrorCode.CLUSTER_AUTHORIZATION_FAILED,
  'transactional-id': ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
  'delegation-token': ErrorCode.DELEGATION_TOKEN_AUTHORIZATION_FAILED,
  user: ErrorCode.CLUSTER_AUTHORIZATION_FAILED,
};

export function allows(call: Call, operation: Operation, type: ResourceType, name: string): boolean {
  return call.context.broker.access.allows(call.session.subject, operation, type, name);
}

export function allowsTopic(call: Call, operation: Operation, name: string): boolean {
  return allows(call, operation, 'topic', name);
}

export function allowsGroup(call: Call, operation: Operation, name: string): boolean {
  return allows(call, operation, 'group', name);
}

export function allowsCluster(call: Call, operation: Operation): boolean {
  return allows(call, operation, 'cluster', clusterName);
}

/** Anybody who may write to some topic may have an id to do so with; older rules allow it on the cluster. */
export function allowsIdempotentWrite(call: Call): boolean {
  const { access } = call.context.broker;
  return allowsCluster(call, 'idempotent-write') || access.allowsSome(call.session.subject, 'write', 'topic');
}

/** A topic that may not be used, whether it is there or not; for one asked for by id, only one that is there. */
export function refusesTopic(call: Call, operation: Operation, name: string, topic: Topic | undefined): boolean {
  const known = topic?.name ?? name;
  return known !== '' && !allowsTopic(call, operation, known);
}

/** Of a group whose members read topics that who asks may not know of. */
export const topicsHidden = 'The group reads topics that the client is not authorized to describe.';

/** The operations that are allowed (KIP-430), as bits. */
export function authorizedOperations(call: Call, type: ResourceType, name: string): number {
  let bits = 0;
  for (const operation of operationsOf[type]) {
    if (allows(call, operation, type, name)) bits |= 1 << operationNumbers[operation];
  }
  return bits;
}

export function authorizedClusterOperations(call: Call): number {
  return authorizedOperations(call, 'cluster', clusterName);
}

/** Served before a client has said who it is. */
export const servedToAll: ReadonlySet<number> = new Set([
  ApiKey.ApiVersions,
  ApiKey.SaslHandshake,
  ApiKey.SaslAuthenticate,
]);

/** APIs whose handlers put their questions here. All others are for superusers: what nobody thought of is not open. */
const asksItself: ReadonlySet<number> = new Set<number>([
  ...servedToAll,
  ApiKey.Produce,
  ApiKey.Fetch,
  ApiKey.ListOffsets,
  ApiKey.Metadata,
  ApiKey.OffsetCommit,
  ApiKey.OffsetFetch,
  ApiKey.FindCoordinator,
  ApiKey.JoinGroup,
  ApiKey.Heartbeat,
  ApiKey.LeaveGroup,
  ApiKey.SyncGroup,
  ApiKey.DescribeGroups,
  ApiKey.ListGroups,
  ApiKey.CreateTopics,
  ApiKey.DeleteTopics,
  ApiKey.DeleteRecords,
  ApiKey.InitProducerId,
  ApiKey.OffsetForLeaderEpoch,
  ApiKey.AddPartitionsToTxn,
  ApiKey.AddOffsetsToTxn,
  ApiKey.EndTxn,
  ApiKey.WriteTxnMarkers,
  ApiKey.TxnOffsetCommit,
  ApiKey.DescribeAcls,
  ApiKey.CreateAcls,
  ApiKey.DeleteAcls,
  ApiKey.DescribeConfigs,
  ApiKey.CreatePartitions,
  ApiKey.DeleteGroups,
  ApiKey.DescribeClientQuotas,
  ApiKey.AlterClientQuotas,
  ApiKey.DescribeUserScramCredentials,
  ApiKey.AlterUserScramCredentials,
  ApiKey.DescribeCluster,
  ApiKey.DescribeProducers,
  ApiKey.DescribeTransactions,
  ApiKey.ListTransactions,
  ApiKey.OffsetDelete,
  ApiKey.ConsumerGroupHeartbeat,
  ApiKey.ConsumerGroupDescribe,
  ApiKey.ShareGroupHeartbeat,
  ApiKey.ShareGroupDescribe,
  ApiKey.ShareFetch,
  ApiKey.ShareAcknowledge,
  ApiKey.DescribeShareGroupOffsets,
  ApiKey.AlterShareGroupOffsets,
  ApiKey.DeleteShareGroupOffsets,
  ApiKey.AlterConfigs,
  ApiKey.AlterReplicaLogDirs,
  ApiKey.DescribeLogDirs,
  ApiKey.ElectLeaders,
  ApiKey.IncrementalAlterConfigs,
  ApiKey.AlterPartitionReassignments,
  ApiKey.ListPartitionReassignments,
  ApiKey.DescribeQuorum,
  ApiKey.UpdateFeatures,
  ApiKey.ListConfigResources,
  ApiKey.DescribeTopicPartitions,
]);

export function admits(session: KafkaSession, key: number): boolean {
  if (servedToAll.has(key)) return true;
  if (!session.authentication.admitted) return false;
  const { access } = session.context.broker;
  return access.open || asksItself.has(key) || access.isSuperuser(session.subject.principal);
}
