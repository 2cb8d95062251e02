import type { Api } from './notation.js';

/** Operations are 0 set, 1 delete, 2 append and 3 subtract. */
export const incrementalAlterConfigs: Api = {
  key: 44,
  name: 'IncrementalAlterConfigs',
  versions: '0-1',
  flexible: '1+',
  request: {
    resources: {
      array: true,
      struct: 'AlterConfigsResource',
      fields: {
        resourceType: { type: 'int8' },
        resourceName: { type: 'string' },
        configs: {
          array: true,
          struct: 'AlterableConfig',
          fields: {
            name: { type: 'string' },
            configOperation: { type: 'int8' },
            value: { type: 'string', nullable: '0+' },
          },
        },
      },
    },
    validateOnly: { type: 'bool' },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    responses: {
      array: true,
      struct: 'AlterConfigsResourceResponse',
      fields: {
        errorCode: { type: 'int16' },
        errorMessage: { type: 'string', nullable: '0+', fallback: null },
        resourceType: { type: 'int8' },
        resourceName: { type: 'string' },
      },
    },
  },
};
