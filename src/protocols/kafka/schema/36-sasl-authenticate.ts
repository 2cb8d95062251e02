import type { Api } from './notation.js';

/** From version 1 on a client is told when it has to authenticate again (KIP-368). */
export const saslAuthenticate: Api = {
  key: 36,
  name: 'SaslAuthenticate',
  versions: '0-2',
  flexible: '2+',
  request: {
    authBytes: { type: 'bytes' },
  },
  response: {
    errorCode: { type: 'int16' },
    errorMessage: { type: 'string', nullable: '0+', fallback: null },
    authBytes: { type: 'bytes' },
    sessionLifetimeMs: { type: 'int64', versions: '1+' },
  },
};
