import type { Api } from './notation.js';

/** Moves replicas between a broker's directories. */
export const alterReplicaLogDirs: Api = {
  key: 34,
  name: 'AlterReplicaLogDirs',
  versions: '1-2',
  flexible: '2+',
  request: {
    dirs: {
      array: true,
      struct: 'AlterReplicaLogDir',
      fields: {
        path: { type: 'string' },
        topics: {
          array: true,
          struct: 'AlterReplicaLogDirTopic',
          fields: {
            name: { type: 'string' },
            partitions: { type: 'int32', array: true },
          },
        },
      },
    },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    results: {
      array: true,
      struct: 'AlterReplicaLogDirTopicResult',
      fields: {
        topicName: { type: 'string' },
        partitions: {
          array: true,
          struct: 'AlterReplicaLogDirPartitionResult',
          fields: {
            partitionIndex: { type: 'int32' },
            errorCode: { type: 'int16' },
          },
        },
      },
    },
  },
};
