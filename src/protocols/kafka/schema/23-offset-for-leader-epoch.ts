import type { Api } from './notation.js';

/** Where an epoch's records end, for clients that check what they hold against the log. */
export const offsetForLeaderEpoch: Api = {
  key: 23,
  name: 'OffsetForLeaderEpoch',
  versions: '2-4',
  flexible: '4+',
  request: {
    replicaId: { type: 'int32', versions: '3+', fallback: -2 },
    topics: {
      array: true,
      struct: 'OffsetForLeaderTopic',
      fields: {
        topic: { type: 'string' },
        partitions: {
          array: true,
          struct: 'OffsetForLeaderPartition',
          fields: {
            partition: { type: 'int32' },
            currentLeaderEpoch: { type: 'int32', fallback: -1 },
            leaderEpoch: { type: 'int32' },
          },
        },
      },
    },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    topics: {
      array: true,
      struct: 'OffsetForLeaderTopicResult',
      fields: {
        topic: { type: 'string' },
        partitions: {
          array: true,
          struct: 'EpochEndOffset',
          fields: {
            errorCode: { type: 'int16' },
            partition: { type: 'int32' },
            leaderEpoch: { type: 'int32', fallback: -1 },
            endOffset: { type: 'int64', fallback: -1 },
          },
        },
      },
    },
  },
};
