import type { QueueOptions, QueueType } from '../../../broker/queue/settings.js';
import type { HeaderValue } from '../../../broker/routing/headers.js';
import type { FieldTable, FieldValue } from '../codec/field-table.js';
import { AmqpError, replyCodes } from '../errors.js';

/** What an argument of queue.declare has to be. Answers what is wrong with it, in RabbitMQ's terms, or null. */
export type Rule = (field: FieldValue) => string | null;

const wholeTags = new Set(['b', 's', 'I', 'l', 'B', 'u', 'i', 'L']);

/** Names of types, as error texts have them. */
const typeNames: Readonly<Record<string, string>> = {
  t: 'bool',
  b: 'byte',
  B: 'unsignedbyte',
  s: 'short',
  u: 'unsignedshort',
  I: 'signedint',
  i: 'unsignedint',
  l: 'long',
  L: 'long',
  f: 'float',
  d: 'double',
  D: 'decimal',
  S: 'longstr',
  x: 'binary',
  A: 'array',
  T: 'timestamp',
  F: 'table',
  V: 'void',
};

export const badType: (field: FieldValue) => string = (field) =>
  `{unacceptable_type,${typeNames[field.tag] ?? field.tag}}`;

export function wholeFrom(least: number, most: number = Number.POSITIVE_INFINITY): Rule {
  return (field) => {
    if (!wholeTags.has(field.tag)) return badType(field);
    const value = Number(field.value);
    if (value < least) return least === 1 && value === 0 ? '{value_zero,0}' : `{value_negative,${value}}`;
    return value > most ? `{max_value_exceeded,${value}}` : null;
  };
}

const anyWhole: Rule = (field) => (wholeTags.has(field.tag) ? null : badType(field));
const text: Rule = (field) => (field.tag === 'S' ? null : badType(field));
const flag: Rule = (field) => (field.tag === 't' ? null : badType(field));
/** Ten years: the queues that Celery and NServiceBus delay messages with live up to 2^27 seconds. */
const longestMs = 315_360_000_000;

function oneOf(...allowed: readonly string[]): Rule {
  return (field) => {
    if (field.tag !== 'S') return badType(field);
    return allowed.includes(String(field.value)) ? null : `{invalid_value,${String(field.value)}}`;
  };
}

/** Arguments that mean something, for which types of queue, and whether a declaration has to agree on them. */
const known: Readonly<Record<string, { readonly rule: Rule; readonly only?: QueueType; readonly loose?: true }>> = {
  'x-queue-type': { rule: text },
  'x-message-ttl': { rule: wholeFrom(0, longestMs) },
  'x-expires': { rule: wholeFrom(1, longestMs) },
  'x-max-length': { rule: wholeFrom(0) },
  'x-max-length-bytes': { rule: wholeFrom(0) },
  'x-overflow': { rule: oneOf('drop-head', 'reject-publish', 'reject-publish-dlx') },
  'x-dead-letter-exchange': { rule: text },
  'x-dead-letter-routing-key': { rule: text },
  'x-dead-letter-strategy': { rule: oneOf('at-most-once', 'at-least-once') },
  'x-max-priority': { rule: wholeFrom(0, 255), only: 'classic' },
  'x-single-active-consumer': { rule: flag },
  'x-delivery-limit': { rule: anyWhole },
  'x-consumer-timeout': { rule: wholeFrom(0), loose: true },
  'x-retention-ms': { rule: wholeFrom(0) },
  'x-queue-mode': { rule: oneOf('default', 'lazy'), only: 'classic', loose: true },
  'x-queue-version': { rule: anyWhole, loose: true },
  'x-queue-leader-locator': { rule: text, loose: true },
  'x-queue-master-locator': { rule: text, loose: true },
  'x-quorum-initial-group-size': { rule: wholeFrom(0), loose: true },
};

/** Whether it means something for some type of queue. */
export function isQueueArgument(argument: string): boolean {
  return Object.hasOwn(known, argument);
}

/** Throws what is wrong with the arguments of a declaration. */
export function checkQueueArguments(args: FieldTable, type: QueueType, name: string, vhost: string): void {
  const refuse = (argument: string, why: string): AmqpError =>
    new AmqpError(
      replyCodes.preconditionFailed,
      `invalid arg '${argument}' for queue '${name}' in vhost '${vhost}': ${why}`,
    );
  for (const [argument, field] of args) {
    const entry = known[argument];
    if (entry === undefined) continue;
    const fault = entry.rule(field);
    if (fault !== null) throw refuse(argument, fault);
    if (entry.only !== undefined && entry.only !== type) {
      throw refuse(argument, `not supported by queues of type ${type}`);
    }
  }
  if (args.has('x-dead-letter-routing-key') && !args.has('x-dead-letter-exchange')) {
    throw refuse('x-dead-letter-routing-key', 'routing_key_but_no_dlx_defined');
  }
  if (type === 'quorum' && args.get('x-overflow')?.value === 'reject-publish-dlx') {
    throw refuse('x-overflow', '{invalid_value,reject-publish-dlx}');
  }
}

/** The type a declaration asks for; null for one that is not known. */
export function queueTypeOf(args: FieldTable, otherwise: string): QueueType | 'stream' | null {
  const field = args.get('x-queue-type');
  const name = field === undefined ? otherwise : String(field.value);
  return name === 'classic' || name === 'quorum' || name === 'stream' ? name : null;
}

interface Flags {
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly arguments: FieldTable;
}

/** Throws where a declaration does not agree with the queue that is there. */
export function checkEquivalence(asked: Flags, type: string, there: QueueOptions, name: string, vhost: string): void {
  const differs = (argument: string, received: string, current: string): AmqpError =>
    new AmqpError(
      replyCodes.preconditionFailed,
      `inequivalent arg '${argument}' for queue '${name}' in vhost '${vhost}': received ${received} but current is ${current}`,
    );
  if (asked.durable !== there.durable) throw differs('durable', `'${asked.durable}'`, `'${there.durable}'`);
  if (asked.autoDelete !== there.autoDelete) {
    throw differs('auto_delete', `'${asked.autoDelete}'`, `'${there.autoDelete}'`);
  }
  const askedType = asked.arguments.get('x-queue-type');
  if (type !== there.type) {
    throw differs('x-queue-type', described(askedType), described({ tag: 'S', value: there.type }));
  }
  for (const [argument, { loose }] of Object.entries(known)) {
    if (loose || argument === 'x-queue-type') continue;
    const received = asked.arguments.get(argument);
    const current = there.arguments.get(argument);
    if (!same(received, current)) throw differs(argument, described(received), shown(current));
  }
}

/** Whole numbers of all widths are one kind, and fractions another. */
function same(received: FieldValue | undefined, current: HeaderValue | undefined): boolean {
  if (received === undefined || current === undefined) return received === current;
  if (wholeTags.has(received.tag)) return isWhole(current) && Number(received.value) === Number(current);
  return received.value === current && received.tag !== 'f' && received.tag !== 'd';
}

function isWhole(value: HeaderValue): boolean {
  return typeof value === 'bigint' || Number.isInteger(value);
}

export function described(field: FieldValue | undefined): string {
  if (field === undefined) return 'none';
  return `the value '${String(field.value)}' of type '${typeNames[field.tag] ?? field.tag}'`;
}

/** The width that a number was declared with is not kept. */
function shown(value: HeaderValue | undefined): string {
  if (value === undefined) return 'none';
  return `the value '${String(value)}' of type '${typeOf(value)}'`;
}

function typeOf(value: HeaderValue): string {
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'number':
      return Math.abs(value) < 2 ** 31 ? 'signedint' : 'long';
    case 'bigint':
      return 'long';
    default:
      return 'longstr';
  }
}
