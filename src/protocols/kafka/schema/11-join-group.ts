import type { Api } from './notation.js';

export const joinGroup: Api = {
  key: 11,
  name: 'JoinGroup',
  versions: '0-9',
  flexible: '6+',
  request: {
    groupId: { type: 'string' },
    sessionTimeoutMs: { type: 'int32' },
    rebalanceTimeoutMs: { type: 'int32', versions: '1+', fallback: -1 },
    memberId: { type: 'string' },
    groupInstanceId: { type: 'string', versions: '5+', nullable: '5+', fallback: null },
    protocolType: { type: 'string' },
    protocols: {
      array: true,
      struct: 'JoinGroupProtocol',
      fields: {
        name: { type: 'string' },
        metadata: { type: 'bytes' },
      },
    },
    reason: { type: 'string', versions: '8+', nullable: '8+', fallback: null },
  },
  response: {
    throttleTimeMs: { type: 'int32', versions: '2+' },
    errorCode: { type: 'int16' },
    generationId: { type: 'int32', fallback: -1 },
    protocolType: { type: 'string', versions: '7+', nullable: '7+', fallback: null },
    protocolName: { type: 'string', nullable: '7+' },
    leader: { type: 'string' },
    skipAssignment: { type: 'bool', versions: '9+' },
    memberId: { type: 'string' },
    members: {
      array: true,
      struct: 'JoinGroupMember',
      fields: {
        memberId: { type: 'string' },
        groupInstanceId: { type: 'string', versions: '5+', nullable: '5+', fallback: null },
        metadata: { type: 'bytes' },
      },
    },
  },
};
