import type { Api } from './notation.js';

/** Topics null ask for all; version 1 adds the lag. */
export const describeShareGroupOffsets: Api = {
  key: 90,
  name: 'DescribeShareGroupOffsets',
  versions: '0-1',
  flexible: '0+',
  request: {
    groups: {
      array: true,
      struct: 'DescribeShareGroupOffsetsRequestGroup',
      fields: {
        groupId: { type: 'string' },
        topics: {
          nullable: '0+',
          array: true,
          struct: 'DescribeShareGroupOffsetsRequestTopic',
          fields: {
            topicName: { type: 'string' },
            partitions: { type: 'int32', array: true },
          },
        },
      },
    },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    groups: {
      array: true,
      struct: 'DescribeShareGroupOffsetsResponseGroup',
      fields: {
        groupId: { type: 'string' },
        topics: {
          array: true,
          struct: 'DescribeShareGroupOffsetsResponseTopic',
          fields: {
            topicName: { type: 'string' },
            topicId: { type: 'uuid' },
            partitions: {
              array: true,
              struct: 'DescribeShareGroupOffsetsResponsePartition',
              fields: {
                partitionIndex: { type: 'int32' },
                startOffset: { type: 'int64' },
                leaderEpoch: { type: 'int32' },
                lag: { type: 'int64', versions: '1+', fallback: -1 },
                errorCode: { type: 'int16' },
                errorMessage: { type: 'string', nullable: '0+', fallback: null },
              },
            },
          },
        },
        errorCode: { type: 'int16' },
        errorMessage: { type: 'string', nullable: '0+', fallback: null },
      },
    },
  },
};
