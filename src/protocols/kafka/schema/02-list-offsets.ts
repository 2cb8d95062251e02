import type { Api } from './notation.js';

/** Version 0 asks for several segment starts before a time; from 1 on the answer is one record's offset. */
export const listOffsets: Api = {
  key: 2,
  name: 'ListOffsets',
  versions: '0-11',
  flexible: '6+',
  request: {
    replicaId: { type: 'int32', fallback: -1 },
    isolationLevel: { type: 'int8', versions: '2+' },
    topics: {
      array: true,
      struct: 'ListOffsetsRequestTopic',
      fields: {
        name: { type: 'string' },
        partitions: {
          array: true,
          struct: 'ListOffsetsRequestPartition',
          fields: {
            partitionIndex: { type: 'int32' },
            currentLeaderEpoch: { type: 'int32', versions: '4+', fallback: -1 },
            timestamp: { type: 'int64' },
            maxNumOffsets: { type: 'int32', versions: '0', fallback: 1 },
          },
        },
      },
    },
    timeoutMs: { type: 'int32', versions: '10+' },
  },
  response: {
    throttleTimeMs: { type: 'int32', versions: '2+' },
    topics: {
      array: true,
      struct: 'ListOffsetsResponseTopic',
      fields: {
        name: { type: 'string' },
        partitions: {
          array: true,
          struct: 'ListOffsetsResponsePartition',
          fields: {
            partitionIndex: { type: 'int32' },
            errorCode: { type: 'int16' },
            oldStyleOffsets: { type: 'int64', array: true, versions: '0' },
            timestamp: { type: 'int64', versions: '1+', fallback: -1 },
            offset: { type: 'int64', versions: '1+', fallback: -1 },
            leaderEpoch: { type: 'int32', versions: '4+', fallback: -1 },
          },
        },
      },
    },
  },
};
