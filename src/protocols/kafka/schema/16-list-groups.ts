import type { Api } from './notation.js';

/** An empty filter lets every group through. */
export const listGroups: Api = {
  key: 16,
  name: 'ListGroups',
  versions: '0-5',
  flexible: '3+',
  request: {
    statesFilter: { type: 'string', array: true, versions: '4+' },
    typesFilter: { type: 'string', array: true, versions: '5+' },
  },
  response: {
    throttleTimeMs: { type: 'int32', versions: '1+' },
    errorCode: { type: 'int16' },
    groups: {
      array: true,
      struct: 'ListedGroup',
      fields: {
        groupId: { type: 'string' },
        protocolType: { type: 'string' },
        groupState: { type: 'string', versions: '4+' },
        groupType: { type: 'string', versions: '5+' },
      },
    },
  },
};
