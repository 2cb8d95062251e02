import type { Api } from './notation.js';

/** Forgets a group's offsets in topics it does not subscribe to. */
export const offsetDelete: Api = {
  key: 47,
  name: 'OffsetDelete',
  versions: '0',
  request: {
    groupId: { type: 'string' },
    topics: {
      array: true,
      struct: 'OffsetDeleteRequestTopic',
      fields: {
        name: { type: 'string' },
        partitions: {
          array: true,
          struct: 'OffsetDeleteRequestPartition',
          fields: {
            partitionIndex: { type: 'int32' },
          },
        },
      },
    },
  },
  response: {
    errorCode: { type: 'int16' },
    throttleTimeMs: { type: 'int32' },
    topics: {
      array: true,
      struct: 'OffsetDeleteResponseTopic',
      fields: {
        name: { type: 'string' },
        partitions: {
          array: true,
          struct: 'OffsetDeleteResponsePartition',
          fields: {
            partitionIndex: { type: 'int32' },
            errorCode: { type: 'int16' },
          },
        },
      },
    },
  },
};
