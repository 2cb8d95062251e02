import type { Api } from './notation.js';

/** Offset -1 stands for the high watermark. */
export const deleteRecords: Api = {
  key: 21,
  name: 'DeleteRecords',
  versions: '0-2',
  flexible: '2+',
  request: {
    topics: {
      array: true,
      struct: 'DeleteRecordsRequestTopic',
      fields: {
        name: { type: 'string' },
        partitions: {
          array: true,
          struct: 'DeleteRecordsRequestPartition',
          fields: {
            partitionIndex: { type: 'int32' },
            offset: { type: 'int64' },
          },
        },
      },
    },
    timeoutMs: { type: 'int32' },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    topics: {
      array: true,
      struct: 'DeleteRecordsResponseTopic',
      fields: {
        name: { type: 'string' },
        partitions: {
          array: true,
          struct: 'DeleteRecordsResponsePartition',
          fields: {
            partitionIndex: { type: 'int32' },
            lowWatermark: { type: 'int64' },
            errorCode: { type: 'int16' },
          },
        },
      },
    },
  },
};
