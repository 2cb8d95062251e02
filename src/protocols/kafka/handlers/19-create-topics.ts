import { isInternalTopic } from '../../../broker/topic.js';
import type { TopicOverrides } from '../../../broker/topic-config.js';
import type { Call } from '../call.js';
import {
  type CreatableReplicaAssignment,
  type CreatableTopic,
  type CreatedTopic,
  type CreateTopicsRequest,
  decodeCreateTopicsRequest,
  encodeCreateTopicsResponse,
  newCreatedTopic,
  newCreateTopicsResponse,
} from '../codec/19-create-topics.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';
import { allowsCluster, allowsTopic } from './authorize.js';
import { done, durably, type Outcome, outcomeOf, refusedWith, repeatedOf } from './outcome.js';
import { topicConfigs } from './topic-configs.js';

/** Stands for "as the broker thinks best". */
const unset = -1;

/**
 * CreateTopics. Topics are made one by one, and answered together when all are durable.
 *
 * One node keeps everything: whatever number of replicas, or which brokers, are asked for, a topic has the one replica
 * that is then reported. What is written for a cluster can be tried here as it is.
 *
 * Versions: 1 adds a try without effect and messages. From 5 on counts and configuration come back, from 7 the id.
 */
export const createTopics: Handler = {
  key: ApiKey.CreateTopics,
  async handle(call) {
    const request = decodeCreateTopicsRequest(call.reader, call.version);
    const response = newCreateTopicsResponse();
    const repeated = repeatedOf(request.topics.map(({ name }) => name));
    const made = new Set<CreatedTopic>();
    for (const asked of request.topics) {
      if (repeated.has(asked.name)) continue;
      const created = create(call, request, asked);
      response.topics.push(created);
      if (created.errorCode === ErrorCode.NONE) made.add(created);
    }
    for (const name of repeated) {
      response.topics.push(failed(name, refusedWith(ErrorCode.INVALID_REQUEST, 'Duplicate topic name.')));
    }
    if (made.size > 0 && !request.validateOnly) {
      const outcome = await durably(call.context.broker);
      if (outcome !== done) {
        response.topics = response.topics.map((topic) => (made.has(topic) ? failed(topic.name, outcome) : topic));
      }
    }
    call.respond(encodeCreateTopicsResponse, response);
  },
};

function failed(name: string, outcome: Outcome): CreatedTopic {
  return Object.assign(newCreatedTopic(), { name, ...outcome });
}

function create(call: Call, request: CreateTopicsRequest, asked: CreatableTopic): CreatedTopic {
  const { broker, settings } = call.context;
  const { name } = asked;
  if (!allowsCluster(call, 'create') && !allowsTopic(call, 'create', name)) {
    return failed(name, refusedWith(ErrorCode.TOPIC_AUTHORIZATION_FAILED, 'Authorization failed.'));
  }
  const overrides = new Map<string, string>();
  const fault = isInternalTopic(name) ? internalRefused(name) : (shapeFault(asked) ?? readConfigs(asked, overrides));
  if (fault !== null) return failed(name, fault);
  const created = newCreatedTopic();
  created.name = name;
  created.numPartitions = asked.assignments.length || asked.numPartitions;
  if (created.numPartitions === unset) created.numPartitions = settings.partitionsDefault;
  created.replicationFactor = 1;
  try {
    if (request.validateOnly) broker.catalog.checkCreate(name, created.numPartitions, overrides);
    else created.topicId = broker.catalog.create(name, created.numPartitions, overrides).id;
  } catch (error) {
    return failed(name, outcomeOf(error));
  }
  if (allowsTopic(call, 'describe-configs', name)) created.configs = configured(call, overrides);
  else {
    // Made all the same: only its configuration is not told (KIP-525).
    created.topicConfigErrorCode = ErrorCode.TOPIC_AUTHORIZATION_FAILED;
    created.configs = null;
    created.numPartitions = unset;
    created.replicationFactor = unset;
  }
  return created;
}

/** The broker makes them itself when they are needed, with as many partitions as its own options say. */
function internalRefused(name: string): Outcome {
  return refusedWith(ErrorCode.INVALID_TOPIC_EXCEPTION, `The internal topic ${name} is made by the broker itself.`);
}

function shapeFault({ numPartitions, replicationFactor, assignments }: CreatableTopic): Outcome | null {
  if (assignments.length > 0) {
    if (numPartitions !== unset || replicationFactor !== unset) {
      const what = numPartitions === unset ? 'replication factor' : 'numPartitions';
      const message = `A manual partition assignment was specified, but ${what} was not set to -1.`;
      return refusedWith(ErrorCode.INVALID_REQUEST, message);
    }
    return assignmentFault(assignments);
  }
  if (replicationFactor < unset || replicationFactor === 0) {
    const message = 'Replication factor must be larger than 0, or -1 to use the default value.';
    return refusedWith(ErrorCode.INVALID_REPLICATION_FACTOR, message);
  }
  if (numPartitions < unset || numPartitions === 0) {
    const message = 'Number of partitions was set to an invalid non-positive value.';
    return refusedWith(ErrorCode.INVALID_PARTITIONS, message);
  }
  return null;
}

function assignmentFault(assignments: readonly CreatableReplicaAssignment[]): Outcome | null {
  const taken = new Set<number>();
  for (const { partitionIndex, brokerIds } of assignments) {
    if (partitionIndex < 0 || partitionIndex >= assignments.length || taken.has(partitionIndex)) {
      const message = 'The manual partition assignments must name each partition from 0 on once.';
      return refusedWith(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message);
    }
    if (brokerIds.length === 0 || new Set(brokerIds).size !== brokerIds.length) {
      const message = `The manual assignment of partition ${partitionIndex} must name brokers, and each of them once.`;
      return refusedWith(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message);
    }
    taken.add(partitionIndex);
  }
  return null;
}

function readConfigs({ configs }: CreatableTopic, into: Map<string, string>): Outcome | null {
  for (const { name, value } of configs) {
    if (value === null) {
      return refusedWith(ErrorCode.INVALID_CONFIG, `Null value not supported for topic configs: ${name}`);
    }
    into.set(name, value);
  }
  return null;
}

function configured(call: Call, overrides: TopicOverrides): CreatedTopic['configs'] {
  const { catalog } = call.context.broker;
  return topicConfigs(catalog.configOf(overrides)).map(({ name, value, source }) => ({
    name,
    value,
    readOnly: false,
    configSource: source,
    isSensitive: false,
  }));
}
