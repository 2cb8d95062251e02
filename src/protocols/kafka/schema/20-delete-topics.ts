import type { Api } from './notation.js';

/** Names up to version 5; from 6 on a name or an id each. */
export const deleteTopics: Api = {
  key: 20,
  name: 'DeleteTopics',
  versions: '0-6',
  flexible: '4+',
  request: {
    topics: {
      versions: '6+',
      array: true,
      struct: 'DeleteTopicsRequestTopic',
      fields: {
        name: { type: 'string', nullable: '6+', fallback: null },
        topicId: { type: 'uuid' },
      },
    },
    topicNames: { type: 'string', array: true, versions: '0-5' },
    timeoutMs: { type: 'int32' },
  },
  response: {
    throttleTimeMs: { type: 'int32', versions: '1+' },
    responses: {
      array: true,
      struct: 'DeletedTopic',
      fields: {
        name: { type: 'string', nullable: '6+' },
        topicId: { type: 'uuid', versions: '6+' },
        errorCode: { type: 'int16' },
        errorMessage: { type: 'string', versions: '5+', nullable: '5+', fallback: null },
      },
    },
  },
};
