import type { Api } from './notation.js';

/** One group up to version 7, several from 8 on, topics by id from 10 on. Topics null (from 2) ask for all. */
export const offsetFetch: Api = {
  key: 9,
  name: 'OffsetFetch',
  versions: '1-10',
  flexible: '6+',
  request: {
    groupId: { type: 'string', versions: '0-7' },
    topics: {
      versions: '0-7',
      nullable: '2-7',
      array: true,
      struct: 'OffsetFetchRequestTopic',
      fields: {
        name: { type: 'string' },
        partitionIndexes: { type: 'int32', array: true },
      },
    },
    groups: {
      versions: '8+',
      array: true,
      struct: 'OffsetFetchRequestGroup',
      fields: {
        groupId: { type: 'string' },
        memberId: { type: 'string', versions: '9+', nullable: '9+', fallback: null },
        memberEpoch: { type: 'int32', versions: '9+', fallback: -1 },
        topics: {
          nullable: '8+',
          array: true,
          struct: 'OffsetFetchRequestGroupTopic',
          fields: {
            name: { type: 'string', versions: '8-9' },
            topicId: { type: 'uuid', versions: '10+' },
            partitionIndexes: { type: 'int32', array: true },
          },
        },
      },
    },
    requireStable: { type: 'bool', versions: '7+' },
  },
  response: {
    throttleTimeMs: { type: 'int32', versions: '3+' },
    topics: {
      versions: '0-7',
      array: true,
      struct: 'OffsetFetchResponseTopic',
      fields: {
        name: { type: 'string' },
        partitions: {
          array: true,
          struct: 'OffsetFetchResponsePartition',
          fields: {
            partitionIndex: { type: 'int32' },
            committedOffset: { type: 'int64' },
            committedLeaderEpoch: { type: 'int32', versions: '5-7', fallback: -1 },
            metadata: { type: 'string', nullable: '0-7' },
            errorCode: { type: 'int16' },
          },
        },
      },
    },
    errorCode: { type: 'int16', versions: '2-7' },
    groups: {
      versions: '8+',
      array: true,
      struct: 'OffsetFetchResponseGroup',
      fields: {
        groupId: { type: 'string' },
        topics: {
          array: true,
          struct: 'OffsetFetchResponseGroupTopic',
          fields: {
            name: { type: 'string', versions: '8-9' },
            topicId: { type: 'uuid', versions: '10+' },
            partitions: {
              array: true,
              struct: 'OffsetFetchResponseGroupPartition',
              fields: {
                partitionIndex: { type: 'int32' },
                committedOffset: { type: 'int64' },
                committedLeaderEpoch: { type: 'int32', fallback: -1 },
                metadata: { type: 'string', nullable: '8+' },
                errorCode: { type: 'int16' },
              },
            },
          },
        },
        errorCode: { type: 'int16' },
      },
    },
  },
};
