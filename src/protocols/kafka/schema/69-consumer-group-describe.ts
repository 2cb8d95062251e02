import type { Api, Fields } from './notation.js';

const assignment: Fields = {
  topicPartitions: {
    array: true,
    struct: 'TopicPartitions',
    fields: {
      topicId: { type: 'uuid' },
      topicName: { type: 'string' },
      partitions: { type: 'int32', array: true },
    },
  },
};

/** Version 1 tells members of the classic protocol from those of this one. */
export const consumerGroupDescribe: Api = {
  key: 69,
  name: 'ConsumerGroupDescribe',
  versions: '0-1',
  flexible: '0+',
  request: {
    groupIds: { type: 'string', array: true },
    includeAuthorizedOperations: { type: 'bool' },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    groups: {
      array: true,
      struct: 'DescribedGroup',
      fields: {
        errorCode: { type: 'int16' },
        errorMessage: { type: 'string', nullable: '0+', fallback: null },
        groupId: { type: 'string' },
        groupState: { type: 'string' },
        groupEpoch: { type: 'int32' },
        assignmentEpoch: { type: 'int32' },
        assignorName: { type: 'string' },
        members: {
          array: true,
          struct: 'Member',
          fields: {
            memberId: { type: 'string' },
            instanceId: { type: 'string', nullable: '0+', fallback: null },
            rackId: { type: 'string', nullable: '0+', fallback: null },
            memberEpoch: { type: 'int32' },
            clientId: { type: 'string' },
            clientHost: { type: 'string' },
            subscribedTopicNames: { type: 'string', array: true },
            subscribedTopicRegex: { type: 'string', nullable: '0+', fallback: null },
            assignment: { struct: 'Assignment', fields: assignment },
            targetAssignment: { struct: 'Assignment', fields: assignment },
            memberType: { type: 'int8', versions: '1+', fallback: -1 },
          },
        },
        authorizedOperations: { type: 'int32', fallback: -2147483648 },
      },
    },
  },
};
