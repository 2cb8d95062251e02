import type { Message } from './notation.js';

/**
 * What consumers put into the opaque bytes of JoinGroup and SyncGroup, behind an int16 version that is not part of
 * these declarations. Readers of an older version ignore what follows the fields they know.
 */
export const consumerProtocolSubscription: Message = {
  name: 'ConsumerProtocolSubscription',
  versions: '0-3',
  fields: {
    topics: { type: 'string', array: true },
    userData: { type: 'bytes', nullable: '0+', fallback: null },
    ownedPartitions: {
      versions: '1+',
      array: true,
      struct: 'ConsumerOwnedPartitions',
      fields: {
        topic: { type: 'string' },
        partitions: { type: 'int32', array: true },
      },
    },
    generationId: { type: 'int32', versions: '2+', fallback: -1 },
    rackId: { type: 'string', versions: '3+', nullable: '3+', fallback: null },
  },
};

export const consumerProtocolAssignment: Message = {
  name: 'ConsumerProtocolAssignment',
  versions: '0-3',
  fields: {
    assignedPartitions: {
      array: true,
      struct: 'ConsumerAssignedPartitions',
      fields: {
        topic: { type: 'string' },
        partitions: { type: 'int32', array: true },
      },
    },
    userData: { type: 'bytes', nullable: '0+', fallback: null },
  },
};
