import type { Api } from './notation.js';

/**
 * Version 7 brings sessions, 12 the epoch fields, 13 topic ids, 15 moves a follower's identity into a tag, 16 the
 * endpoints of new leaders, 18 a follower's high watermark.
 */
export const fetch: Api = {
  key: 1,
  name: 'Fetch',
  versions: '4-18',
  flexible: '12+',
  request: {
    clusterId: { type: 'string', versions: '12+', nullable: '12+', tag: 0, fallback: null },
    replicaId: { type: 'int32', versions: '0-14', fallback: -1 },
    replicaState: {
      versions: '15+',
      tag: 1,
      struct: 'FetchReplicaState',
      fields: {
        replicaId: { type: 'int32', fallback: -1 },
        replicaEpoch: { type: 'int64', fallback: -1 },
      },
    },
    maxWaitMs: { type: 'int32' },
    minBytes: { type: 'int32' },
    maxBytes: { type: 'int32', versions: '3+', fallback: 0x7fffffff },
    isolationLevel: { type: 'int8', versions: '4+' },
    sessionId: { type: 'int32', versions: '7+' },
    sessionEpoch: { type: 'int32', versions: '7+', fallback: -1 },
    topics: {
      array: true,
      struct: 'FetchRequestTopic',
      fields: {
        topic: { type: 'string', versions: '0-12' },
        topicId: { type: 'uuid', versions: '13+' },
        partitions: {
          array: true,
          struct: 'FetchRequestPartition',
          fields: {
            partition: { type: 'int32' },
            currentLeaderEpoch: { type: 'int32', versions: '9+', fallback: -1 },
            fetchOffset: { type: 'int64' },
            lastFetchedEpoch: { type: 'int32', versions: '12+', fallback: -1 },
            logStartOffset: { type: 'int64', versions: '5+', fallback: -1 },
            partitionMaxBytes: { type: 'int32' },
            replicaDirectoryId: { type: 'uuid', versions: '17+', tag: 0 },
            // The protocol's "not supported" is 2^63 - 1; the nearest number is 2^63, and reads back as itself.
            highWatermark: { type: 'int64', versions: '18+', tag: 1, fallback: 2 ** 63 },
          },
        },
      },
    },
    forgottenTopicsData: {
      versions: '7+',
      array: true,
      struct: 'FetchForgottenTopic',
      fields: {
        topic: { type: 'string', versions: '7-12' },
        topicId: { type: 'uuid', versions: '13+' },
        partitions: { type: 'int32', array: true },
      },
    },
    rackId: { type: 'string', versions: '11+' },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16', versions: '7+' },
    sessionId: { type: 'int32', versions: '7+' },
    responses: {
      array: true,
      struct: 'FetchResponseTopic',
      fields: {
        topic: { type: 'string', versions: '0-12' },
        topicId: { type: 'uuid', versions: '13+' },
        partitions: {
          array: true,
          struct: 'FetchResponsePartition',
          fields: {
            partitionIndex: { type: 'int32' },
            errorCode: { type: 'int16' },
            highWatermark: { type: 'int64' },
            lastStableOffset: { type: 'int64', versions: '4+', fallback: -1 },
            logStartOffset: { type: 'int64', versions: '5+', fallback: -1 },
            divergingEpoch: {
              versions: '12+',
              tag: 0,
              struct: 'FetchEpochEndOffset',
              fields: {
                epoch: { type: 'int32', fallback: -1 },
                endOffset: { type: 'int64', fallback: -1 },
              },
            },
            currentLeader: {
              versions: '12+',
              tag: 1,
              struct: 'FetchCurrentLeader',
              fields: {
                leaderId: { type: 'int32', fallback: -1 },
                leaderEpoch: { type: 'int32', fallback: -1 },
              },
            },
            snapshotId: {
              versions: '12+',
              tag: 2,
              struct: 'FetchSnapshotId',
              fields: {
                endOffset: { type: 'int64', fallback: -1 },
                epoch: { type: 'int32', fallback: -1 },
              },
            },
            abortedTransactions: {
              versions: '4+',
              nullable: '4+',
              array: true,
              struct: 'FetchAbortedTransaction',
              fields: {
                producerId: { type: 'int64' },
                firstOffset: { type: 'int64' },
              },
            },
            preferredReadReplica: { type: 'int32', versions: '11+', fallback: -1 },
            records: { type: 'records', nullable: '0+' },
          },
        },
      },
    },
    nodeEndpoints: {
      versions: '16+',
      tag: 0,
      array: true,
      struct: 'FetchNodeEndpoint',
      fields: {
        nodeId: { type: 'int32' },
        host: { type: 'string' },
        port: { type: 'int32' },
        rack: { type: 'string', nullable: '16+', fallback: null },
      },
    },
  },
};
