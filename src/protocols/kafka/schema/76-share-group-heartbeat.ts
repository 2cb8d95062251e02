import type { Api } from './notation.js';

/** Version 0 was an early access that nobody serves. A null field has not changed since the last heartbeat. */
export const shareGroupHeartbeat: Api = {
  key: 76,
  name: 'ShareGroupHeartbeat',
  versions: '1',
  flexible: '0+',
  request: {
    groupId: { type: 'string' },
    memberId: { type: 'string' },
    memberEpoch: { type: 'int32' },
    rackId: { type: 'string', nullable: '0+', fallback: null },
    subscribedTopicNames: { type: 'string', array: true, nullable: '0+', fallback: null },
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
          struct: 'TopicPartitions',
          fields: {
            topicId: { type: 'uuid' },
            partitions: { type: 'int32', array: true },
          },
        },
      },
    },
  },
};
