import type { Api } from './notation.js';

/** Answers a page of partitions and where the next one begins. */
export const describeTopicPartitions: Api = {
  key: 75,
  name: 'DescribeTopicPartitions',
  versions: '0',
  flexible: '0+',
  request: {
    topics: {
      array: true,
      struct: 'TopicRequest',
      fields: {
        name: { type: 'string' },
      },
    },
    responsePartitionLimit: { type: 'int32', fallback: 2000 },
    cursor: {
      nullable: '0+',
      struct: 'DescribeTopicPartitionsRequestCursor',
      fallback: null,
      fields: {
        topicName: { type: 'string' },
        partitionIndex: { type: 'int32' },
      },
    },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    topics: {
      array: true,
      struct: 'DescribeTopicPartitionsResponseTopic',
      fields: {
        errorCode: { type: 'int16' },
        name: { type: 'string', nullable: '0+' },
        topicId: { type: 'uuid' },
        isInternal: { type: 'bool' },
        partitions: {
          array: true,
          struct: 'DescribeTopicPartitionsResponsePartition',
          fields: {
            errorCode: { type: 'int16' },
            partitionIndex: { type: 'int32' },
            leaderId: { type: 'int32' },
            leaderEpoch: { type: 'int32', fallback: -1 },
            replicaNodes: { type: 'int32', array: true },
            isrNodes: { type: 'int32', array: true },
            eligibleLeaderReplicas: { type: 'int32', array: true, nullable: '0+', fallback: null },
            lastKnownElr: { type: 'int32', array: true, nullable: '0+', fallback: null },
            offlineReplicas: { type: 'int32', array: true },
          },
        },
        topicAuthorizedOperations: { type: 'int32', fallback: -2147483648 },
      },
    },
    nextCursor: {
      nullable: '0+',
      struct: 'DescribeTopicPartitionsResponseCursor',
      fallback: null,
      fields: {
        topicName: { type: 'string' },
        partitionIndex: { type: 'int32' },
      },
    },
  },
};
