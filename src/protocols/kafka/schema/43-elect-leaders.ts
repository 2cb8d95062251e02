import type { Api } from './notation.js';

/** Before version 1 an election is always of the preferred replica. Topics null ask for all. */
export const electLeaders: Api = {
  key: 43,
  name: 'ElectLeaders',
  versions: '0-2',
  flexible: '2+',
  request: {
    electionType: { type: 'int8', versions: '1+' },
    topicPartitions: {
      nullable: '0+',
      array: true,
      struct: 'TopicPartitions',
      fields: {
        topic: { type: 'string' },
        partitions: { type: 'int32', array: true },
      },
    },
    timeoutMs: { type: 'int32', fallback: 60000 },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16', versions: '1+' },
    replicaElectionResults: {
      array: true,
      struct: 'ReplicaElectionResult',
      fields: {
        topic: { type: 'string' },
        partitionResult: {
          array: true,
          struct: 'PartitionResult',
          fields: {
            partitionId: { type: 'int32' },
            errorCode: { type: 'int16' },
            errorMessage: { type: 'string', nullable: '0+', fallback: null },
          },
        },
      },
    },
  },
};
