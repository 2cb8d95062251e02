import type { Api } from './notation.js';

/** Version 10 names topics by id. */
export const offsetCommit: Api = {
  key: 8,
  name: 'OffsetCommit',
  versions: '1-10',
  flexible: '8+',
  request: {
    groupId: { type: 'string' },
    generationIdOrMemberEpoch: { type: 'int32', versions: '1+', fallback: -1 },
    memberId: { type: 'string', versions: '1+' },
    groupInstanceId: { type: 'string', versions: '7+', nullable: '7+', fallback: null },
    retentionTimeMs: { type: 'int64', versions: '2-4', fallback: -1 },
    topics: {
      array: true,
      struct: 'OffsetCommitRequestTopic',
      fields: {
        name: { type: 'string', versions: '0-9' },
        topicId: { type: 'uuid', versions: '10+' },
        partitions: {
          array: true,
          struct: 'OffsetCommitRequestPartition',
          fields: {
            partitionIndex: { type: 'int32' },
            committedOffset: { type: 'int64' },
            commitTimestamp: { type: 'int64', versions: '1', fallback: -1 },
            committedLeaderEpoch: { type: 'int32', versions: '6+', fallback: -1 },
            committedMetadata: { type: 'string', nullable: '0+' },
          },
        },
      },
    },
  },
  response: {
    throttleTimeMs: { type: 'int32', versions: '3+' },
    topics: {
      array: true,
      struct: 'OffsetCommitResponseTopic',
      fields: {
        name: { type: 'string', versions: '0-9' },
        topicId: { type: 'uuid', versions: '10+' },
        partitions: {
          array: true,
          struct: 'OffsetCommitResponsePartition',
          fields: {
            partitionIndex: { type: 'int32' },
            errorCode: { type: 'int16' },
          },
        },
      },
    },
  },
};
