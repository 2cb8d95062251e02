import type { Api } from './notation.js';

/** The client salts and hashes the password: it never travels. */
export const alterUserScramCredentials: Api = {
  key: 51,
  name: 'AlterUserScramCredentials',
  versions: '0',
  flexible: '0+',
  request: {
    deletions: {
      array: true,
      struct: 'ScramCredentialDeletion',
      fields: {
        name: { type: 'string' },
        mechanism: { type: 'int8' },
      },
    },
    upsertions: {
      array: true,
      struct: 'ScramCredentialUpsertion',
      fields: {
        name: { type: 'string' },
        mechanism: { type: 'int8' },
        iterations: { type: 'int32' },
        salt: { type: 'bytes' },
        saltedPassword: { type: 'bytes' },
      },
    },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    results: {
      array: true,
      struct: 'AlterUserScramCredentialsResult',
      fields: {
        user: { type: 'string' },
        errorCode: { type: 'int16' },
        errorMessage: { type: 'string', nullable: '0+', fallback: null },
      },
    },
  },
};
