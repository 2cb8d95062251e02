import type { Api } from './notation.js';

/** Replicas null cancel a reassignment that is under way. */
export const alterPartitionReassignments: Api = {
  key: 45,
  name: 'AlterPartitionReassignments',
  versions: '0-1',
  flexible: '0+',
  request: {
    timeoutMs: { type: 'int32', fallback: 60000 },
    allowReplicationFactorChange: { type: 'bool', versions: '1+', fallback: true },
    topics: {
      array: true,
      struct: 'ReassignableTopic',
      fields: {
        name: { type: 'string' },
        partitions: {
          array: true,
          struct: 'ReassignablePartition',
          fields: {
            partitionIndex: { type: 'int32' },
            replicas: { type: 'int32', array: true, nullable: '0+', fallback: null },
          },
        },
      },
    },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    allowReplicationFactorChange: { type: 'bool', versions: '1+', fallback: true },
    errorCode: { type: 'int16' },
    errorMessage: { type: 'string', nullable: '0+', fallback: null },
    responses: {
      array: true,
      struct: 'ReassignableTopicResponse',
      fields: {
        name: { type: 'string' },
        partitions: {
          array: true,
          struct: 'ReassignablePartitionResponse',
          fields: {
            partitionIndex: { type: 'int32' },
            errorCode: { type: 'int16' },
            errorMessage: { type: 'string', nullable: '0+', fallback: null },
          },
        },
      },
    },
  },
};
