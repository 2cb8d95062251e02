import type { Api } from './notation.js';

/** Acknowledgements come along. Version 2 adds how the count of records is meant, and renewing of locks. */
export const shareFetch: Api = {
  key: 78,
  name: 'ShareFetch',
  versions: '1-2',
  flexible: '0+',
  request: {
    groupId: { type: 'string', nullable: '0+', fallback: null },
    memberId: { type: 'string', nullable: '0+' },
    shareSessionEpoch: { type: 'int32' },
    maxWaitMs: { type: 'int32' },
    minBytes: { type: 'int32' },
    maxBytes: { type: 'int32', fallback: 2147483647 },
    maxRecords: { type: 'int32' },
    batchSize: { type: 'int32' },
    shareAcquireMode: { type: 'int8', versions: '2+' },
    isRenewAck: { type: 'bool', versions: '2+' },
    topics: {
      array: true,
      struct: 'FetchTopic',
      fields: {
        topicId: { type: 'uuid' },
        partitions: {
          array: true,
          struct: 'FetchPartition',
          fields: {
            partitionIndex: { type: 'int32' },
            acknowledgementBatches: {
              array: true,
              struct: 'AcknowledgementBatch',
              fields: {
                firstOffset: { type: 'int64' },
                lastOffset: { type: 'int64' },
                acknowledgeTypes: { type: 'int8', array: true },
              },
            },
          },
        },
      },
    },
    forgottenTopicsData: {
      array: true,
      struct: 'ForgottenTopic',
      fields: {
        topicId: { type: 'uuid' },
        partitions: { type: 'int32', array: true },
      },
    },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16' },
    errorMessage: { type: 'string', nullable: '0+', fallback: null },
    acquisitionLockTimeoutMs: { type: 'int32' },
    responses: {
      array: true,
      struct: 'ShareFetchableTopicResponse',
      fields: {
        topicId: { type: 'uuid' },
        partitions: {
          array: true,
          struct: 'PartitionData',
          fields: {
            partitionIndex: { type: 'int32' },
            errorCode: { type: 'int16' },
            errorMessage: { type: 'string', nullable: '0+', fallback: null },
            acknowledgeErrorCode: { type: 'int16' },
            acknowledgeErrorMessage: { type: 'string', nullable: '0+', fallback: null },
            currentLeader: {
              struct: 'LeaderIdAndEpoch',
              fields: {
                leaderId: { type: 'int32' },
                leaderEpoch: { type: 'int32' },
              },
            },
            records: { type: 'records' },
            acquiredRecords: {
              array: true,
              struct: 'AcquiredRecords',
              fields: {
                firstOffset: { type: 'int64' },
                lastOffset: { type: 'int64' },
                deliveryCount: { type: 'int16' },
              },
            },
          },
        },
      },
    },
    nodeEndpoints: {
      array: true,
      struct: 'NodeEndpoint',
      fields: {
        nodeId: { type: 'int32' },
        host: { type: 'string' },
        port: { type: 'int32' },
        rack: { type: 'string', nullable: '0+', fallback: null },
      },
    },
  },
};
