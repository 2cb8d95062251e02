import type { Api } from './notation.js';

/** From version 2 on there are no errors per feature: it is all or nothing. */
export const updateFeatures: Api = {
  key: 57,
  name: 'UpdateFeatures',
  versions: '0-2',
  flexible: '0+',
  request: {
    timeoutMs: { type: 'int32', fallback: 60000 },
    featureUpdates: {
      array: true,
      struct: 'FeatureUpdateKey',
      fields: {
        feature: { type: 'string' },
        maxVersionLevel: { type: 'int16' },
        allowDowngrade: { type: 'bool', versions: '0' },
        upgradeType: { type: 'int8', versions: '1+', fallback: 1 },
      },
    },
    validateOnly: { type: 'bool', versions: '1+' },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16' },
    errorMessage: { type: 'string', nullable: '0+', fallback: null },
    results: {
      versions: '0-1',
      array: true,
      struct: 'UpdatableFeatureResult',
      fields: {
        feature: { type: 'string' },
        errorCode: { type: 'int16' },
        errorMessage: { type: 'string', nullable: '0+', fallback: null },
      },
    },
  },
};
