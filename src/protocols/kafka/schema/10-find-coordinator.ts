import type { Api } from './notation.js';

/** One key up to version 3, several from 4 on. Key type 0 is a group, 1 a transactional id, 2 a share group. */
export const findCoordinator: Api = {
  key: 10,
  name: 'FindCoordinator',
  versions: '0-6',
  flexible: '3+',
  request: {
    key: { type: 'string', versions: '0-3' },
    keyType: { type: 'int8', versions: '1+' },
    coordinatorKeys: { type: 'string', array: true, versions: '4+' },
  },
  response: {
    throttleTimeMs: { type: 'int32', versions: '1+' },
    errorCode: { type: 'int16', versions: '0-3' },
    errorMessage: { type: 'string', versions: '1-3', nullable: '1-3', fallback: null },
    nodeId: { type: 'int32', versions: '0-3' },
    host: { type: 'string', versions: '0-3' },
    port: { type: 'int32', versions: '0-3' },
    coordinators: {
      versions: '4+',
      array: true,
      struct: 'FoundCoordinator',
      fields: {
        key: { type: 'string' },
        nodeId: { type: 'int32' },
        host: { type: 'string' },
        port: { type: 'int32' },
        errorCode: { type: 'int16' },
        errorMessage: { type: 'string', nullable: '4+', fallback: null },
      },
    },
  },
};
