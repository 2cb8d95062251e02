import type { Api } from './notation.js';

/** One member up to version 2, several from 3 on. */
export const leaveGroup: Api = {
  key: 13,
  name: 'LeaveGroup',
  versions: '0-5',
  flexible: '4+',
  request: {
    groupId: { type: 'string' },
    memberId: { type: 'string', versions: '0-2' },
    members: {
      versions: '3+',
      array: true,
      struct: 'LeaveGroupRequestMember',
      fields: {
        memberId: { type: 'string' },
        groupInstanceId: { type: 'string', nullable: '3+', fallback: null },
        reason: { type: 'string', versions: '5+', nullable: '5+', fallback: null },
      },
    },
  },
  response: {
    throttleTimeMs: { type: 'int32', versions: '1+' },
    errorCode: { type: 'int16' },
    members: {
      versions: '3+',
      array: true,
      struct: 'LeaveGroupResponseMember',
      fields: {
        memberId: { type: 'string' },
        groupInstanceId: { type: 'string', nullable: '3+', fallback: null },
        errorCode: { type: 'int16' },
      },
    },
  },
};
