import type { Message } from './notation.js';

/**
 * The records of `__transaction_state`, and the control record that ends a transaction in a partition. Keys and values
 * begin with their version as int16, which is not part of these declarations.
 */
export const transactionLogKey: Message = {
  name: 'TransactionLogKey',
  versions: '0',
  fields: {
    transactionalId: { type: 'string' },
  },
};

/** The partitions are null when no transaction is under way. */
export const transactionLogValue: Message = {
  name: 'TransactionLogValue',
  versions: '0-1',
  flexible: '1+',
  fields: {
    producerId: { type: 'int64' },
    previousProducerId: { type: 'int64', versions: '1+', tag: 0, fallback: -1 },
    nextProducerId: { type: 'int64', versions: '1+', tag: 1, fallback: -1 },
    producerEpoch: { type: 'int16' },
    nextProducerEpoch: { type: 'int16', versions: '1+', tag: 3, fallback: -1 },
    transactionTimeoutMs: { type: 'int32' },
    transactionStatus: { type: 'int8' },
    transactionPartitions: {
      nullable: '0+',
      array: true,
      struct: 'TransactionPartitions',
      fields: {
        topic: { type: 'string' },
        partitionIds: { type: 'int32', array: true },
      },
    },
    transactionLastUpdateTimestampMs: { type: 'int64' },
    transactionStartTimestampMs: { type: 'int64' },
    clientTransactionVersion: { type: 'int16', versions: '1+', tag: 2 },
  },
};

/** The key of every control record. Of types, 0 aborts and 1 commits the producer's transaction. */
export const controlRecordKey: Message = {
  name: 'ControlRecordKey',
  versions: '0',
  fields: {
    type: { type: 'int16' },
  },
};

export const endTxnMarker: Message = {
  name: 'EndTxnMarker',
  versions: '0',
  fields: {
    coordinatorEpoch: { type: 'int32' },
  },
};
