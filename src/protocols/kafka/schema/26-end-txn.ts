import type { Api } from './notation.js';

/** From version 5 on the answer names the id and epoch for the transaction after this one. */
export const endTxn: Api = {
  key: 26,
  name: 'EndTxn',
  versions: '0-5',
  flexible: '3+',
  request: {
    transactionalId: { type: 'string' },
    producerId: { type: 'int64' },
    producerEpoch: { type: 'int16' },
    committed: { type: 'bool' },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16' },
    producerId: { type: 'int64', versions: '5+', fallback: -1 },
    producerEpoch: { type: 'int16', versions: '5+', fallback: -1 },
  },
};
