import type { Api } from './notation.js';

/** After version 0 the tokens follow as bare frames; after 1 as requests of their own (36). */
export const saslHandshake: Api = {
  key: 17,
  name: 'SaslHandshake',
  versions: '0-1',
  request: {
    mechanism: { type: 'string' },
  },
  response: {
    errorCode: { type: 'int16' },
    mechanisms: { type: 'string', array: true },
  },
};
