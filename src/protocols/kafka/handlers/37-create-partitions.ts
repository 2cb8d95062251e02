import type { Call } from '../call.js';
import {
  type CreatePartitionsRequest,
  type CreatePartitionsTopic,
  decodeCreatePartitionsRequest,
  encodeCreatePartitionsResponse,
  newCreatePartitionsResponse,
} from '../codec/37-create-partitions.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';
import { allowsTopic } from './authorize.js';
import { attempt, done, durably, type Outcome, refusedWith, repeatedOf } from './outcome.js';

/**
 * CreatePartitions. `count` is what the topic shall have in all. Assignments are checked for their shape; this node
 * keeps the partitions whatever brokers they name.
 */
export const createPartitions: Handler = {
  key: ApiKey.CreatePartitions,
  async handle(call) {
    const request = decodeCreatePartitionsRequest(call.reader, call.version);
    const outcomes = new Map<string, Outcome>();
    const repeated = repeatedOf(request.topics.map(({ name }) => name));
    for (const asked of request.topics) {
      const outcome = repeated.has(asked.name)
        ? refusedWith(ErrorCode.INVALID_REQUEST, 'Duplicate topic name.')
        : add(call, request, asked);
      outcomes.set(asked.name, outcome);
    }
    const added = [...outcomes].filter(([, outcome]) => outcome === done);
    if (added.length > 0 && !request.validateOnly) {
      const ended = await durably(call.context.broker);
      for (const [name] of added) outcomes.set(name, ended);
    }
    const response = newCreatePartitionsResponse();
    response.results = Array.from(outcomes, ([name, outcome]) => ({ name, ...outcome }));
    call.respond(encodeCreatePartitionsResponse, response);
  },
};

function add(call: Call, request: CreatePartitionsRequest, asked: CreatePartitionsTopic): Outcome {
  const { catalog } = call.context.broker;
  const topic = catalog.topic(asked.name);
  if (!allowsTopic(call, 'alter', asked.name)) {
    return refusedWith(ErrorCode.TOPIC_AUTHORIZATION_FAILED, 'Topic authorization failed.');
  }
  if (topic === undefined) {
    return refusedWith(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, 'This server does not host this topic-partition.');
  }
  if (topic.internal) {
    const message = `The number of partitions of the internal topic ${topic.name} is an option of the broker.`;
    return refusedWith(ErrorCode.INVALID_TOPIC_EXCEPTION, message);
  }
  const wanted = asked.count - topic.partitions.length;
  const allowed = attempt(() => catalog.checkAddPartitions(topic, asked.count));
  if (allowed !== done) return allowed;
  const { assignments } = asked;
  if (assignments !== null && assignments.length !== wanted) {
    const message = `Increasing the number of partitions by ${wanted} but ${assignments.length} assignments provided.`;
    return refusedWith(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message);
  }
  if (assignments?.some(({ brokerIds }) => brokerIds.length === 0 || new Set(brokerIds).size !== brokerIds.length)) {
    const message = 'Each assignment must name brokers, and each of them once.';
    return refusedWith(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message);
  }
  return request.validateOnly ? done : attempt(() => catalog.addPartitions(topic, asked.count));
}
