import type { Api } from './notation.js';

/** Version 3 is the first with record batches v2; 13 names topics by id. */
export const produce: Api = {
  key: 0,
  name: 'Produce',
  versions: '3-13',
  flexible: '9+',
  request: {
    transactionalId: { type: 'string', nullable: '3+', fallback: null },
    acks: { type: 'int16' },
    timeoutMs: { type: 'int32' },
    topicData: {
      array: true,
      struct: 'ProduceRequestTopic',
      fields: {
        name: { type: 'string', versions: '0-12' },
        topicId: { type: 'uuid', versions: '13+' },
        partitionData: {
          array: true,
          struct: 'ProduceRequestPartition',
          fields: {
            index: { type: 'int32' },
            records: { type: 'records', nullable: '0+' },
          },
        },
      },
    },
  },
  response: {
    responses: {
      array: true,
      struct: 'ProduceResponseTopic',
      fields: {
        name: { type: 'string', versions: '0-12' },
        topicId: { type: 'uuid', versions: '13+' },
        partitionResponses: {
          array: true,
          struct: 'ProduceResponsePartition',
          fields: {
            index: { type: 'int32' },
            errorCode: { type: 'int16' },
            baseOffset: { type: 'int64' },
            logAppendTimeMs: { type: 'int64', fallback: -1 },
            logStartOffset: { type: 'int64', versions: '5+', fallback: -1 },
            recordErrors: {
              versions: '8+',
              array: true,
              struct: 'ProduceRecordError',
              fields: {
                batchIndex: { type: 'int32' },
                batchIndexErrorMessage: { type: 'string', nullable: '8+', fallback: null },
              },
            },
            errorMessage: { type: 'string', versions: '8+', nullable: '8+', fallback: null },
            currentLeader: {
              versions: '10+',
              tag: 0,
              struct: 'ProduceCurrentLeader',
              fields: {
                leaderId: { type: 'int32', fallback: -1 },
                leaderEpoch: { type: 'int32', fallback: -1 },
              },
            },
          },
        },
      },
    },
    throttleTimeMs: { type: 'int32' },
    nodeEndpoints: {
      versions: '10+',
      tag: 0,
      array: true,
      struct: 'ProduceNodeEndpoint',
      fields: {
        nodeId: { type: 'int32' },
        host: { type: 'string' },
        port: { type: 'int32' },
        rack: { type: 'string', nullable: '10+', fallback: null },
      },
    },
  },
};
