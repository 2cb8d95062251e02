import { intervalMs } from '../../../broker/stream/governed.js';
import type { StreamOptions } from '../../../broker/stream/streams.js';
import type { Topic } from '../../../broker/topic.js';
import type { FieldTable, FieldValue } from '../codec/field-table.js';
import { AmqpError, replyCodes } from '../errors.js';
import { badType, isQueueArgument, type Rule, wholeFrom } from './queue-arguments.js';

const partitionsMax = 10_000;
const text: Rule = (field) => (field.tag === 'S' ? null : badType(field));
const interval: Rule = (field) => {
  if (field.tag !== 'S') return badType(field);
  return intervalMs(String(field.value)) === null ? `{error,${String(field.value)}}` : null;
};

/** Those without a meaning here are for clusters, and for clients of another protocol. */
const rules: Readonly<Record<string, Rule>> = {
  'x-queue-type': text,
  'x-max-age': interval,
  'x-max-length-bytes': wholeFrom(0),
  'x-stream-max-segment-size-bytes': wholeFrom(14, 2 ** 31 - 1),
  'x-partitions': wholeFrom(1, partitionsMax),
  'x-stream-filter-size-bytes': wholeFrom(16, 255),
  'x-queue-leader-locator': text,
  'x-initial-cluster-size': wholeFrom(0),
};

/** What a stream is to be; throws what is wrong with the arguments. */
export function streamOptionsOf(args: FieldTable, name: string, vhost: string): StreamOptions {
  for (const [argument, field] of args) {
    const rule = rules[argument];
    const fault = rule === undefined ? unsupported(argument) : rule(field);
    if (fault === null) continue;
    throw new AmqpError(
      replyCodes.preconditionFailed,
      `invalid arg '${argument}' for queue '${name}' in vhost '${vhost}': ${fault}`,
    );
  }
  const whole = (argument: string): number | null => numberOf(args.get(argument));
  const age = args.get('x-max-age');
  return {
    partitions: whole('x-partitions'),
    retentionMs: age === undefined ? null : intervalMs(String(age.value)),
    retentionBytes: whole('x-max-length-bytes'),
    segmentBytes: whole('x-stream-max-segment-size-bytes'),
  };
}

function unsupported(argument: string): string | null {
  return isQueueArgument(argument) ? 'not supported by queues of type stream' : null;
}

function numberOf(field: FieldValue | undefined): number | null {
  return field === undefined ? null : Number(field.value);
}

/** Throws where a declaration says something else than the topic that is there; what it does not say is as it is. */
export function checkStreamEquivalence(
  asked: StreamOptions,
  { config, partitions }: Topic,
  name: string,
  vhost: string,
): void {
  const compare = (argument: string, received: number | null, current: string): void => {
    if (received === null || String(received) === current) return;
    throw new AmqpError(
      replyCodes.preconditionFailed,
      `inequivalent arg '${argument}' for queue '${name}' in vhost '${vhost}': received '${received}' but current is '${current}'`,
    );
  };
  compare('x-partitions', asked.partitions, String(partitions.length));
  compare('x-max-age', asked.retentionMs, config.value('retention.ms'));
  compare('x-max-length-bytes', asked.retentionBytes, config.value('retention.bytes'));
  compare('x-stream-max-segment-size-bytes', asked.segmentBytes, config.value('segment.bytes'));
}
