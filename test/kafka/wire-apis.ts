import type { ByteReader } from '../../src/lib/byte-reader.js';
import type { PieceWriter } from '../../src/lib/piece-writer.js';
import type { ProduceRequest, ProduceResponse } from '../../src/protocols/kafka/codec/00-produce.js';
import type { ListOffsetsRequest, ListOffsetsResponse } from '../../src/protocols/kafka/codec/02-list-offsets.js';
import type { MetadataRequest, MetadataResponse } from '../../src/protocols/kafka/codec/03-metadata.js';
import type { OffsetCommitRequest, OffsetCommitResponse } from '../../src/protocols/kafka/codec/08-offset-commit.js';
import type { OffsetFetchRequest, OffsetFetchResponse } from '../../src/protocols/kafka/codec/09-offset-fetch.js';
import type {
  FindCoordinatorRequest,
  FindCoordinatorResponse,
} from '../../src/protocols/kafka/codec/10-find-coordinator.js';
import type { JoinGroupRequest, JoinGroupResponse } from '../../src/protocols/kafka/codec/11-join-group.js';
import type { HeartbeatRequest, HeartbeatResponse } from '../../src/protocols/kafka/codec/12-heartbeat.js';
import type { LeaveGroupRequest, LeaveGroupResponse } from '../../src/protocols/kafka/codec/13-leave-group.js';
import type { SyncGroupRequest, SyncGroupResponse } from '../../src/protocols/kafka/codec/14-sync-group.js';
import type {
  DescribeGroupsRequest,
  DescribeGroupsResponse,
} from '../../src/protocols/kafka/codec/15-describe-groups.js';
import type { ListGroupsRequest, ListGroupsResponse } from '../../src/protocols/kafka/codec/16-list-groups.js';
import type { CreateTopicsRequest, CreateTopicsResponse } from '../../src/protocols/kafka/codec/19-create-topics.js';
import type { DeleteTopicsRequest, DeleteTopicsResponse } from '../../src/protocols/kafka/codec/20-delete-topics.js';
import type { DeleteRecordsRequest, DeleteRecordsResponse } from '../../src/protocols/kafka/codec/21-delete-records.js';
import type {
  InitProducerIdRequest,
  InitProducerIdResponse,
} from '../../src/protocols/kafka/codec/22-init-producer-id.js';
import type {
  DescribeConfigsRequest,
  DescribeConfigsResponse,
} from '../../src/protocols/kafka/codec/32-describe-configs.js';
import type {
  CreatePartitionsRequest,
  CreatePartitionsResponse,
} from '../../src/protocols/kafka/codec/37-create-partitions.js';
import type { DeleteGroupsRequest, DeleteGroupsResponse } from '../../src/protocols/kafka/codec/42-delete-groups.js';
import type {
  DescribeClusterRequest,
  DescribeClusterResponse,
} from '../../src/protocols/kafka/codec/60-describe-cluster.js';
import { decodeProduceResponse, encodeProduceRequest, newProduceRequest } from '../kafka-codec/codec/00-produce.js';
import {
  decodeListOffsetsResponse,
  encodeListOffsetsRequest,
  newListOffsetsRequest,
} from '../kafka-codec/codec/02-list-offsets.js';
import { decodeMetadataResponse, encodeMetadataRequest, newMetadataRequest } from '../kafka-codec/codec/03-metadata.js';
import {
  decodeOffsetCommitResponse,
  encodeOffsetCommitRequest,
  newOffsetCommitRequest,
} from '../kafka-codec/codec/08-offset-commit.js';
import {
  decodeOffsetFetchResponse,
  encodeOffsetFetchRequest,
  newOffsetFetchRequest,
} from '../kafka-codec/codec/09-offset-fetch.js';
import {
  decodeFindCoordinatorResponse,
  encodeFindCoordinatorRequest,
  newFindCoordinatorRequest,
} from '../kafka-codec/codec/10-find-coordinator.js';
import {
  decodeJoinGroupResponse,
  encodeJoinGroupRequest,
  newJoinGroupRequest,
} from '../kafka-codec/codec/11-join-group.js';
import {
  decodeHeartbeatResponse,
  encodeHeartbeatRequest,
  newHeartbeatRequest,
} from '../kafka-codec/codec/12-heartbeat.js';
import {
  decodeLeaveGroupResponse,
  encodeLeaveGroupRequest,
  newLeaveGroupRequest,
} from '../kafka-codec/codec/13-leave-group.js';
import {
  decodeSyncGroupResponse,
  encodeSyncGroupRequest,
  newSyncGroupRequest,
} from '../kafka-codec/codec/14-sync-group.js';
import {
  decodeDescribeGroupsResponse,
  encodeDescribeGroupsRequest,
  newDescribeGroupsRequest,
} from '../kafka-codec/codec/15-describe-groups.js';
import {
  decodeListGroupsResponse,
  encodeListGroupsRequest,
  newListGroupsRequest,
} from '../kafka-codec/codec/16-list-groups.js';
import {
  decodeCreateTopicsResponse,
  encodeCreateTopicsRequest,
  newCreateTopicsRequest,
} from '../kafka-codec/codec/19-create-topics.js';
import {
  decodeDeleteTopicsResponse,
  encodeDeleteTopicsRequest,
  newDeleteTopicsRequest,
} from '../kafka-codec/codec/20-delete-topics.js';
import {
  decodeDeleteRecordsResponse,
  encodeDeleteRecordsRequest,
  newDeleteRecordsRequest,
} from '../kafka-codec/codec/21-delete-records.js';
import {
  decodeInitProducerIdResponse,
  encodeInitProducerIdRequest,
  newInitProducerIdRequest,
} from '../kafka-codec/codec/22-init-producer-id.js';
import {
  decodeDescribeConfigsResponse,
  encodeDescribeConfigsRequest,
  newDescribeConfigsRequest,
} from '../kafka-codec/codec/32-describe-configs.js';
import {
  decodeCreatePartitionsResponse,
  encodeCreatePartitionsRequest,
  newCreatePartitionsRequest,
} from '../kafka-codec/codec/37-create-partitions.js';
import {
  decodeDeleteGroupsResponse,
  encodeDeleteGroupsRequest,
  newDeleteGroupsRequest,
} from '../kafka-codec/codec/42-delete-groups.js';
import {
  decodeDescribeClusterResponse,
  encodeDescribeClusterRequest,
  newDescribeClusterRequest,
} from '../kafka-codec/codec/60-describe-cluster.js';

/** One API from the client's side. */
export interface WireApi<Request, Response> {
  readonly name: string;
  readonly newRequest: () => Request;
  readonly encode: (writer: PieceWriter, version: number, request: Request) => void;
  readonly decode: (reader: ByteReader, version: number) => Response;
}

function api<Request, Response>(
  name: string,
  newRequest: () => Request,
  encode: (writer: PieceWriter, version: number, request: Request) => void,
  decode: (reader: ByteReader, version: number) => Response,
): WireApi<Request, Response> {
  return { name, newRequest, encode, decode };
}

export const produce: WireApi<ProduceRequest, ProduceResponse> = api(
  'Produce',
  newProduceRequest,
  encodeProduceRequest,
  decodeProduceResponse,
);
export const listOffsets: WireApi<ListOffsetsRequest, ListOffsetsResponse> = api(
  'ListOffsets',
  newListOffsetsRequest,
  encodeListOffsetsRequest,
  decodeListOffsetsResponse,
);
export const metadata: WireApi<MetadataRequest, MetadataResponse> = api(
  'Metadata',
  newMetadataRequest,
  encodeMetadataRequest,
  decodeMetadataResponse,
);
export const offsetCommit: WireApi<OffsetCommitRequest, OffsetCommitResponse> = api(
  'OffsetCommit',
  newOffsetCommitRequest,
  encodeOffsetCommitRequest,
  decodeOffsetCommitResponse,
);
export const offsetFetch: WireApi<OffsetFetchRequest, OffsetFetchResponse> = api(
  'OffsetFetch',
  newOffsetFetchRequest,
  encodeOffsetFetchRequest,
  decodeOffsetFetchResponse,
);
export const findCoordinator: WireApi<FindCoordinatorRequest, FindCoordinatorResponse> = api(
  'FindCoordinator',
  newFindCoordinatorRequest,
  encodeFindCoordinatorRequest,
  decodeFindCoordinatorResponse,
);
export const joinGroup: WireApi<JoinGroupRequest, JoinGroupResponse> = api(
  'JoinGroup',
  newJoinGroupRequest,
  encodeJoinGroupRequest,
  decodeJoinGroupResponse,
);
export const heartbeat: WireApi<HeartbeatRequest, HeartbeatResponse> = api(
  'Heartbeat',
  newHeartbeatRequest,
  encodeHeartbeatRequest,
  decodeHeartbeatResponse,
);
export const leaveGroup: WireApi<LeaveGroupRequest, LeaveGroupResponse> = api(
  'LeaveGroup',
  newLeaveGroupRequest,
  encodeLeaveGroupRequest,
  decodeLeaveGroupResponse,
);
export const syncGroup: WireApi<SyncGroupRequest, SyncGroupResponse> = api(
  'SyncGroup',
  newSyncGroupRequest,
  encodeSyncGroupRequest,
  decodeSyncGroupResponse,
);
export const describeGroups: WireApi<DescribeGroupsRequest, DescribeGroupsResponse> = api(
  'DescribeGroups',
  newDescribeGroupsRequest,
  encodeDescribeGroupsRequest,
  decodeDescribeGroupsResponse,
);
export const listGroups: WireApi<ListGroupsRequest, ListGroupsResponse> = api(
  'ListGroups',
  newListGroupsRequest,
  encodeListGroupsRequest,
  decodeListGroupsResponse,
);
export const createTopics: WireApi<CreateTopicsRequest, CreateTopicsResponse> = api(
  'CreateTopics',
  newCreateTopicsRequest,
  encodeCreateTopicsRequest,
  decodeCreateTopicsResponse,
);
export const deleteTopics: WireApi<DeleteTopicsRequest, DeleteTopicsResponse> = api(
  'DeleteTopics',
  newDeleteTopicsRequest,
  encodeDeleteTopicsRequest,
  decodeDeleteTopicsResponse,
);
export const deleteRecords: WireApi<DeleteRecordsRequest, DeleteRecordsResponse> = api(
  'DeleteRecords',
  newDeleteRecordsRequest,
  encodeDeleteRecordsRequest,
  decodeDeleteRecordsResponse,
);
export const initProducerId: WireApi<InitProducerIdRequest, InitProducerIdResponse> = api(
  'InitProducerId',
  newInitProducerIdRequest,
  encodeInitProducerIdRequest,
  decodeInitProducerIdResponse,
);
export const describeConfigs: WireApi<DescribeConfigsRequest, DescribeConfigsResponse> = api(
  'DescribeConfigs',
  newDescribeConfigsRequest,
  encodeDescribeConfigsRequest,
  decodeDescribeConfigsResponse,
);
export const createPartitions: WireApi<CreatePartitionsRequest, CreatePartitionsResponse> = api(
  'CreatePartitions',
  newCreatePartitionsRequest,
  encodeCreatePartitionsRequest,
  decodeCreatePartitionsResponse,
);
export const deleteGroups: WireApi<DeleteGroupsRequest, DeleteGroupsResponse> = api(
  'DeleteGroups',
  newDeleteGroupsRequest,
  encodeDeleteGroupsRequest,
  decodeDeleteGroupsResponse,
);
export const describeCluster: WireApi<DescribeClusterRequest, DescribeClusterResponse> = api(
  'DescribeCluster',
  newDescribeClusterRequest,
  encodeDescribeClusterRequest,
  decodeDescribeClusterResponse,
);
