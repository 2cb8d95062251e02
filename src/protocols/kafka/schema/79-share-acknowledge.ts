import type { Api } from './notation.js';

/** Types are 0 gap, 1 accept, 2 release, 3 reject, from version 2 on 4 renew: one per batch or one per record. */
export const shareAcknowledge: Api = {
  key: 79,
  name: 'ShareAcknowledge',
  versions: '1-2',
  flexible: '0+',
  request: {
    groupId: { type: 'string', nullable: '0+', fallback: null },
    memberId: { type: 'string', nullable: '0+' },
    shareSessionEpoch: { type: 'int32' },
    isRenewAck: { type: 'bool', versions: '2+' },
    topics: {
      array: true,
      struct: 'AcknowledgeTopic',
      fields: {
        topicId: { type: 'uuid' },
        partitions: {
          array: true,
          struct: 'AcknowledgePartition',
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
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16' },
    errorMessage: { type: 'string', nullable: '0+', fallback: null },
    acquisitionLockTimeoutMs: { type: 'int32', versions: '2+' },
    responses: {
      array: true,
      struct: 'ShareAcknowledgeTopicResponse',
      fields: {
        topicId: { type: 'uuid' },
        partitions: {
          array: true,
          struct: 'PartitionData',
          fields: {
            partitionIndex: { type: 'int32' },
            errorCode: { type: 'int16' },
            errorMessage: { type: 'string', nullable: '0+', fallback: null },
            currentLeader: {
              struct: 'LeaderIdAndEpoch',
              fields: {
                leaderId: { type: 'int32' },
                leaderEpoch: { type: 'int32' },
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
