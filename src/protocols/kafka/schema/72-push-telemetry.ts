import type { Api } from './notation.js';

/** The metrics are OpenTelemetry's, compressed as said. */
export const pushTelemetry: Api = {
  key: 72,
  name: 'PushTelemetry',
  versions: '0',
  flexible: '0+',
  request: {
    clientInstanceId: { type: 'uuid' },
    subscriptionId: { type: 'int32' },
    terminating: { type: 'bool' },
    compressionType: { type: 'int8' },
    metrics: { type: 'bytes' },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16' },
  },
};
