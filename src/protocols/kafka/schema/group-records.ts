import type { Message } from './notation.js';

/**
 * The records of `__consumer_offsets`. Keys and values begin with their version as int16, which is not part of these
 * declarations: a key's version also says what it is (0 and 1 a committed offset, 2 a group).
 */
export const offsetCommitKey: Message = {
  name: 'OffsetCommitKey',
  versions: '0-1',
  fields: {
    group: { type: 'string' },
    topic: { type: 'string' },
    partition: { type: 'int32' },
  },
};

export const offsetCommitValue: Message = {
  name: 'OffsetCommitValue',
  versions: '0-4',
  flexible: '4+',
  fields: {
    offset: { type: 'int64' },
    leaderEpoch: { type: 'int32', versions: '3+', fallback: -1 },
    metadata: { type: 'string' },
    commitTimestamp: { type: 'int64' },
    expireTimestamp: { type: 'int64', versions: '1', fallback: -1 },
    topicId: { type: 'uuid', versions: '4+', tag: 0 },
  },
};

export const groupMetadataKey: Message = {
  name: 'GroupMetadataKey',
  versions: '2',
  fields: {
    group: { type: 'string' },
  },
};

export const groupMetadataValue: Message = {
  name: 'GroupMetadataValue',
  versions: '0-4',
  flexible: '4+',
  fields: {
    protocolType: { type: 'string' },
    generation: { type: 'int32' },
    protocol: { type: 'string', nullable: '0+' },
    leader: { type: 'string', nullable: '0+' },
    currentStateTimestamp: { type: 'int64', versions: '2+', fallback: -1 },
    members: {
      array: true,
      struct: 'GroupMemberMetadata',
      fields: {
        memberId: { type: 'string' },
        groupInstanceId: { type: 'string', versions: '3+', nullable: '3+', fallback: null },
        clientId: { type: 'string' },
        clientHost: { type: 'string' },
        rebalanceTimeout: { type: 'int32', versions: '1+' },
        sessionTimeout: { type: 'int32' },
        subscription: { type: 'bytes' },
        assignment: { type: 'bytes' },
      },
    },
  },
};
