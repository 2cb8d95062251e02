// Generated from src/protocols/kafka/schema by scripts/generate-codec.ts. Do not edit.

export interface ApiRange {
  readonly key: number;
  readonly name: string;
  readonly minVersion: number;
  readonly maxVersion: number;
  readonly flexibleFrom: number;
}

export const API_RANGES: readonly ApiRange[] = [
  { key: 0, name: 'Produce', minVersion: 3, maxVersion: 13, flexibleFrom: 9 },
  { key: 1, name: 'Fetch', minVersion: 4, maxVersion: 18, flexibleFrom: 12 },
  { key: 2, name: 'ListOffsets', minVersion: 0, maxVersion: 11, flexibleFrom: 6 },
  { key: 3, name: 'Metadata', minVersion: 0, maxVersion: 13, flexibleFrom: 9 },
  { key: 8, name: 'OffsetCommit', minVersion: 1, maxVersion: 10, flexibleFrom: 8 },
  { key: 9, name: 'OffsetFetch', minVersion: 1, maxVersion: 10, flexibleFrom: 6 },
  { key: 10, name: 'FindCoordinator', minVersion: 0, maxVersion: 6, flexibleFrom: 3 },
  { key: 11, name: 'JoinGroup', minVersion: 0, maxVersion: 9, flexibleFrom: 6 },
  { key: 12, name: 'Heartbeat', minVersion: 0, maxVersion: 4, flexibleFrom: 4 },
  { key: 13, name: 'LeaveGroup', minVersion: 0, maxVersion: 5, flexibleFrom: 4 },
  { key: 14, name: 'SyncGroup', minVersion: 0, maxVersion: 5, flexibleFrom: 4 },
  { key: 15, name: 'DescribeGroups', minVersion: 0, maxVersion: 6, flexibleFrom: 5 },
  { key: 16, name: 'ListGroups', minVersion: 0, maxVersion: 5, flexibleFrom: 3 },
  { key: 18, name: 'ApiVersions', minVersion: 0, maxVersion: 4, flexibleFrom: 3 },
  { key: 19, name: 'CreateTopics', minVersion: 0, maxVersion: 7, flexibleFrom: 5 },
  { key: 20, name: 'DeleteTopics', minVersion: 0, maxVersion: 6, flexibleFrom: 4 },
  { key: 21, name: 'DeleteRecords', minVersion: 0, maxVersion: 2, flexibleFrom: 2 },
  { key: 22, name: 'InitProducerId', minVersion: 0, maxVersion: 5, flexibleFrom: 2 },
  { key: 32, name: 'DescribeConfigs', minVersion: 0, maxVersion: 4, flexibleFrom: 4 },
  { key: 37, name: 'CreatePartitions', minVersion: 0, maxVersion: 3, flexibleFrom: 2 },
  { key: 42, name: 'DeleteGroups', minVersion: 0, maxVersion: 2, flexibleFrom: 2 },
  { key: 60, name: 'DescribeCluster', minVersion: 0, maxVersion: 2, flexibleFrom: 0 },
];

export const ApiKey = {
  Produce: 0,
  Fetch: 1,
  ListOffsets: 2,
  Metadata: 3,
  OffsetCommit: 8,
  OffsetFetch: 9,
  FindCoordinator: 10,
  JoinGroup: 11,
  Heartbeat: 12,
  LeaveGroup: 13,
  SyncGroup: 14,
  DescribeGroups: 15,
  ListGroups: 16,
  ApiVersions: 18,
  CreateTopics: 19,
  DeleteTopics: 20,
  DeleteRecords: 21,
  InitProducerId: 22,
  DescribeConfigs: 32,
  CreatePartitions: 37,
  DeleteGroups: 42,
  DescribeCluster: 60,
} as const;
