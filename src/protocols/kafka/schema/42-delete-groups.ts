import type { Api } from './notation.js';

export const deleteGroups: Api = {
  key: 42,
  name: 'DeleteGroups',
  versions: '0-2',
  flexible: '2+',
  request: {
    groupsNames: { type: 'string', array: true },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    results: {
      array: true,
      struct: 'DeletedGroup',
      fields: {
        groupId: { type: 'string' },
        errorCode: { type: 'int16' },
      },
    },
  },
};
