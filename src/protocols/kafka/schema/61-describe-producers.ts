import type { Api } from './notation.js';

/** Whose sequence numbers and open transactions a partition knows. */
export const describeProducers: Api = {
  key: 61,
  name: 'DescribeProducers',
  versions: '0',
  flexible: '0+',
  request: {
    topics: {
      array: true,
      struct: 'TopicRequest',
      fields: {
        name: { type: 'string' },
        partitionIndexes: { type: 'int32', array: true },
      },
    },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    topics: {
      array: true,
      struct: 'TopicResponse',
      fields: {
        name: { type: 'string' },
        partitions: {
          array: true,
          struct: 'PartitionResponse',
          fields: {
            partitionIndex: { type: 'int32' },
            errorCode: { type: 'int16' },
            errorMessage: { type: 'string', nullable: '0+', fallback: null },
            activeProducers: {
              array: true,
              struct: 'ProducerState',
              fields: {
                producerId: { type: 'int64' },
                producerEpoch: { type: 'int32' },
                lastSequence: { type: 'int32', fallback: -1 },
                lastTimestamp: { type: 'int64', fallback: -1 },
                coordinatorEpoch: { type: 'int32' },
                currentTxnStartOffset: { type: 'int64', fallback: -1 },
              },
            },
          },
        },
      },
    },
  },
};
