import type { AlterConfigsRequest, AlterConfigsResponse } from '../../src/protocols/kafka/codec/33-alter-configs.js';
import type {
  AlterReplicaLogDirsRequest,
  AlterReplicaLogDirsResponse,
} from '../../src/protocols/kafka/codec/34-alter-replica-log-dirs.js';
import type {
  DescribeLogDirsRequest,
  DescribeLogDirsResponse,
} from '../../src/protocols/kafka/codec/35-describe-log-dirs.js';
import type { ElectLeadersRequest, ElectLeadersResponse } from '../../src/protocols/kafka/codec/43-elect-leaders.js';
import type {
  IncrementalAlterConfigsRequest,
  IncrementalAlterConfigsResponse,
} from '../../src/protocols/kafka/codec/44-incremental-alter-configs.js';
import type {
  AlterPartitionReassignmentsRequest,
  AlterPartitionReassignmentsResponse,
} from '../../src/protocols/kafka/codec/45-alter-partition-reassignments.js';
import type {
  ListPartitionReassignmentsRequest,
  ListPartitionReassignmentsResponse,
} from '../../src/protocols/kafka/codec/46-list-partition-reassignments.js';
import type {
  DescribeQuorumRequest,
  DescribeQuorumResponse,
} from '../../src/protocols/kafka/codec/55-describe-quorum.js';
import type {
  UpdateFeaturesRequest,
  UpdateFeaturesResponse,
} from '../../src/protocols/kafka/codec/57-update-features.js';
import type {
  ListConfigResourcesRequest,
  ListConfigResourcesResponse,
} from '../../src/protocols/kafka/codec/74-list-config-resources.js';
import type {
  DescribeTopicPartitionsRequest,
  DescribeTopicPartitionsResponse,
} from '../../src/protocols/kafka/codec/75-describe-topic-partitions.js';
import type { WireApi } from '../kafka/wire-apis.js';
import {
  decodeAlterConfigsResponse,
  encodeAlterConfigsRequest,
  newAlterConfigsRequest,
} from '../kafka-codec/codec/33-alter-configs.js';
import {
  decodeAlterReplicaLogDirsResponse,
  encodeAlterReplicaLogDirsRequest,
  newAlterReplicaLogDirsRequest,
} from '../kafka-codec/codec/34-alter-replica-log-dirs.js';
import {
  decodeDescribeLogDirsResponse,
  encodeDescribeLogDirsRequest,
  newDescribeLogDirsRequest,
} from '../kafka-codec/codec/35-describe-log-dirs.js';
import {
  decodeElectLeadersResponse,
  encodeElectLeadersRequest,
  newElectLeadersRequest,
} from '../kafka-codec/codec/43-elect-leaders.js';
import {
  decodeIncrementalAlterConfigsResponse,
  encodeIncrementalAlterConfigsRequest,
  newIncrementalAlterConfigsRequest,
} from '../kafka-codec/codec/44-incremental-alter-configs.js';
import {
  decodeAlterPartitionReassignmentsResponse,
  encodeAlterPartitionReassignmentsRequest,
  newAlterPartitionReassignmentsRequest,
} from '../kafka-codec/codec/45-alter-partition-reassignments.js';
import {
  decodeListPartitionReassignmentsResponse,
  encodeListPartitionReassignmentsRequest,
  newListPartitionReassignmentsRequest,
} from '../kafka-codec/codec/46-list-partition-reassignments.js';
import {
  decodeDescribeQuorumResponse,
  encodeDescribeQuorumRequest,
  newDescribeQuorumRequest,
} from '../kafka-codec/codec/55-describe-quorum.js';
import {
  decodeUpdateFeaturesResponse,
  encodeUpdateFeaturesRequest,
  newUpdateFeaturesRequest,
} from '../kafka-codec/codec/57-update-features.js';
import {
  decodeListConfigResourcesResponse,
  encodeListConfigResourcesRequest,
  newListConfigResourcesRequest,
} from '../kafka-codec/codec/74-list-config-resources.js';
import {
  decodeDescribeTopicPartitionsResponse,
  encodeDescribeTopicPartitionsRequest,
  newDescribeTopicPartitionsRequest,
} from '../kafka-codec/codec/75-describe-topic-partitions.js';

/** The administrators' APIs as tests ask them. */
export const alterConfigs: WireApi<AlterConfigsRequest, AlterConfigsResponse> = {
  name: 'AlterConfigs',
  newRequest: newAlterConfigsRequest,
  encode: encodeAlterConfigsRequest,
  decode: decodeAlterConfigsResponse,
};
export const alterReplicaLogDirs: WireApi<AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponse> = {
  name: 'AlterReplicaLogDirs',
  newRequest: newAlterReplicaLogDirsRequest,
  encode: encodeAlterReplicaLogDirsRequest,
  decode: decodeAlterReplicaLogDirsResponse,
};
export const describeLogDirs: WireApi<DescribeLogDirsRequest, DescribeLogDirsResponse> = {
  name: 'DescribeLogDirs',
  newRequest: newDescribeLogDirsRequest,
  encode: encodeDescribeLogDirsRequest,
  decode: decodeDescribeLogDirsResponse,
};
export const electLeaders: WireApi<ElectLeadersRequest, ElectLeadersResponse> = {
  name: 'ElectLeaders',
  newRequest: newElectLeadersRequest,
  encode: encodeElectLeadersRequest,
  decode: decodeElectLeadersResponse,
};
export const incrementalAlterConfigs: WireApi<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse> = {
  name: 'IncrementalAlterConfigs',
  newRequest: newIncrementalAlterConfigsRequest,
  encode: encodeIncrementalAlterConfigsRequest,
  decode: decodeIncrementalAlterConfigsResponse,
};
export const alterPartitionReassignments: WireApi<
  AlterPartitionReassignmentsRequest,
  AlterPartitionReassignmentsResponse
> = {
  name: 'AlterPartitionReassignments',
  newRequest: newAlterPartitionReassignmentsRequest,
  encode: encodeAlterPartitionReassignmentsRequest,
  decode: decodeAlterPartitionReassignmentsResponse,
};
export const listPartitionReassignments: WireApi<
  ListPartitionReassignmentsRequest,
  ListPartitionReassignmentsResponse
> = {
  name: 'ListPartitionReassignments',
  newRequest: newListPartitionReassignmentsRequest,
  encode: encodeListPartitionReassignmentsRequest,
  decode: decodeListPartitionReassignmentsResponse,
};
export const describeQuorum: WireApi<DescribeQuorumRequest, DescribeQuorumResponse> = {
  name: 'DescribeQuorum',
  newRequest: newDescribeQuorumRequest,
  encode: encodeDescribeQuorumRequest,
  decode: decodeDescribeQuorumResponse,
};
export const updateFeatures: WireApi<UpdateFeaturesRequest, UpdateFeaturesResponse> = {
  name: 'UpdateFeatures',
  newRequest: newUpdateFeaturesRequest,
  encode: encodeUpdateFeaturesRequest,
  decode: decodeUpdateFeaturesResponse,
};
export const listConfigResources: WireApi<ListConfigResourcesRequest, ListConfigResourcesResponse> = {
  name: 'ListConfigResources',
  newRequest: newListConfigResourcesRequest,
  encode: encodeListConfigResourcesRequest,
  decode: decodeListConfigResourcesResponse,
};
export const describeTopicPartitions: WireApi<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse> = {
  name: 'DescribeTopicPartitions',
  newRequest: newDescribeTopicPartitionsRequest,
  encode: encodeDescribeTopicPartitionsRequest,
  decode: decodeDescribeTopicPartitionsResponse,
};
