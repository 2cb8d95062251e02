import type { Api } from './notation.js';

/** From version 3 on the consumer's generation and member come along, so that one that lost its place is refused. */
export const txnOffsetCommit: Api = {
  key: 28,
  name: 'TxnOffsetCommit',
  versions: '0-5',
  flexible: '3+',
  request: {
    transactionalId: { type: 'string' },
    groupId: { type: 'string' },
    producerId: { type: 'int64' },
    producerEpoch: { type: 'int16' },
    generationId: { type: 'int32', versions: '3+', fallback: -1 },
    memberId: { type: 'string', versions: '3+' },
    groupInstanceId: { type: 'string', versions: '3+', nullable: '3+', fallback: null },
    topics: {
      array: true,
      struct: 'TxnOffsetCommitRequestTopic',
      fields: {
        name: { type: 'string' },
        partitions: {
          array: true,
          struct: 'TxnOffsetCommitRequestPartition',
          fields: {
            partitionIndex: { type: 'int32' },
            committedOffset: { type: 'int64' },
            committedLeaderEpoch: { type: 'int32', versions: '2+', fallback: -1 },
            committedMetadata: { type: 'string', nullable: '0+' },
          },
        },
      },
    },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    topics: {
      array: true,
      struct: 'TxnOffsetCommitResponseTopic',
      fields: {
        name: { type: 'string' },
        partitions: {
          array: true,
          struct: 'TxnOffsetCommitResponsePartition',
          fields: {
            partitionIndex: { type: 'int32' },
            errorCode: { type: 'int16' },
          },
        },
      },
    },
  },
};
