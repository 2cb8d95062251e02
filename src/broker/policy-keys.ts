import type { Headers, HeaderValue } from './routing/headers.js';

/** What a policy can be about. `queues` in a policy is each of the first three, `all` is everything. */
export type PolicyTarget = 'classic_queues' | 'quorum_queues' | 'streams' | 'exchanges';

export type PolicyValue = string | number | boolean | readonly PolicyValue[] | { readonly [key: string]: PolicyValue };

/** What a policy sets: values by key, where each key is an argument without its `x-` (`alternate-exchange` has none). */
export type PolicyDefinition = ReadonlyMap<string, PolicyValue>;

interface PolicyKey {
  /** Whether what has another policy's value too takes the lower one, or stays with the argument it was declared with. */
  readonly merge: 'lower' | 'argument';
  /** The value that stands for no limit: any other is lower. */
  readonly unlimited?: number;
  readonly operator?: true;
  readonly targets: readonly PolicyTarget[];
  readonly fault: (value: PolicyValue) => string | null;
}

const queues: readonly PolicyTarget[] = ['classic_queues', 'quorum_queues'];
const withStreams: readonly PolicyTarget[] = [...queues, 'streams'];
const streams: readonly PolicyTarget[] = ['streams'];

function whole(min: number, what: string): (value: PolicyValue) => string | null {
  return (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= min
      ? null
      : `${termOf(value)} is not a valid ${what}`;
}

function text(what: string, form?: RegExp): (value: PolicyValue) => string | null {
  return (value) =>
    typeof value === 'string' && (form === undefined || form.test(value))
      ? null
      : `${termOf(value)} is not a valid ${what}`;
}

function anything(): null {
  return null;
}

/** Names and refusals are RabbitMQ's; `retention-ms` is ours. */
const policyKeys: ReadonlyMap<string, PolicyKey> = new Map<string, PolicyKey>([
  ['message-ttl', { merge: 'lower', operator: true, targets: queues, fault: whole(0, 'message TTL') }],
  ['expires', { merge: 'lower', operator: true, targets: queues, fault: whole(1, 'queue expiry') }],
  ['max-length', { merge: 'lower', operator: true, targets: queues, fault: whole(0, 'maximum length') }],
  [
    'max-length-bytes',
    { merge: 'lower', operator: true, targets: withStreams, fault: whole(0, 'maximum length in bytes') },
  ],
  [
    'delivery-limit',
    { merge: 'lower', unlimited: -1, operator: true, targets: queues, fault: whole(-1, 'delivery limit') },
  ],
  ['consumer-timeout', { merge: 'lower', unlimited: 0, targets: queues, fault: whole(0, 'consumer timeout') }],
  ['dead-letter-exchange', { merge: 'argument', targets: queues, fault: text('dead letter exchange name') }],
  ['dead-letter-routing-key', { merge: 'argument', targets: queues, fault: text('dead letter routing key') }],
  [
    'overflow',
    {
      merge: 'argument',
      operator: true,
      targets: queues,
      fault: text('overflow value', /^(drop-head|reject-publish|reject-publish-dlx)$/),
    },
  ],
  ['alternate-exchange', { merge: 'argument', targets: ['exchanges'], fault: text('alternate exchange name') }],
  ['max-age', { merge: 'argument', targets: streams, fault: text('max age', /^[0-9]+[YMDhms]$/) }],
  ['stream-max-segment-size-bytes', { merge: 'argument', targets: streams, fault: whole(0, 'segment size') }],
  ['max-segment-size', { merge: 'argument', targets: streams, fault: whole(0, 'segment size') }],
  ['stream-filter-size-bytes', { merge: 'argument', targets: streams, fault: whole(16, 'filter size') }],
  // Not in RabbitMQ: what is done stays readable for so long.
  ['retention-ms', { merge: 'argument', targets: withStreams, fault: whole(0, 'retention') }],
  // Taken and told, and without effect here: where queues are kept is not a matter of policies.
  ['queue-mode', { merge: 'argument', targets: queues, fault: text('queue-mode value', /^(default|lazy)$/) }],
  ['queue-version', { merge: 'argument', targets: queues, fault: whole(1, 'queue version') }],
  [
    'max-in-memory-length',
    { merge: 'lower', operator: true, targets: queues, fault: whole(0, 'maximum length in memory') },
  ],
  [
    'max-in-memory-bytes',
    { merge: 'lower', operator: true, targets: queues, fault: whole(0, 'maximum memory in bytes') },
  ],
  [
    'dead-letter-strategy',
    { merge: 'argument', targets: queues, fault: text('dead letter strategy', /^at-(most|least)-once$/) },
  ],
  [
    'queue-leader-locator',
    {
      merge: 'argument',
      targets: withStreams,
      fault: text('queue leader locator value', /^(client-local|balanced|random|least-leaders)$/),
    },
  ],
  ['queue-master-locator', { merge: 'argument', targets: withStreams, fault: text('queue master locator') }],
  ['initial-cluster-size', { merge: 'argument', targets: withStreams, fault: whole(0, 'cluster size') }],
  ['target-group-size', { merge: 'argument', operator: true, targets: withStreams, fault: whole(0, 'group size') }],
  ...[
    'ha-mode',
    'ha-params',
    'ha-sync-mode',
    'ha-sync-batch-size',
    'ha-promote-on-shutdown',
    'ha-promote-on-failure',
  ].map((key): [string, PolicyKey] => [key, { merge: 'argument', operator: true, targets: queues, fault: anything }]),
]);

/** Why a policy cannot say this, in RabbitMQ's words. */
export function definitionFault(definition: PolicyDefinition, operator: boolean): string | null {
  if (definition.size === 0) return 'no policy provided';
  for (const [key, value] of definition) {
    const known = policyKeys.get(key);
    if (known === undefined || (operator && known.operator !== true)) {
      return `[{<<"${key}">>,${termOf(value)}}] are not recognised policy settings`;
    }
    const fault = known.fault(value);
    if (fault !== null) return fault;
  }
  return null;
}

/** Whether all that a policy sets means something for the target; otherwise it does not apply, as in RabbitMQ. */
export function concerns(definition: PolicyDefinition, target: PolicyTarget): boolean {
  for (const key of definition.keys()) {
    const targets = policyKeys.get(key)?.targets ?? [];
    // What is for exchanges does no harm to a queue, nor the other way round.
    const other = targets.includes('exchanges') !== (target === 'exchanges');
    if (!other && !targets.includes(target)) return false;
  }
  return true;
}

/** What holds where a policy and an operator's policy apply. */
export function mergedDefinition(policy: PolicyDefinition | null, operator: PolicyDefinition | null): PolicyDefinition {
  if (operator === null || policy === null) return policy ?? operator ?? new Map();
  const merged = new Map(policy);
  for (const [key, cap] of operator) {
    const value = merged.get(key);
    merged.set(key, value === undefined ? cap : mergedValue(key, value, cap));
  }
  return merged;
}

function mergedValue(key: string, value: PolicyValue, cap: PolicyValue): PolicyValue {
  if (typeof value !== 'number' || typeof cap !== 'number') return cap;
  return lower(key, value, cap);
}

function lower(key: string, left: number, right: number): number {
  const unlimited = policyKeys.get(key)?.unlimited;
  if (left === unlimited) return right;
  return right === unlimited ? left : Math.min(left, right);
}

/** The arguments of a queue as they would be had it been declared with what its policies say. */
export function effectiveArguments(args: Headers, definition: PolicyDefinition): Headers {
  if (definition.size === 0) return args;
  const effective = new Map<string, HeaderValue>(args);
  for (const [key, value] of definition) {
    if (typeof value === 'object') continue;
    const name = `x-${key}`;
    const declared = args.get(name);
    if (declared === undefined) effective.set(name, value);
    else if (policyKeys.get(key)?.merge === 'lower' && typeof value === 'number') {
      effective.set(name, lower(key, Number(declared), value));
    }
  }
  return effective;
}

/** A value as RabbitMQ’s messages show it. */
function termOf(value: PolicyValue): string {
  return typeof value === 'string' ? `<<"${value.slice(0, 100)}">>` : JSON.stringify(value).slice(0, 100);
}
