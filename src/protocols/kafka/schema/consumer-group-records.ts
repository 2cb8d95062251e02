import type { Fields, Message } from './notation.js';

/*
 * What `__consumer_offsets` holds of groups of the consumer protocol (KIP-848). Keys and values begin with an int16
 * that is not part of these declarations: a key's says what it is, and is its version here; a value's is its version.
 */
const currentTopicPartitions: Fields = {
  topicId: { type: 'uuid' },
  partitions: { type: 'int32', array: true },
};

export const consumerGroupMetadataKey: Message = {
  name: 'ConsumerGroupMetadataKey',
  versions: '3',
  fields: {
    groupId: { type: 'string' },
  },
};

/** The hash changes with the subscribed topics; it takes 53 bits here, where Kafka has 64. */
export const consumerGroupMetadataValue: Message = {
  name: 'ConsumerGroupMetadataValue',
  versions: '0',
  flexible: '0+',
  fields: {
    epoch: { type: 'int32' },
    metadataHash: { type: 'int64', tag: 0 },
  },
};

export const consumerGroupPartitionMetadataKey: Message = {
  name: 'ConsumerGroupPartitionMetadataKey',
  versions: '4',
  fields: {
    groupId: { type: 'string' },
  },
};

/** Written by Kafka up to 4.0, and replaced by the hash of the metadata record since. */
export const consumerGroupPartitionMetadataValue: Message = {
  name: 'ConsumerGroupPartitionMetadataValue',
  versions: '0',
  flexible: '0+',
  fields: {
    topics: {
      array: true,
      struct: 'TopicMetadata',
      fields: {
        topicId: { type: 'uuid' },
        topicName: { type: 'string' },
        numPartitions: { type: 'int32' },
        partitionMetadata: {
          array: true,
          struct: 'PartitionMetadata',
          fields: {
            partition: { type: 'int32' },
            racks: { type: 'string', array: true },
          },
        },
      },
    },
  },
};

export const consumerGroupMemberMetadataKey: Message = {
  name: 'ConsumerGroupMemberMetadataKey',
  versions: '5',
  fields: {
    groupId: { type: 'string' },
    memberId: { type: 'string' },
  },
};

/** With classic metadata, the member speaks the older protocol in a group of this one. */
export const consumerGroupMemberMetadataValue: Message = {
  name: 'ConsumerGroupMemberMetadataValue',
  versions: '0',
  flexible: '0+',
  fields: {
    instanceId: { type: 'string', nullable: '0+' },
    rackId: { type: 'string', nullable: '0+' },
    clientId: { type: 'string' },
    clientHost: { type: 'string' },
    subscribedTopicNames: { type: 'string', array: true },
    subscribedTopicRegex: { type: 'string', nullable: '0+' },
    rebalanceTimeoutMs: { type: 'int32', fallback: -1 },
    serverAssignor: { type: 'string', nullable: '0+' },
    classicMemberMetadata: {
      nullable: '0+',
      tag: 0,
      struct: 'ClassicMemberMetadata',
      fallback: null,
      fields: {
        sessionTimeoutMs: { type: 'int32' },
        supportedProtocols: {
          array: true,
          struct: 'ClassicProtocol',
          fields: {
            name: { type: 'string' },
            metadata: { type: 'bytes' },
          },
        },
      },
    },
  },
};

export const consumerGroupTargetAssignmentMetadataKey: Message = {
  name: 'ConsumerGroupTargetAssignmentMetadataKey',
  versions: '6',
  fields: {
    groupId: { type: 'string' },
  },
};

export const consumerGroupTargetAssignmentMetadataValue: Message = {
  name: 'ConsumerGroupTargetAssignmentMetadataValue',
  versions: '0',
  flexible: '0+',
  fields: {
    assignmentEpoch: { type: 'int32' },
  },
};

export const consumerGroupTargetAssignmentMemberKey: Message = {
  name: 'ConsumerGroupTargetAssignmentMemberKey',
  versions: '7',
  fields: {
    groupId: { type: 'string' },
    memberId: { type: 'string' },
  },
};

export const consumerGroupTargetAssignmentMemberValue: Message = {
  name: 'ConsumerGroupTargetAssignmentMemberValue',
  versions: '0',
  flexible: '0+',
  fields: {
    topicPartitions: {
      array: true,
      struct: 'TargetTopicPartitions',
      fields: {
        topicId: { type: 'uuid' },
        partitions: { type: 'int32', array: true },
      },
    },
  },
};

export const consumerGroupCurrentMemberAssignmentKey: Message = {
  name: 'ConsumerGroupCurrentMemberAssignmentKey',
  versions: '8',
  fields: {
    groupId: { type: 'string' },
    memberId: { type: 'string' },
  },
};

export const consumerGroupCurrentMemberAssignmentValue: Message = {
  name: 'ConsumerGroupCurrentMemberAssignmentValue',
  versions: '0',
  flexible: '0+',
  fields: {
    memberEpoch: { type: 'int32' },
    previousMemberEpoch: { type: 'int32' },
    state: { type: 'int8' },
    assignedPartitions: { array: true, struct: 'CurrentTopicPartitions', fields: currentTopicPartitions },
    partitionsPendingRevocation: { array: true, struct: 'CurrentTopicPartitions', fields: currentTopicPartitions },
  },
};

export const consumerGroupRegularExpressionKey: Message = {
  name: 'ConsumerGroupRegularExpressionKey',
  versions: '16',
  fields: {
    groupId: { type: 'string' },
    regularExpression: { type: 'string' },
  },
};

export const consumerGroupRegularExpressionValue: Message = {
  name: 'ConsumerGroupRegularExpressionValue',
  versions: '0',
  flexible: '0+',
  fields: {
    topics: { type: 'string', array: true },
    metadataVersion: { type: 'int64' },
    timestamp: { type: 'int64' },
  },
};
