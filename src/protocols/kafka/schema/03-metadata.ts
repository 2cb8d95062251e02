import type { Api } from './notation.js';

/** Topics null (from version 1) or none (version 0) ask for all. "No authorised operations" is -2^31. */
export const metadata: Api = {
  key: 3,
  name: 'Metadata',
  versions: '0-13',
  flexible: '9+',
  request: {
    topics: {
      nullable: '1+',
      array: true,
      struct: 'MetadataRequestTopic',
      fields: {
        topicId: { type: 'uuid', versions: '10+' },
        name: { type: 'string', nullable: '10+' },
      },
    },
    allowAutoTopicCreation: { type: 'bool', versions: '4+', fallback: true },
    includeClusterAuthorizedOperations: { type: 'bool', versions: '8-10' },
    includeTopicAuthorizedOperations: { type: 'bool', versions: '8+' },
  },
  response: {
    throttleTimeMs: { type: 'int32', versions: '3+' },
    brokers: {
      array: true,
      struct: 'MetadataBroker',
      fields: {
        nodeId: { type: 'int32' },
        host: { type: 'string' },
        port: { type: 'int32' },
        rack: { type: 'string', versions: '1+', nullable: '1+', fallback: null },
      },
    },
    clusterId: { type: 'string', versions: '2+', nullable: '2+', fallback: null },
    controllerId: { type: 'int32', versions: '1+', fallback: -1 },
    topics: {
      array: true,
      struct: 'MetadataTopic',
      fields: {
        errorCode: { type: 'int16' },
        name: { type: 'string', nullable: '12+' },
        topicId: { type: 'uuid', versions: '10+' },
        isInternal: { type: 'bool', versions: '1+' },
        partitions: {
          array: true,
          struct: 'MetadataPartition',
          fields: {
            errorCode: { type: 'int16' },
            partitionIndex: { type: 'int32' },
            leaderId: { type: 'int32' },
            leaderEpoch: { type: 'int32', versions: '7+', fallback: -1 },
            replicaNodes: { type: 'int32', array: true },
            isrNodes: { type: 'int32', array: true },
            offlineReplicas: { type: 'int32', array: true, versions: '5+' },
          },
        },
        topicAuthorizedOperations: { type: 'int32', versions: '8+', fallback: -2147483648 },
      },
    },
    clusterAuthorizedOperations: { type: 'int32', versions: '8-10', fallback: -2147483648 },
    errorCode: { type: 'int16', versions: '13+' },
  },
};
