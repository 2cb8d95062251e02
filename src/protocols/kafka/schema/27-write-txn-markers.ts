import type { Api } from './notation.js';

/** What a coordinator has a partition's leader write, and an administrator to abort a transaction nobody ends. */
export const writeTxnMarkers: Api = {
  key: 27,
  name: 'WriteTxnMarkers',
  versions: '1-2',
  flexible: '1+',
  request: {
    markers: {
      array: true,
      struct: 'WritableTxnMarker',
      fields: {
        producerId: { type: 'int64' },
        producerEpoch: { type: 'int16' },
        transactionResult: { type: 'bool' },
        topics: {
          array: true,
          struct: 'WritableTxnMarkerTopic',
          fields: {
            name: { type: 'string' },
            partitionIndexes: { type: 'int32', array: true },
          },
        },
        coordinatorEpoch: { type: 'int32' },
        transactionVersion: { type: 'int8', versions: '2+' },
      },
    },
  },
  response: {
    markers: {
      array: true,
      struct: 'WritableTxnMarkerResult',
      fields: {
        producerId: { type: 'int64' },
        topics: {
          array: true,
          struct: 'WritableTxnMarkerTopicResult',
          fields: {
            name: { type: 'string' },
            partitions: {
              array: true,
              struct: 'WritableTxnMarkerPartitionResult',
              fields: {
                partitionIndex: { type: 'int32' },
                errorCode: { type: 'int16' },
              },
            },
          },
        },
      },
    },
  },
};
