import type { Api } from './notation.js';

/** Every version has the same fields. */
export const addOffsetsToTxn: Api = {
  key: 25,
  name: 'AddOffsetsToTxn',
  versions: '0-4',
  flexible: '3+',
  request: {
    transactionalId: { type: 'string' },
    producerId: { type: 'int64' },
    producerEpoch: { type: 'int16' },
    groupId: { type: 'string' },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16' },
  },
};
