import type { Api } from './notation.js';

/** Replaces a resource's whole configuration: what is not named goes back to its default. */
export const alterConfigs: Api = {
  key: 33,
  name: 'AlterConfigs',
  versions: '0-2',
  flexible: '2+',
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
