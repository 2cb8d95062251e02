import type { Api } from './notation.js';

export const describeGroups: Api = {
  key: 15,
  name: 'DescribeGroups',
  versions: '0-6',
  flexible: '5+',
  request: {
    groups: { type: 'string', array: true },
    includeAuthorizedOperations: { type: 'bool', versions: '3+' },
  },
  response: {
    throttleTimeMs: { type: 'int32', versions: '1+' },
    groups: {
      array: true,
      struct: 'DescribedGroup',
      fields: {
        errorCode: { type: 'int16' },
        errorMessage: { type: 'string', versions: '6+', nullable: '6+', fallback: null },
        groupId: { type: 'string' },
        groupState: { type: 'string' },
        protocolType: { type: 'string' },
        protocolData: { type: 'string' },
        members: {
          array: true,
          struct: 'DescribedGroupMember',
          fields: {
            memberId: { type: 'string' },
            groupInstanceId: { type: 'string', versions: '4+', nullable: '4+', fallback: null },
            clientId: { type: 'string' },
            clientHost: { type: 'string' },
            memberMetadata: { type: 'bytes' },
            memberAssignment: { type: 'bytes' },
          },
        },
        authorizedOperations: { type: 'int32', versions: '3+', fallback: -2147483648 },
      },
    },
  },
};
