import type { Api } from './notation.js';

/** Topics null ask for all. */
export const listPartitionReassignments: Api = {
  key: 46,
  name: 'ListPartitionReassignments',
  versions: '0',
  flexible: '0+',
  request: {
    timeoutMs: { type: 'int32', fallback: 60000 },
    topics: {
      nullable: '0+',
      array: true,
      struct: 'ListPartitionReassignmentsTopics',
      fallback: null,
      fields: {
        name: { type: 'string' },
        partitionIndexes: { type: 'int32', array: true },
      },
    },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16' },
    errorMessage: { type: 'string', nullable: '0+', fallback: null },
    topics: {
      array: true,
      struct: 'OngoingTopicReassignment',
      fields: {
        name: { type: 'string' },
        partitions: {
          array: true,
          struct: 'OngoingPartitionReassignment',
          fields: {
            partitionIndex: { type: 'int32' },
            replicas: { type: 'int32', array: true },
            addingReplicas: { type: 'int32', array: true },
            removingReplicas: { type: 'int32', array: true },
          },
        },
      },
    },
  },
};
