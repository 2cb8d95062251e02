import type { Api, Fields } from './notation.js';

const replicaState: Fields = {
  replicaId: { type: 'int32' },
  replicaDirectoryId: { type: 'uuid', versions: '2+' },
  logEndOffset: { type: 'int64' },
  lastFetchTimestamp: { type: 'int64', versions: '1+', fallback: -1 },
  lastCaughtUpTimestamp: { type: 'int64', versions: '1+', fallback: -1 },
};

/** Version 1 adds when a replica was last heard of, version 2 directories and listeners. */
export const describeQuorum: Api = {
  key: 55,
  name: 'DescribeQuorum',
  versions: '0-2',
  flexible: '0+',
  request: {
    topics: {
      array: true,
      struct: 'DescribeQuorumRequestTopicData',
      fields: {
        topicName: { type: 'string' },
        partitions: {
          array: true,
          struct: 'DescribeQuorumRequestPartitionData',
          fields: {
            partitionIndex: { type: 'int32' },
          },
        },
      },
    },
  },
  response: {
    errorCode: { type: 'int16' },
    errorMessage: { type: 'string', versions: '2+', nullable: '2+', fallback: null },
    topics: {
      array: true,
      struct: 'DescribeQuorumResponseTopicData',
      fields: {
        topicName: { type: 'string' },
        partitions: {
          array: true,
          struct: 'DescribeQuorumResponsePartitionData',
          fields: {
            partitionIndex: { type: 'int32' },
            errorCode: { type: 'int16' },
            errorMessage: { type: 'string', versions: '2+', nullable: '2+', fallback: null },
            leaderId: { type: 'int32' },
            leaderEpoch: { type: 'int32' },
            highWatermark: { type: 'int64' },
            currentVoters: { array: true, struct: 'ReplicaState', fields: replicaState },
            observers: { array: true, struct: 'ReplicaState', fields: replicaState },
          },
        },
      },
    },
    nodes: {
      versions: '2+',
      array: true,
      struct: 'Node',
      fields: {
        nodeId: { type: 'int32' },
        listeners: {
          array: true,
          struct: 'Listener',
          fields: {
            name: { type: 'string' },
            host: { type: 'string' },
            port: { type: 'uint16' },
          },
        },
      },
    },
  },
};
