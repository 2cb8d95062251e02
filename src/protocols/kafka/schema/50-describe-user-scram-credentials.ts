import type { Api } from './notation.js';

/** Tells mechanisms and iterations, never the credentials. */
export const describeUserScramCredentials: Api = {
  key: 50,
  name: 'DescribeUserScramCredentials',
  versions: '0',
  flexible: '0+',
  request: {
    users: {
      nullable: '0+',
      array: true,
      struct: 'UserName',
      fields: {
        name: { type: 'string' },
      },
    },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16' },
    errorMessage: { type: 'string', nullable: '0+', fallback: null },
    results: {
      array: true,
      struct: 'DescribeUserScramCredentialsResult',
      fields: {
        user: { type: 'string' },
        errorCode: { type: 'int16' },
        errorMessage: { type: 'string', nullable: '0+', fallback: null },
        credentialInfos: {
          array: true,
          struct: 'CredentialInfo',
          fields: {
            mechanism: { type: 'int8' },
            iterations: { type: 'int32' },
          },
        },
      },
    },
  },
};
