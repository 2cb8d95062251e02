import type { Api } from './notation.js';

/** `count` is the new total, not what is added. */
export const createPartitions: Api = {
  key: 37,
  name: 'CreatePartitions',
  versions: '0-3',
  flexible: '2+',
  request: {
    topics: {
      array: true,
      struct: 'CreatePartitionsTopic',
      fields: {
        name: { type: 'string' },
        count: { type: 'int32' },
        assignments: {
          nullable: '0+',
          array: true,
          struct: 'CreatePartitionsAssignment',
          fields: {
            brokerIds: { type: 'int32', array: true },
          },
        },
      },
    },
    timeoutMs: { type: 'int32' },
    validateOnly: { type: 'bool' },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    results: {
      array: true,
      struct: 'CreatePartitionsResult',
      fields: {
        name: { type: 'string' },
        errorCode: { type: 'int16' },
        errorMessage: { type: 'string', nullable: '0+', fallback: null },
      },
    },
  },
};
