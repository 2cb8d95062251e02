import type { JsonObject, JsonValue } from '../../lib/json.js';

/** Words for JSON schemas. A field is there always, unless it is `optional`. */
export const text: JsonObject = { type: 'string' };
export const whole: JsonObject = { type: 'integer' };
export const number: JsonObject = { type: 'number' };
export const flag: JsonObject = { type: 'boolean' };
export const anything: JsonObject = {};
/** Milliseconds since 1970, an ISO date, or how long ago. */
export const moment: JsonObject = {
  type: ['string', 'integer'],
  examples: ['1h', '2026-01-31T12:00:00Z', 1700000000000],
};

export function oneOf(...values: readonly string[]): JsonObject {
  return { type: 'string', enum: values };
}

export function listOf(items: JsonObject): JsonObject {
  return { type: 'array', items };
}

export function orNull(schema: JsonObject): JsonObject {
  const { type } = schema;
  if (typeof type !== 'string') return { anyOf: [schema, { type: 'null' }] };
  return { ...schema, type: [type, 'null'] };
}

export function object(required: JsonObject, optional: JsonObject = {}): JsonObject {
  return { type: 'object', properties: { ...required, ...optional }, required: Object.keys(required) };
}

export function ref(name: string): JsonObject {
  return { $ref: `#/components/schemas/${name}` };
}

const rate = object({ rate: number });
const encoding = oneOf('string', 'base64');

const shown: JsonObject = {
  offset: whole,
  timestamp: whole,
  key: orNull(text),
  value: orNull(text),
  value_bytes: whole,
  truncated: flag,
  headers: listOf(object({ key: text, value: anything }, { encoding })),
};

const shownSometimes: JsonObject = {
  key_encoding: encoding,
  value_encoding: encoding,
  front: oneOf('amqp', 'sqs', 'kafka'),
  exchange: text,
  properties: { type: 'object' },
  deaths: listOf(
    object({
      vhost: text,
      queue: text,
      reason: text,
      count: whole,
      exchange: text,
      routing_keys: listOf(text),
      first_ms: whole,
    }),
  ),
};

const topic: JsonObject = {
  name: text,
  topic_id: text,
  internal: flag,
  partitions: whole,
  records: whole,
  bytes: whole,
  produced: whole,
  produced_details: rate,
  bytes_details: rate,
  cleanup_policy: text,
  retention_ms: whole,
  policy: orNull(text),
};

const config = object({
  name: text,
  value: text,
  source: oneOf('topic', 'policy', 'broker', 'default'),
  type: text,
  default: text,
});

const partition = object({
  partition: whole,
  leader: whole,
  leader_epoch: whole,
  start_offset: whole,
  end_offset: whole,
  stable_offset: whole,
  records: whole,
  bytes: whole,
  segments: whole,
});

const group: JsonObject = {
  name: text,
  kind: oneOf('classic', 'consumer', 'share'),
  state: text,
  protocol_type: text,
  protocol: text,
  epoch: whole,
  members: whole,
  topics: listOf(text),
  lag: whole,
};

const member = object({
  member_id: text,
  instance_id: orNull(text),
  client_id: text,
  host: text,
  topics: listOf(text),
  assigned: listOf(object({ topic: text, partitions: listOf(whole) })),
});

const progress = object({
  topic: text,
  partition: whole,
  offset: orNull(whole),
  lag: orNull(whole),
  start_offset: orNull(whole),
  end_offset: orNull(whole),
  committed_ms: orNull(whole),
  metadata: text,
  member_id: orNull(text),
});

const message = object(
  {},
  {
    key: anything,
    key_encoding: oneOf('string', 'base64', 'json'),
    value: anything,
    value_encoding: oneOf('string', 'base64', 'json'),
    headers: anything,
    partition: whole,
    timestamp: whole,
  },
);

const looked: JsonObject = { end: flag, scanned: whole, scanned_bytes: whole };
const counted = object({ count: whole, mean: number });

/** What own routes take and answer, by name. */
export const schemas: Readonly<Record<string, JsonObject>> = {
  Error: object({ error: text, reason: anything }),
  Topic: object(topic),
  TopicDetails: object({ ...topic, partition_details: listOf(partition), configs: listOf(config) }),
  Configs: listOf(config),
  ConfigChanges: { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean', 'null'] } },
  TopicWish: object({}, { partitions: whole, configs: { type: 'object' } }),
  PartitionsWish: object({ partitions: whole }),
  DeletedRecords: listOf(object({ partition: whole, start_offset: whole })),
  Record: object({ partition: whole, ...shown }, shownSometimes),
  Records: object({ topic: text, messages: listOf(ref('Record')), next: text, ...looked }),
  Message: message,
  MessagesWish: { anyOf: [ref('Message'), object({ messages: listOf(ref('Message')) })] },
  Places: object({ topic: text, offsets: listOf(object({ partition: whole, offset: whole, timestamp: whole })) }),
  Group: object(group),
  GroupDetails: object({ ...group, member_details: listOf(member), offsets: listOf(progress) }),
  ResetWish: object(
    {},
    {
      topic: text,
      topics: listOf(text),
      partitions: listOf(whole),
      to: oneOf('earliest', 'latest', 'current'),
      time: moment,
      offset: whole,
      shift: whole,
      offsets: { type: 'object', additionalProperties: whole },
      dry_run: flag,
    },
  ),
  Reset: object({
    group: text,
    dry_run: flag,
    offsets: listOf(
      object({
        topic: text,
        partition: whole,
        before: orNull(whole),
        after: whole,
        start_offset: whole,
        end_offset: whole,
      }),
    ),
  }),
  Peeked: object({
    messages: listOf(
      object(
        {
          ...shown,
          state: oneOf('ready', 'locked', 'delayed', 'dead', 'done', 'unadmitted', 'absent'),
          deliveries: whole,
          attempts: whole,
        },
        shownSometimes,
      ),
    ),
    next: whole,
    ...looked,
    ready: whole,
    locked: whole,
    delayed: whole,
    dead: whole,
  }),
  RewindWish: object({}, { time: moment, by: oneOf('done', 'arrival'), offset: whole, dry_run: flag }),
  Rewound: object({ vhost: text, queue: text, dry_run: flag, offset: whole, messages: whole, kept_from: whole }),
  RedriveWish: object({}, { destination: text, count: whole, rate: whole }),
  Redrive: object({
    id: text,
    status: oneOf('running', 'completed', 'cancelling', 'cancelled', 'failed'),
    destination: orNull(text),
    rate: orNull(whole),
    started_ms: whole,
    messages: whole,
    moved: whole,
    failure: orNull(text),
  }),
  Trace: object({
    by: oneOf('id', 'trace', 'place'),
    value: orNull(text),
    copies: listOf({ type: 'object' }),
    steps: listOf({ type: 'object' }),
    places: whole,
    not_all_of: listOf(text),
    scanned: whole,
    scanned_bytes: whole,
  }),
  Journal: object({
    writable: flag,
    refusal: orNull(text),
    failures: whole,
    durable_bytes: whole,
    pending_bytes: whole,
    files: object({ kept: whole, free: whole, kept_max: whole, bytes: whole }),
    append_ms: counted,
    sync_ms: counted,
    tails: object({ bytes: whole, bytes_max: whole }),
    logs: whole,
    segments: object({ count: whole, bytes: whole }),
    disk: object({ free_bytes: orNull(whole), free_bytes_min: whole, low: flag }),
    publishers_wait: flag,
  }),
  Alarms: listOf(object({ kind: oneOf('journal', 'disk', 'memory'), refuses: flag, reason: text })),
};

/** A list, or a page of it where one is asked for. */
export function pagesOf(name: string): JsonObject {
  const page = object({
    total_count: whole,
    item_count: whole,
    filtered_count: whole,
    page: whole,
    page_size: whole,
    page_count: whole,
    items: listOf(ref(name)),
  });
  return { anyOf: [listOf(ref(name)), page] } satisfies Record<string, JsonValue>;
}
