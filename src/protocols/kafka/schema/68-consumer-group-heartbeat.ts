import type { Api } from './notation.js';

/** A null field has not changed since the last heartbeat. From version 1 on members choose their own id. */
export const consumerGroupHeartbeat: Api = {
  key: 68,
  name: 'ConsumerGroupHeartbeat',
  versions: '0-1',
  flexible: '0+',
  request: {
    groupId: { type: 'string' },
    memberId: { type: 'string' },
    memberEpoch: { type: 'int32' },
    instanceId: { type: 'string', nullable: '0+', fallback: null },
    rackId: { type: 'string', nullable: '0+', fallback: null },
    rebalanceTimeoutMs: { type: 'int32', fallback: -1 },
    subscribedTopicNames: { type: 'string', array: true, nullable: '0+', fallback: null },
    subscribedTopicRegex: { type: 'string', versions: '1+', nullable: '1+', fallback: null },
    serverAssignor: { type: 'string', nullable: '0+', fallback: null },
    topicPartitions: {
      nullable: '0+',
      array: true,
      struct: 'ConsumerGroupHeartbeatRequestTopicPartitions',
      fallback: null,
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
    memberId: { type: 'string', nullable: '0+', fallback: null },
    memberEpoch: { type: 'int32' },
    heartbeatIntervalMs: { type: 'int32' },
    assignment: {
      nullable: '0+',
      struct: 'Assignment',
      fallback: null,
      fields: {
        topicPartitions: {
          array: true,
          struct: 'ConsumerGroupHeartbeatResponseTopicPartitions',
          fields: {
            topicId: { type: 'uuid' },
            partitions: { type: 'int32', array: true },
          },
        },
      },
    },
  },
};
