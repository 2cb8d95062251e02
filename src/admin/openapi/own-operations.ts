import type { JsonObject } from '../../lib/json.js';
import { flag, listOf, moment, oneOf, pagesOf, ref, text, whole } from './schemas.js';

/** What is said of a route besides who may use it. */
export interface Operation {
  readonly summary: string;
  readonly query?: Readonly<Record<string, JsonObject>>;
  readonly body?: JsonObject;
  /** Left out where nothing is answered. */
  readonly answer?: JsonObject;
  /** Where it is not 200, or 204 without an answer. */
  readonly status?: number;
}

const listing = {
  page: whole,
  page_size: whole,
  name: text,
  use_regex: flag,
  sort: text,
  sort_reverse: flag,
  columns: text,
};
const filters = { key: text, text, header: text, header_value: text };
const looking = { count: whole, truncate: whole, newest: flag, time: moment, ...filters };

/** Naru's own routes, as `METHOD path`. A test sees that these are they. */
export const ownOperations: Readonly<Record<string, Operation>> = {
  'GET /api/topics': { summary: 'Topics', query: listing, answer: pagesOf('Topic') },
  'GET /api/topics/:topic': { summary: 'One topic', query: { columns: text }, answer: ref('TopicDetails') },
  'PUT /api/topics/:topic': { summary: 'Makes a topic', body: ref('TopicWish'), status: 201 },
  'DELETE /api/topics/:topic': { summary: 'Deletes a topic with its messages and what groups committed for it' },
  'GET /api/topics/:topic/configs': { summary: 'How a topic is configured', answer: ref('Configs') },
  'PUT /api/topics/:topic/configs': { summary: 'Sets keys, or takes them away by null', body: ref('ConfigChanges') },
  'POST /api/topics/:topic/partitions': { summary: 'Adds partitions', body: ref('PartitionsWish') },
  'DELETE /api/topics/:topic/records': {
    summary: 'Deletes records, all or up to an offset',
    query: { partition: whole, before: whole },
    answer: ref('DeletedRecords'),
  },
  'GET /api/topics/:topic/messages': {
    summary: 'Browses messages',
    query: { partition: whole, offset: whole, at: text, wait_ms: whole, ...looking },
    answer: ref('Records'),
  },
  'POST /api/topics/:topic/messages': {
    summary: 'Produces messages',
    body: ref('MessagesWish'),
    answer: ref('Places'),
  },
  'GET /api/topics/:topic/tail': {
    summary: 'Messages as they come, by server-sent events',
    query: {
      partition: whole,
      at: text,
      offset: whole,
      time: moment,
      earliest: flag,
      rate: whole,
      truncate: whole,
      ...filters,
    },
    answer: ref('Record'),
  },
  'GET /api/groups': { summary: 'Groups of all kinds', query: listing, answer: pagesOf('Group') },
  'GET /api/groups/:group': {
    summary: 'One group with its members and its lag',
    query: { columns: text },
    answer: ref('GroupDetails'),
  },
  'DELETE /api/groups/:group': { summary: 'Deletes an idle group with its offsets' },
  'POST /api/groups/:group/offsets': {
    summary: 'Sets an idle group elsewhere',
    body: ref('ResetWish'),
    answer: ref('Reset'),
  },
  'DELETE /api/groups/:group/offsets': {
    summary: 'Forgets how far an idle group is with a topic',
    query: { topic: text, partition: whole },
  },
  'GET /api/queues/:vhost/:queue/messages': {
    summary: 'Looks at messages of a queue',
    query: {
      state: oneOf('ready', 'locked', 'delayed', 'dead', 'done', 'any'),
      at: whole,
      position: whole,
      ...looking,
    },
    answer: ref('Peeked'),
  },
  'POST /api/queues/:vhost/:queue/rewind': {
    summary: 'Makes what was done since a time ready again',
    body: ref('RewindWish'),
    answer: ref('Rewound'),
  },
  'GET /api/queues/:vhost/:queue/redrives': {
    summary: 'Moves of dead letters that are under way or were',
    answer: listOf(ref('Redrive')),
  },
  'POST /api/queues/:vhost/:queue/redrives': {
    summary: 'Moves dead letters back, or to one queue',
    body: ref('RedriveWish'),
    answer: ref('Redrive'),
    status: 201,
  },
  'DELETE /api/queues/:vhost/:queue/redrives/:id': { summary: 'Ends a move', answer: ref('Redrive') },
  'GET /api/trace': {
    summary: 'One message’s way, as far as logs and ledgers know it',
    query: { id: text, traceparent: text, topic: text, partition: whole, vhost: text, queue: text, offset: whole },
    answer: ref('Trace'),
  },
  'GET /api/journal': { summary: 'The journal, tails, segments and the disk', answer: ref('Journal') },
  'GET /api/alarms': { summary: 'What makes publishers wait or refuses them', answer: ref('Alarms') },
  'GET /api/openapi.json': { summary: 'This document', answer: { type: 'object' } },
};
