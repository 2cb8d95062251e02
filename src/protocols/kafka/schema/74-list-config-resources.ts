import type { Api } from './notation.js';

/** Version 0 lists client metrics only. */
export const listConfigResources: Api = {
  key: 74,
  name: 'ListConfigResources',
  versions: '0-1',
  flexible: '0+',
  request: {
    resourceTypes: { type: 'int8', array: true, versions: '1+' },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16' },
    configResources: {
      array: true,
      struct: 'ConfigResource',
      fields: {
        resourceName: { type: 'string' },
        resourceType: { type: 'int8', versions: '1+', fallback: 16 },
      },
    },
  },
};
