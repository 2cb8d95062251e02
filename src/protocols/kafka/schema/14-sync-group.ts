import type { Api } from './notation.js';

export const syncGroup: Api = {
  key: 14,
  name: 'SyncGroup',
  versions: '0-5',
  flexible: '4+',
  request: {
    groupId: { type: 'string' },
    generationId: { type: 'int32' },
    memberId: { type: 'string' },
    groupInstanceId: { type: 'string', versions: '3+', nullable: '3+', fallback: null },
    protocolType: { type: 'string', versions: '5+', nullable: '5+', fallback: null },
    protocolName: { type: 'string', versions: '5+', nullable: '5+', fallback: null },
    assignments: {
      array: true,
      struct: 'SyncGroupAssignment',
      fields: {
        memberId: { type: 'string' },
        assignment: { type: 'bytes' },
      },
    },
  },
  response: {
    throttleTimeMs: { type: 'int32', versions: '1+' },
    errorCode: { type: 'int16' },
    protocolType: { type: 'string', versions: '5+', nullable: '5+', fallback: null },
    protocolName: { type: 'string', versions: '5+', nullable: '5+', fallback: null },
    assignment: { type: 'bytes' },
  },
};
