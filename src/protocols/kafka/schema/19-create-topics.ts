import type { Api } from './notation.js';

/** From version 4 on -1 asks for the default number of partitions or replicas; from 5 on the configuration comes back. */
export const createTopics: Api = {
  key: 19,
  name: 'CreateTopics',
  versions: '0-7',
  flexible: '5+',
  request: {
    topics: {
      array: true,
      struct: 'CreatableTopic',
      fields: {
        name: { type: 'string' },
        numPartitions: { type: 'int32' },
        replicationFactor: { type: 'int16' },
        assignments: {
          array: true,
          struct: 'CreatableReplicaAssignment',
          fields: {
            partitionIndex: { type: 'int32' },
            brokerIds: { type: 'int32', array: true },
          },
        },
        configs: {
          array: true,
          struct: 'CreatableTopicConfig',
          fields: {
            name: { type: 'string' },
            value: { type: 'string', nullable: '0+' },
          },
        },
      },
    },
    timeoutMs: { type: 'int32', fallback: 60000 },
    validateOnly: { type: 'bool', versions: '1+' },
  },
  response: {
    throttleTimeMs: { type: 'int32', versions: '2+' },
    topics: {
      array: true,
      struct: 'CreatedTopic',
      fields: {
        name: { type: 'string' },
        topicId: { type: 'uuid', versions: '7+' },
        errorCode: { type: 'int16' },
        errorMessage: { type: 'string', versions: '1+', nullable: '1+', fallback: null },
        topicConfigErrorCode: { type: 'int16', versions: '5+', tag: 0 },
        numPartitions: { type: 'int32', versions: '5+', fallback: -1 },
        replicationFactor: { type: 'int16', versions: '5+', fallback: -1 },
        configs: {
          versions: '5+',
          nullable: '5+',
          array: true,
          struct: 'CreatedTopicConfig',
          fields: {
            name: { type: 'string' },
            value: { type: 'string', nullable: '5+' },
            readOnly: { type: 'bool' },
            configSource: { type: 'int8', fallback: -1 },
            isSensitive: { type: 'bool' },
          },
        },
      },
    },
  },
};
