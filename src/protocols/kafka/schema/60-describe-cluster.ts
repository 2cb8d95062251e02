import type { Api } from './notation.js';

/** Endpoint type 1 asks for brokers, 2 for controllers. */
export const describeCluster: Api = {
  key: 60,
  name: 'DescribeCluster',
  versions: '0-2',
  flexible: '0+',
  request: {
    includeClusterAuthorizedOperations: { type: 'bool' },
    endpointType: { type: 'int8', versions: '1+', fallback: 1 },
    includeFencedBrokers: { type: 'bool', versions: '2+' },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16' },
    errorMessage: { type: 'string', nullable: '0+', fallback: null },
    endpointType: { type: 'int8', versions: '1+', fallback: 1 },
    clusterId: { type: 'string' },
    controllerId: { type: 'int32', fallback: -1 },
    brokers: {
      array: true,
      struct: 'DescribeClusterBroker',
      fields: {
        brokerId: { type: 'int32' },
        host: { type: 'string' },
        port: { type: 'int32' },
        rack: { type: 'string', nullable: '0+', fallback: null },
        isFenced: { type: 'bool', versions: '2+' },
      },
    },
    clusterAuthorizedOperations: { type: 'int32', fallback: -2147483648 },
  },
};
