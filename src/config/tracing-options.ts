/** Options of tracing: rows of the table in options.ts. */
export const tracingOptions = {
  otlpEndpoint: {
    group: 'Tracing',
    type: 'text',
    default: '',
    help: 'Address of an OpenTelemetry collector (http://localhost:4318) that spans of messages go to; empty for none',
  },
  otlpHeadersFile: {
    group: 'Tracing',
    type: 'file',
    default: '',
    help: 'File with headers for the collector, one `name: value` a line, such as an authorization',
  },
  otlpServiceName: { group: 'Tracing', type: 'text', default: 'naru', help: 'What spans call this service' },
  otlpSampleOneIn: {
    group: 'Tracing',
    type: 'count',
    default: '1',
    min: '1',
    max: '1000000',
    help: 'Of the traces that a message’s traceparent says are sampled, one in so many is followed',
  },
  otlpEveryMs: {
    group: 'Tracing',
    type: 'duration',
    default: '5s',
    min: '10ms',
    max: '10m',
    help: 'How often spans are sent',
  },
} as const;
