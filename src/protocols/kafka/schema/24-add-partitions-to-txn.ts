import type { Api, Fields } from './notation.js';

const addPartitionsToTxnTopic: Fields = {
  name: { type: 'string' },
  partitions: { type: 'int32', array: true },
};

const addPartitionsToTxnTopicResult: Fields = {
  name: { type: 'string' },
  resultsByPartition: {
    array: true,
    struct: 'AddPartitionsToTxnPartitionResult',
    fields: {
      partitionIndex: { type: 'int32' },
      partitionErrorCode: { type: 'int16' },
    },
  },
};

/** From version 4 on several transactions at once, in the form in which brokers ask each other. */
export const addPartitionsToTxn: Api = {
  key: 24,
  name: 'AddPartitionsToTxn',
  versions: '0-5',
  flexible: '3+',
  request: {
    transactions: {
      versions: '4+',
      array: true,
      struct: 'AddPartitionsToTxnTransaction',
      fields: {
        transactionalId: { type: 'string' },
        producerId: { type: 'int64' },
        producerEpoch: { type: 'int16' },
        verifyOnly: { type: 'bool' },
        topics: { array: true, struct: 'AddPartitionsToTxnTopic', fields: addPartitionsToTxnTopic },
      },
    },
    v3AndBelowTransactionalId: { type: 'string', versions: '0-3' },
    v3AndBelowProducerId: { type: 'int64', versions: '0-3' },
    v3AndBelowProducerEpoch: { type: 'int16', versions: '0-3' },
    v3AndBelowTopics: {
      versions: '0-3',
      array: true,
      struct: 'AddPartitionsToTxnTopic',
      fields: addPartitionsToTxnTopic,
    },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16', versions: '4+' },
    resultsByTransaction: {
      versions: '4+',
      array: true,
      struct: 'AddPartitionsToTxnResult',
      fields: {
        transactionalId: { type: 'string' },
        topicResults: { array: true, struct: 'AddPartitionsToTxnTopicResult', fields: addPartitionsToTxnTopicResult },
      },
    },
    resultsByTopicV3AndBelow: {
      versions: '0-3',
      array: true,
      struct: 'AddPartitionsToTxnTopicResult',
      fields: addPartitionsToTxnTopicResult,
    },
  },
};
