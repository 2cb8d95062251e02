import type { Api } from './notation.js';

/** Moves where a share group without members goes on. */
export const alterShareGroupOffsets: Api = {
  key: 91,
  name: 'AlterShareGroupOffsets',
  versions: '0',
  flexible: '0+',
  request: {
    groupId: { type: 'string' },
    topics: {
      array: true,
      struct: 'AlterShareGroupOffsetsRequestTopic',
      fields: {
        topicName: { type: 'string' },
        partitions: {
          array: true,
          struct: 'AlterShareGroupOffsetsRequestPartition',
          fields: {
            partitionIndex: { type: 'int32' },
            startOffset: { type: 'int64' },
          },
        },
      },
    },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16' },
    errorMessage: { type: 'string', nullable: '0+', fallback: null },
    responses: {
      array: true,
      struct: 'AlterShareGroupOffsetsResponseTopic',
      fields: {
        topicName: { type: 'string' },
        topicId: { type: 'uuid' },
        partitions: {
          array: true,
          struct: 'AlterShareGroupOffsetsResponsePartition',
          fields: {
            partitionIndex: { type: 'int32' },
            errorCode: { type: 'int16' },
            errorMessage: { type: 'string', nullable: '0+', fallback: null },
          },
        },
      },
    },
  },
};
