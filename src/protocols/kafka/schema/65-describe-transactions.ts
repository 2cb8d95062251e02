import type { Api } from './notation.js';

/** A start of -1 says that no transaction is open. */
export const describeTransactions: Api = {
  key: 65,
  name: 'DescribeTransactions',
  versions: '0',
  flexible: '0+',
  request: {
    transactionalIds: { type: 'string', array: true },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    transactionStates: {
      array: true,
      struct: 'TransactionState',
      fields: {
        errorCode: { type: 'int16' },
        transactionalId: { type: 'string' },
        transactionState: { type: 'string' },
        transactionTimeoutMs: { type: 'int32' },
        transactionStartTimeMs: { type: 'int64' },
        producerId: { type: 'int64' },
        producerEpoch: { type: 'int16' },
        topics: {
          array: true,
          struct: 'TopicData',
          fields: {
            topic: { type: 'string' },
            partitions: { type: 'int32', array: true },
          },
        },
      },
    },
  },
};
