import type { Api } from './notation.js';

/** Version 0 knows only "is it the default"; from 1 on a value has a source and synonyms. */
export const describeConfigs: Api = {
  key: 32,
  name: 'DescribeConfigs',
  versions: '0-4',
  flexible: '4+',
  request: {
    resources: {
      array: true,
      struct: 'DescribeConfigsResource',
      fields: {
        resourceType: { type: 'int8' },
        resourceName: { type: 'string' },
        configurationKeys: { type: 'string', array: true, nullable: '0+' },
      },
    },
    includeSynonyms: { type: 'bool', versions: '1+' },
    includeDocumentation: { type: 'bool', versions: '3+' },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    results: {
      array: true,
      struct: 'DescribeConfigsResult',
      fields: {
        errorCode: { type: 'int16' },
        errorMessage: { type: 'string', nullable: '0+', fallback: null },
        resourceType: { type: 'int8' },
        resourceName: { type: 'string' },
        configs: {
          array: true,
          struct: 'DescribedConfig',
          fields: {
            name: { type: 'string' },
            value: { type: 'string', nullable: '0+' },
            readOnly: { type: 'bool' },
            isDefault: { type: 'bool', versions: '0' },
            configSource: { type: 'int8', versions: '1+', fallback: -1 },
            isSensitive: { type: 'bool' },
            synonyms: {
              versions: '1+',
              array: true,
              struct: 'DescribedConfigSynonym',
              fields: {
                name: { type: 'string' },
                value: { type: 'string', nullable: '0+' },
                source: { type: 'int8' },
              },
            },
            configType: { type: 'int8', versions: '3+' },
            documentation: { type: 'string', versions: '3+', nullable: '3+', fallback: null },
          },
        },
      },
    },
  },
};
