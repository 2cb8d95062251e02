import { BrokerError } from '../../../broker/errors.js';
import type { Topic } from '../../../broker/topic.js';
import { isInternalTopic, isTopicName } from '../../../broker/topic.js';
import { LogError } from '../../../log/errors.js';
import type { Call } from '../call.js';
import {
  decodeMetadataRequest,
  encodeMetadataResponse,
  type MetadataRequest,
  type MetadataTopic,
  newMetadataResponse,
  newMetadataTopic,
} from '../codec/03-metadata.js';
import { ApiKey } from '../codec/apis.js';
import { ZERO_UUID } from '../codec/primitives.js';
import { advertisedHost } from '../context.js';
import { ErrorCode } from '../error-codes.js';
import { kafkaCodeOf } from '../errors.js';
import type { Handler } from '../handler.js';
import { allowsCluster, allowsTopic, authorizedClusterOperations, authorizedOperations } from './authorize.js';

/**
 * Metadata: where which partition is served, and the place where topics come into being by being asked for.
 *
 * Versions: in 0 an empty list of topics means all of them, later null does. Creation can be declined from 4 on. Topics
 * may be asked for by id from 10 on.
 */
export const metadata: Handler = {
  key: ApiKey.Metadata,
  async handle(call) {
    const request = decodeMetadataRequest(call.reader, call.version);
    const refusals = new Map<string, number>();
    if (createMissing(call, request, refusals)) await settled(call);
    const { settings, broker, nodes } = call.context;
    const response = newMetadataResponse();
    const host = advertisedHost(call.session.connection, settings);
    for (const { id, port } of nodes.all()) response.brokers.push({ nodeId: id, host, port, rack: null });
    response.clusterId = settings.clusterId;
    response.controllerId = nodes.controllerId;
    if (request.includeClusterAuthorizedOperations) {
      response.clusterAuthorizedOperations = authorizedClusterOperations(call);
    }
    if (asksForAll(request, call.version)) {
      for (const topic of broker.readableTopics.topics()) {
        if (allowsTopic(call, 'describe', topic.name)) response.topics.push(described(call, topic, request));
      }
    } else {
      for (const { name, topicId } of request.topics ?? []) {
        const { readableTopics: topics } = broker;
        const topic = name === null ? topics.topicById(topicId) : topics.topic(name);
        const known = topic?.name ?? name;
        if (known !== null && !allowsTopic(call, 'describe', known)) {
          response.topics.push(hidden(name, topicId));
          continue;
        }
        response.topics.push(
          topic === undefined ? notThere(call, name, topicId, refusals) : described(call, topic, request),
        );
      }
    }
    call.respond(encodeMetadataResponse, response);
  },
};

function asksForAll(request: MetadataRequest, version: number): boolean {
  return request.topics === null || (version === 0 && request.topics.length === 0);
}

/** Answers whether any topic was made; why others were not goes into `refusals`. */
function createMissing(call: Call, request: MetadataRequest, refusals: Map<string, number>): boolean {
  const { broker, settings } = call.context;
  if (!settings.autoCreateTopics || !request.allowAutoTopicCreation || request.topics === null) return false;
  let made = false;
  for (const { name } of request.topics) {
    if (name === null || broker.readableTopics.topic(name) !== undefined) continue;
    if (!isTopicName(name) || isInternalTopic(name) || !allowsTopic(call, 'describe', name)) continue;
    if (!allowsCluster(call, 'create') && !allowsTopic(call, 'create', name)) {
      refusals.set(name, ErrorCode.TOPIC_AUTHORIZATION_FAILED);
      continue;
    }
    try {
      broker.catalog.create(name, settings.partitionsDefault);
      made = true;
    } catch (error) {
      refusals.set(name, kafkaCodeOf(error));
    }
  }
  return made;
}

/** A topic is told of when it is sure to stay. */
async function settled(call: Call): Promise<void> {
  try {
    await call.context.broker.storage.durable();
  } catch (error) {
    // The client tries again and finds it, or the storage's refusal.
    if (!(error instanceof LogError || error instanceof BrokerError)) throw error;
  }
}

function described(call: Call, topic: Topic, request: MetadataRequest): MetadataTopic {
  const result = newMetadataTopic();
  result.name = topic.name;
  result.topicId = topic.id;
  result.isInternal = topic.internal;
  if (request.includeTopicAuthorizedOperations) {
    result.topicAuthorizedOperations = authorizedOperations(call, 'topic', topic.name);
  }
  const { nodes } = call.context;
  for (const partition of topic.partitions) {
    const leader = nodes.leaderOf(partition);
    result.partitions.push({
      errorCode: ErrorCode.NONE,
      partitionIndex: partition.index,
      leaderId: leader,
      leaderEpoch: partition.log.leaderEpoch,
      replicaNodes: [leader],
      isrNodes: [leader],
      offlineReplicas: [],
    });
  }
  return result;
}

/** Whether it is there is not told either. */
function hidden(name: string | null, topicId: string): MetadataTopic {
  const result = newMetadataTopic();
  result.name = name;
  result.topicId = name === null ? topicId : ZERO_UUID;
  result.errorCode = ErrorCode.TOPIC_AUTHORIZATION_FAILED;
  return result;
}

function notThere(
  call: Call,
  name: string | null,
  topicId: string,
  refusals: ReadonlyMap<string, number>,
): MetadataTopic {
  const result = newMetadataTopic();
  // Ids may be asked for from version 10 on, and an answer without a name be given from 12 on.
  result.name = name === null && call.version < 12 ? '' : name;
  result.topicId = name === null ? topicId : ZERO_UUID;
  if (name === null) result.errorCode = ErrorCode.UNKNOWN_TOPIC_ID;
  else if (!isTopicName(name)) result.errorCode = ErrorCode.INVALID_TOPIC_EXCEPTION;
  else result.errorCode = refusals.get(name) ?? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  return result;
}
