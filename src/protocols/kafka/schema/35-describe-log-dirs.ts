import type { Api } from './notation.js';

/** Topics null ask for all; version 4 adds the volume's bytes. */
export const describeLogDirs: Api = {
  key: 35,
  name: 'DescribeLogDirs',
  versions: '1-4',
  flexible: '2+',
  request: {
    topics: {
      nullable: '0+',
      array: true,
      struct: 'DescribableLogDirTopic',
      fields: {
        topic: { type: 'string' },
        partitions: { type: 'int32', array: true },
      },
    },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16', versions: '3+' },
    results: {
      array: true,
      struct: 'DescribeLogDirsResult',
      fields: {
        errorCode: { type: 'int16' },
        logDir: { type: 'string' },
        topics: {
          array: true,
          struct: 'DescribeLogDirsTopic',
          fields: {
            name: { type: 'string' },
            partitions: {
              array: true,
              struct: 'DescribeLogDirsPartition',
              fields: {
                partitionIndex: { type: 'int32' },
                partitionSize: { type: 'int64' },
                offsetLag: { type: 'int64' },
                isFutureKey: { type: 'bool' },
              },
            },
          },
        },
        totalBytes: { type: 'int64', versions: '4+', fallback: -1 },
        usableBytes: { type: 'int64', versions: '4+', fallback: -1 },
      },
    },
  },
};
