import type { QueueOptions, QueueType } from '../queue/settings.js';
import type { Headers, HeaderValue } from '../routing/headers.js';

/** What is wrong with a value, in RabbitMQ's terms, or null. */
type Rule = (value: HeaderValue) => string | null;

function wholeFrom(least: number, most: number = Number.POSITIVE_INFINITY): Rule {
  return (value) => {
    if (typeof value !== 'bigint' && !Number.isInteger(value)) return 'unacceptable_type';
    const number = Number(value);
    if (number < least) return least === 1 && number === 0 ? '{value_zero,0}' : `{value_negative,${number}}`;
    return number > most ? `{max_value_exceeded,${number}}` : null;
  };
}

function oneOf(...allowed: readonly string[]): Rule {
  return (value) => {
    if (typeof value !== 'string') return 'unacceptable_type';
    return allowed.includes(value) ? null : `{invalid_value,${value}}`;
  };
}

const text: Rule = (value) => (typeof value === 'string' ? null : 'unacceptable_type');
const flag: Rule = (value) => (typeof value === 'boolean' ? null : 'unacceptable_type');
/** Ten years: the queues that Celery and NServiceBus delay messages with live up to 2^27 seconds. */
const longestMs = 315_360_000_000;

/** Arguments that mean something; a queue that is declared again has to agree on those that are not loose. */
const known: ReadonlyMap<string, { readonly rule: Rule; readonly only?: QueueType; readonly loose?: true }> = new Map([
  ['x-message-ttl', { rule: wholeFrom(0, longestMs) }],
  ['x-expires', { rule: wholeFrom(1, longestMs) }],
  ['x-max-length', { rule: wholeFrom(0) }],
  ['x-max-length-bytes', { rule: wholeFrom(0) }],
  ['x-overflow', { rule: oneOf('drop-head', 'reject-publish', 'reject-publish-dlx') }],
  ['x-dead-letter-exchange', { rule: text }],
  ['x-dead-letter-routing-key', { rule: text }],
  ['x-dead-letter-strategy', { rule: oneOf('at-most-once', 'at-least-once') }],
  ['x-max-priority', { rule: wholeFrom(0, 255), only: 'classic' }],
  ['x-single-active-consumer', { rule: flag }],
  ['x-delivery-limit', { rule: wholeFrom(Number.NEGATIVE_INFINITY) }],
  ['x-retention-ms', { rule: wholeFrom(0) }],
  ['x-consumer-timeout', { rule: wholeFrom(0), loose: true }],
  ['x-queue-mode', { rule: oneOf('default', 'lazy'), only: 'classic', loose: true }],
]);

/** Whether it is an argument that means something to queues which take messages away. */
export function isQueueArgument(name: string): boolean {
  return known.has(name) || name === 'x-queue-version';
}

/** Why a queue of the type cannot be declared with these arguments. */
export function queueArgumentsFault(args: Headers, type: QueueType): string | null {
  for (const [name, value] of args) {
    const entry = known.get(name);
    if (entry === undefined) continue;
    const fault = entry.rule(value);
    if (fault !== null) return `invalid arg '${name}': ${fault}`;
    if (entry.only !== undefined && entry.only !== type) {
      return `invalid arg '${name}': not supported by queues of type ${type}`;
    }
  }
  if (args.has('x-dead-letter-routing-key') && !args.has('x-dead-letter-exchange')) {
    return "invalid arg 'x-dead-letter-routing-key': routing_key_but_no_dlx_defined";
  }
  return type === 'quorum' && args.get('x-overflow') === 'reject-publish-dlx'
    ? "invalid arg 'x-overflow': {invalid_value,reject-publish-dlx}"
    : null;
}

type Declared = Pick<QueueOptions, 'type' | 'durable' | 'autoDelete' | 'arguments'>;

/** In what a declaration does not agree with the queue that is there. */
export function queueDifference(asked: Declared, there: Declared): string | null {
  const differs = (name: string, received: unknown, current: unknown): string =>
    `inequivalent arg '${name}': received '${String(received ?? 'none')}' but current is '${String(current ?? 'none')}'`;
  if (asked.durable !== there.durable) return differs('durable', asked.durable, there.durable);
  if (asked.autoDelete !== there.autoDelete) return differs('auto_delete', asked.autoDelete, there.autoDelete);
  if (asked.type !== there.type) return differs('x-queue-type', asked.type, there.type);
  for (const [name, { loose }] of known) {
    const [received, current] = [asked.arguments.get(name), there.arguments.get(name)];
    // Whole numbers of all widths are one kind.
    const equal =
      received === current || (isNumber(received) && isNumber(current) && Number(received) === Number(current));
    if (loose !== true && !equal) return differs(name, received, current);
  }
  return null;
}

function isNumber(value: HeaderValue | undefined): boolean {
  return typeof value === 'number' || typeof value === 'bigint';
}
