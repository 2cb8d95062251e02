import type { Api } from './notation.js';

/**
 * The response never has a flexible header, since it is sent before the client knows what we speak; a request of an
 * unknown version is answered in version 0.
 */
export const apiVersions: Api = {
  key: 18,
  name: 'ApiVersions',
  versions: '0-4',
  flexible: '3+',
  request: {
    clientSoftwareName: { type: 'string', versions: '3+' },
    clientSoftwareVersion: { type: 'string', versions: '3+' },
  },
  response: {
    errorCode: { type: 'int16' },
    apiKeys: {
      array: true,
      struct: 'ApiVersionsKey',
      fields: {
        apiKey: { type: 'int16' },
        minVersion: { type: 'int16' },
        maxVersion: { type: 'int16' },
      },
    },
    throttleTimeMs: { type: 'int32', versions: '1+' },
    supportedFeatures: {
      versions: '3+',
      tag: 0,
      array: true,
      struct: 'SupportedFeature',
      fields: {
        name: { type: 'string' },
        minVersion: { type: 'int16' },
        maxVersion: { type: 'int16' },
      },
    },
    finalizedFeaturesEpoch: { type: 'int64', versions: '3+', tag: 1, fallback: -1 },
    finalizedFeatures: {
      versions: '3+',
      tag: 2,
      array: true,
      struct: 'FinalizedFeature',
      fields: {
        name: { type: 'string' },
        maxVersionLevel: { type: 'int16' },
        minVersionLevel: { type: 'int16' },
      },
    },
    zkMigrationReady: { type: 'bool', versions: '3+', tag: 3 },
  },
};
