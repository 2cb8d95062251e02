import type { Api } from './notation.js';

/** Tells a client which of its metrics the broker wants, and how often. */
export const getTelemetrySubscriptions: Api = {
  key: 71,
  name: 'GetTelemetrySubscriptions',
  versions: '0',
  flexible: '0+',
  request: {
    clientInstanceId: { type: 'uuid' },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16' },
    clientInstanceId: { type: 'uuid' },
    subscriptionId: { type: 'int32' },
    acceptedCompressionTypes: { type: 'int8', array: true },
    pushIntervalMs: { type: 'int32' },
    telemetryMaxBytes: { type: 'int32' },
    deltaTemporality: { type: 'bool' },
    requestedMetrics: { type: 'string', array: true },
  },
};
