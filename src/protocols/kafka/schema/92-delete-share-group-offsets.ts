import type { Api } from './notation.js';

/** Forgets topics of a share group without members. */
export const deleteShareGroupOffsets: Api = {
  key: 92,
  name: 'DeleteShareGroupOffsets',
  versions: '0',
  flexible: '0+',
  request: {
    groupId: { type: 'string' },
    topics: {
      array: true,
      struct: 'DeleteShareGroupOffsetsRequestTopic',
      fields: {
        topicName: { type: 'string' },
      },
    },
  },
  response: {
    throttleTimeMs: { type: 'int32' },
    errorCode: { type: 'int16' },
    errorMessage: { type: 'string', nullable: '0+', fallback: null },
    responses: {
      array: true,
      struct: 'DeleteShareGroupOffsetsResponseTopic',
      fields: {
        topicName: { type: 'string' },
        topicId: { type: 'uuid' },
        errorCode: { type: 'int16' },
        errorMessage: { type: 'string', nullable: '0+', fallback: null },
      },
    },
  },
};
