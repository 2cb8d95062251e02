import type { Topic } from '../../../broker/topic.js';
import type { Call } from '../call.js';
import {
  type DeletedTopic,
  decodeDeleteTopicsRequest,
  encodeDeleteTopicsResponse,
  newDeletedTopic,
  newDeleteTopicsResponse,
} from '../codec/20-delete-topics.js';
import { ApiKey } from '../codec/apis.js';
import { ZERO_UUID } from '../codec/primitives.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';
import { allowsTopic } from './authorize.js';
import { attempt, done, durably, type Outcome, refusedWith, repeatedOf } from './outcome.js';

interface Asked {
  readonly name: string | null;
  readonly topicId: string;
}

/**
 * DeleteTopics. With a topic goes what groups committed for it, in one bundle of the journal: a topic of the same name
 * made later begins anew.
 *
 * Versions: 5 adds messages. From 6 on topics are named or given by their id, and answered with both.
 */
export const deleteTopics: Handler = {
  key: ApiKey.DeleteTopics,
  async handle(call) {
    const request = decodeDeleteTopicsRequest(call.reader, call.version);
    const response = newDeleteTopicsResponse();
    const asked: readonly Asked[] =
      call.version >= 6 ? request.topics : request.topicNames.map((name) => ({ name, topicId: ZERO_UUID }));
    const keys = asked.map((one) => keyOf(call, one));
    const repeated = repeatedOf(keys);
    const told = new Set<string>();
    const deleted: DeletedTopic[] = [];
    for (const [at, one] of asked.entries()) {
      const key = keys[at]!;
      if (told.has(key)) continue;
      if (repeated.has(key)) told.add(key);
      const result = repeated.has(key) ? duplicate(call, one) : remove(call, one);
      response.responses.push(result);
      if (result.errorCode === ErrorCode.NONE) deleted.push(result);
    }
    if (deleted.length > 0) {
      const outcome = await durably(call.context.broker);
      if (outcome !== done) for (const result of deleted) Object.assign(result, outcome);
    }
    call.respond(encodeDeleteTopicsResponse, response);
  },
};

/** Two that mean one topic have one key, though one gives its name and the other its id. */
function keyOf(call: Call, asked: Asked): string {
  const { name, topicId } = asked;
  const topic = isForm(asked) ? topicOf(call, asked) : undefined;
  // Who may not know of a topic does not learn here that name and id belong together.
  if (topic !== undefined && allowsTopic(call, 'describe', topic.name)) return `topic ${topic.id}`;
  return `${name === null ? '' : `name ${name}`} ${topicId}`;
}

/** Either a name or an id. */
function isForm({ name, topicId }: Asked): boolean {
  return (topicId !== ZERO_UUID) === (name === null);
}

function topicOf(call: Call, { name, topicId }: Asked): Topic | undefined {
  const { catalog } = call.context.broker;
  return name === null ? catalog.topicById(topicId) : catalog.topic(name);
}

/** None of them is followed: they may have been meant for two topics. */
function duplicate(call: Call, asked: Asked): DeletedTopic {
  const topic = topicOf(call, asked);
  const known = topic !== undefined && allowsTopic(call, 'describe', topic.name) ? topic : undefined;
  const message = 'The topic is asked for more than once, by its name or its id.';
  return answered(asked, known, refusedWith(ErrorCode.INVALID_REQUEST, message));
}

function answered(asked: Asked, topic: Topic | undefined, outcome: Outcome): DeletedTopic {
  const result = newDeletedTopic();
  result.name = topic?.name ?? asked.name;
  result.topicId = topic?.id ?? asked.topicId;
  return Object.assign(result, outcome);
}

function remove(call: Call, asked: Asked): DeletedTopic {
  const { catalog, groups } = call.context.broker;
  const { name, topicId } = asked;
  const byId = topicId !== ZERO_UUID;
  if (!isForm(asked)) {
    const message = byId
      ? 'You may not specify both topic name and topic id.'
      : 'Neither topic name nor id were specified.';
    return answered(asked, undefined, refusedWith(ErrorCode.INVALID_REQUEST, message));
  }
  const topic = topicOf(call, asked);
  const known = topic?.name ?? name;
  if (known !== null && !allowsTopic(call, 'delete', known)) {
    const outcome = refusedWith(ErrorCode.TOPIC_AUTHORIZATION_FAILED, 'Topic authorization failed.');
    // Who may not even know of a topic does not learn its name from the id.
    return answered(asked, allowsTopic(call, 'describe', known) ? topic : undefined, outcome);
  }
  if (topic === undefined) {
    const outcome = byId
      ? refusedWith(ErrorCode.UNKNOWN_TOPIC_ID, 'This server does not host this topic ID.')
      : refusedWith(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, 'This server does not host this topic-partition.');
    return answered(asked, undefined, outcome);
  }
  if (topic.internal) {
    const message = `The internal topic ${topic.name} cannot be deleted.`;
    return answered(asked, topic, refusedWith(ErrorCode.INVALID_TOPIC_EXCEPTION, message));
  }
  const outcome = attempt(() => {
    catalog.delete(topic);
    groups.deleteTopic(topic.name);
  });
  return answered(asked, topic, outcome);
}
