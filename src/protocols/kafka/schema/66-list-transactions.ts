import type { Api } from './notation.js';

/** Version 1 can ask for those open for a time, version 2 for those whose id a pattern matches. */
export const listTransactions: Api = {
  key: 66,
  name: 'ListTransactions',
  versions: '0-2',
  flexible: '0+',
  request: {
    stateFilters: { type: 'string', array: true },
    producerIdFilters: { type: 'int64', array: true },
    durationFilter: { type: 'int64', versions: '1+', fallback: -1 },
    transactionalIdPattern: { type: 'string', versions: '2+', nullable: '2+', fallback: null },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16' },
    unknownStateFilters: { type: 'string', array: true },
    transactionStates: {
      array: true,
      struct: 'TransactionState',
      fields: {
        transactionalId: { type: 'string' },
        producerId: { type: 'int64' },
        transactionState: { type: 'string' },
      },
    },
  },
};
