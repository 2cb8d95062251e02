import type { Api } from './notation.js';

/** Version 0 was an early access that nobody serves. */
export const shareGroupDescribe: Api = {
  key: 77,
  name: 'ShareGroupDescribe',
  versions: '1',
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
            rackId: { type: 'string', nullable: '0+', fallback: null },
            memberEpoch: { type: 'int32' },
            clientId: { type: 'string' },
            clientHost: { type: 'string' },
            subscribedTopicNames: { type: 'string', array: true },
            assignment: {
              struct: 'Assignment',
              fields: {
                topicPartitions: {
                  array: true,
                  struct: 'TopicPartitions',
                  fields: {
                    topicId: { type: 'uuid' },
                    topicName: { type: 'string' },
                    partitions: { type: 'int32', array: true },
                  },
                },
              },
            },
          },
        },
        authorizedOperations: { type: 'int32', fallback: -2147483648 },
      },
    },
  },
};
