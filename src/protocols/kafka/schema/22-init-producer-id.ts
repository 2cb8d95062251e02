import type { Api } from './notation.js';

/** From version 3 on a producer may name the id and epoch it has, to have the epoch raised. */
export const initProducerId: Api = {
  key: 22,
  name: 'InitProducerId',
  versions: '0-5',
  flexible: '2+',
  request: {
    transactionalId: { type: 'string', nullable: '0+' },
    transactionTimeoutMs: { type: 'int32' },
    producerId: { type: 'int64', versions: '3+', fallback: -1 },
    producerEpoch: { type: 'int16', versions: '3+', fallback: -1 },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16' },
    producerId: { type: 'int64', fallback: -1 },
    producerEpoch: { type: 'int16' },
  },
};
