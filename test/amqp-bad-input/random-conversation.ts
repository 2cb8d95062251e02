import type { SeededRandom } from '../../src/lib/random.js';
import {
  bodyFrame,
  type Fields,
  FrameType,
  frame,
  type GivenTable,
  headerFrame,
  heartbeatFrame,
  type MethodName,
  methodFrame,
  protocolHeader,
} from '../amqp/wire-frames.js';
import type { WireType } from '../amqp-codec/codec/table.js';
import { ALL_METHODS, type AnyMethod } from '../amqp-codec/values.js';

/** What a client might say, and what becomes of it on the way: everything drawn from one seed. */

const names = [
  '',
  'q1',
  'amq.rabbitmq.reply-to',
  'q2',
  'orders',
  'amq.direct',
  'amq.fanout',
  'amq.topic',
  'amq.headers',
  'a.b.#',
  'größe',
];
/** Each with what its arguments make of it, so that messages also take the ways that few of them take. */
const queues: Readonly<Record<string, Fields<'queue.declare'>>> = {
  q1: {},
  q2: { autoDelete: true },
  orders: { durable: true, arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 2 } },
  short: { arguments: { 'x-max-length': 2, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'q1' } },
  brief: { arguments: { 'x-message-ttl': 1, 'x-dead-letter-exchange': 'x1' } },
  full: { arguments: { 'x-max-length': 1, 'x-overflow': 'reject-publish' } },
  ranked: { arguments: { 'x-max-priority': 10, 'x-single-active-consumer': true } },
  log: { durable: true, arguments: { 'x-queue-type': 'stream' } },
  direct: {},
};
const queueNames = Object.keys(queues);
const exchanges: Readonly<Record<string, Fields<'exchange.declare'>>> = {
  x1: { type: 'topic' },
  later: { type: 'x-delayed-message', arguments: { 'x-delayed-type': 'fanout' } },
  spread: { type: 'x-consistent-hash' },
};
const exchangeNames = ['', '', 'amq.direct', 'amq.fanout', 'amq.topic', 'amq.headers', ...Object.keys(exchanges)];
const types = ['direct', 'fanout', 'topic', 'headers', 'x-consistent-hash', 'nonsense'];
const argumentNames = [
  'x-message-ttl',
  'x-max-length',
  'x-max-priority',
  'x-expires',
  'x-dead-letter-exchange',
  'x-queue-type',
  'x-match',
  'x-priority',
  'x-stream-offset',
  'x-overflow',
  'x-single-active-consumer',
  'alternate-exchange',
];

/** What ends one channel leaves the conversation on the others. */
const channels = 6;
const opened: readonly number[] = Array.from({ length: channels }, (_, at) => at + 1);

/** From the protocol header to open channels, in one go. */
export const greeting: readonly Buffer[] = [
  protocolHeader,
  methodFrame(0, 'connection.start-ok', { mechanism: 'PLAIN', response: '\0guest\0guest', locale: 'en_US' }),
  methodFrame(0, 'connection.tune-ok', { channelMax: 100, frameMax: 8192 }),
  methodFrame(0, 'connection.open', { virtualHost: '/' }),
  ...opened.map((channel) => methodFrame(channel, 'channel.open')),
];

/** These mostly end the channel, or hide the answer. */
const rareBits: ReadonlySet<string> = new Set(['passive', 'durable', 'exclusive', 'autoDelete', 'internal', 'noWait']);

function value(random: SeededRandom, type: WireType, field: string): unknown {
  switch (type) {
    case 'bit':
      if (field === 'requeue') return random.chance(0.9);
      return random.chance(rareBits.has(field) ? 0.1 : 0.3);
    case 'octet':
      return random.below(256);
    case 'short':
      return random.pick([0, 1, 10, 65535]);
    case 'long':
      return random.chance(0.9) ? 0 : random.pick([1, 4294967295]);
    case 'longlong':
      return random.chance(0.9) ? random.below(5) : random.pick([100, 2 ** 53, 2 ** 63]);
    case 'shortstr':
      if (field === 'type') return random.pick(types);
      if (random.chance(0.2)) return random.pick(names);
      return random.pick(/^(exchange|source|destination)$/.test(field) ? exchangeNames : queueNames);
    case 'longstr':
      return random.pick(names);
    case 'bytes':
      return random.bytes(random.below(20));
    default:
      return tableValue(random, 0);
  }
}

function tableValue(random: SeededRandom, depth: number): Record<string, unknown> {
  const table: Record<string, unknown> = {};
  for (let count = random.below(3); count > 0; count--) table[random.pick(argumentNames)] = fieldValue(random, depth);
  return table;
}

function fieldValue(random: SeededRandom, depth: number): unknown {
  const scalars = [1, 0, -1, 10, 2 ** 40, 0.5, true, null, 'all', 'quorum', 'stream', 'first', 'drop-head', ''];
  if (depth < 3 && random.chance(0.1)) return tableValue(random, depth + 1);
  if (depth < 3 && random.chance(0.1)) return [fieldValue(random, depth + 1), fieldValue(random, depth + 1)];
  return random.pick(scalars);
}

function anyMethod(random: SeededRandom, [name, codec]: readonly [MethodName, AnyMethod], channel: number): Buffer {
  const fields: Record<string, unknown> = {};
  for (const [field, type] of Object.entries(codec.fields)) fields[field] = value(random, type, field);
  return methodFrame(channel, name, fields as Fields<MethodName>);
}

/** What a running channel is for; anything else ends the conversation early, and comes less often. */
const everyday = ALL_METHODS.filter(
  ([name, { from }]) => from !== 'server' && !/^(connection|channel|access|tx|confirm)\.|publish|async|ok$/.test(name),
);
const transactional = ALL_METHODS.filter(([name]) => /^tx\.(commit|rollback)$/.test(name));
const transactionChannel = 3;
const repliesChannel = 4;
const directReplies = 'amq.rabbitmq.reply-to';

function message(random: SeededRandom, channel: number): Buffer[] {
  const body = random.bytes(random.pick([0, 1, 30, 100, 8184, 20_000]));
  const properties = {
    ...(random.chance(0.5) ? { deliveryMode: 2 } : {}),
    ...(random.chance(0.2) ? { priority: random.below(300) & 255 } : {}),
    ...(random.chance(0.2) ? { expiration: random.pick(['0', '10', '100000', '100000', 'soon']) } : {}),
    ...(random.chance(0.1) ? { userId: random.pick(['guest', 'guest', 'somebody']) } : {}),
    ...(random.chance(0.3) ? { headers: { ...(tableValue(random, 1) as GivenTable), CC: ['q1'] } } : {}),
    ...(random.chance(0.1) ? { headers: { 'x-delay': random.pick([0, 1, 100_000]) } } : {}),
    ...(random.chance(0.3) && channel === repliesChannel ? { replyTo: directReplies } : {}),
  };
  const publish = {
    exchange: random.chance(0.95) ? random.pick(exchangeNames) : random.pick(names),
    routingKey: random.pick(random.chance(0.8) ? queueNames : names),
    mandatory: random.chance(0.3),
  };
  const frames = [methodFrame(channel, 'basic.publish', publish), headerFrame(channel, body.length, properties)];
  for (let at = 0; at < body.length; at += 8184) frames.push(bodyFrame(channel, body.subarray(at, at + 8184)));
  return frames;
}

/** Frames that are well-formed one by one, and mostly make sense together. */
export function conversation(random: SeededRandom): Buffer[] {
  const frames: Buffer[] = [];
  for (const [queue, fields] of Object.entries(queues)) {
    // Only some, so that conversations stay short.
    if (random.chance(0.4)) frames.push(methodFrame(random.pick(opened), 'queue.declare', { ...fields, queue }));
  }
  frames.push(methodFrame(1, 'queue.declare', { queue: 'q1' }));
  for (const [name, fields] of Object.entries(exchanges)) {
    if (random.chance(0.4)) frames.push(methodFrame(1, 'exchange.declare', { ...fields, exchange: name }));
  }
  frames.push(methodFrame(transactionChannel, 'tx.select'));
  frames.push(methodFrame(repliesChannel, 'basic.consume', { queue: directReplies, noAck: true }));
  for (const channel of opened) {
    if (channel < transactionChannel) frames.push(methodFrame(channel, 'confirm.select'));
    if (random.chance(0.3)) frames.push(methodFrame(channel, 'basic.qos', { prefetchCount: random.below(4) }));
    if (random.chance(0.3)) frames.push(methodFrame(channel, 'basic.consume', { queue: random.pick(queueNames) }));
  }
  for (let count = 5 + random.below(20); count > 0; count--) {
    const channel = random.chance(0.98) ? random.pick(opened) : random.below(channels + 3);
    if (random.chance(0.5)) frames.push(...message(random, channel));
    else if (random.chance(0.2)) frames.push(anyMethod(random, random.pick(transactional), transactionChannel));
    else if (random.chance(0.95)) frames.push(anyMethod(random, random.pick(everyday), channel));
    else if (random.chance(0.3)) frames.push(anyMethod(random, random.pick(ALL_METHODS), channel));
    else frames.push(random.pick([heartbeatFrame, methodFrame(channel, 'channel.close', { replyCode: 200 })]));
  }
  return frames;
}

type Damage = (random: SeededRandom, frames: Buffer[]) => void;

function place(random: SeededRandom, frames: readonly Buffer[]): number {
  return random.below(frames.length);
}

/** Each takes the frames as they are and leaves them otherwise. */
export const damages: Readonly<Record<string, Damage>> = {
  nothing: () => {},
  'a byte changed': (random, frames) => {
    const at = place(random, frames);
    const bytes = Buffer.from(frames[at]!);
    bytes[random.below(bytes.length)] = random.below(256);
    frames[at] = bytes;
  },
  'bytes changed within payloads': (random, frames) => {
    for (let count = 1 + random.below(4); count > 0; count--) {
      const at = place(random, frames);
      const bytes = Buffer.from(frames[at]!);
      if (bytes.length > 8) bytes[7 + random.below(bytes.length - 8)] = random.pick([0, 1, 0x7f, 0x80, 0xff]);
      frames[at] = bytes;
    }
  },
  'a frame cut short': (random, frames) => {
    const at = place(random, frames);
    frames[at] = frames[at]!.subarray(0, random.below(frames[at]!.length));
  },
  'a payload cut short': (random, frames) => {
    const at = place(random, frames);
    const bytes = frames[at]!;
    frames[at] = frame(bytes[0]!, bytes.readUInt16BE(1), bytes.subarray(7, 7 + random.below(bytes.length - 7)));
  },
  'a frame twice': (random, frames) => {
    const at = place(random, frames);
    frames.splice(at, 0, frames[at]!);
  },
  'a frame lost': (random, frames) => {
    frames.splice(place(random, frames), 1);
  },
  'two frames exchanged': (random, frames) => {
    const [one, other] = [place(random, frames), place(random, frames)];
    [frames[one], frames[other]] = [frames[other]!, frames[one]!];
  },
  'a frame of another channel': (random, frames) => {
    const at = place(random, frames);
    const bytes = Buffer.from(frames[at]!);
    bytes.writeUInt16BE(random.pick([0, 1, 2, 3, 100, 101, 65535]), 1);
    frames[at] = bytes;
  },
  'a frame of another type': (random, frames) => {
    const at = place(random, frames);
    const bytes = Buffer.from(frames[at]!);
    bytes[0] = random.pick([0, 1, 2, 3, 4, 8, 255]);
    frames[at] = bytes;
  },
  'a frame of chance put in': (random, frames) => {
    const type = random.pick([FrameType.method, FrameType.header, FrameType.body, FrameType.heartbeat]);
    frames.splice(place(random, frames), 0, frame(type, random.below(3), random.bytes(random.below(60))));
  },
  'bytes of chance put in': (random, frames) => {
    frames.splice(place(random, frames), 0, random.bytes(1 + random.below(40)));
  },
};
