import type { Message } from './message.js';

export interface Copy extends Message {
  readonly kind: 'queue' | 'topic';
  readonly vhost: string;
  readonly name: string;
  readonly front: string;
}

export interface TraceAnswer {
  readonly copies: readonly Copy[];
  readonly routes: readonly {
    readonly vhost: string;
    readonly exchange: string;
    readonly key: string;
    readonly to: readonly string[];
  }[];
  readonly places: number;
  readonly partly: number;
  readonly scanned: number;
}

export interface Step {
  readonly kind: 'published' | 'produced' | 'died' | 'passed' | 'here';
  readonly atMs: number | null;
  readonly tone: string;
  readonly vhost: string;
  readonly place: string;
  readonly isTopic: boolean;
  readonly front: string;
  readonly exchange: string;
  readonly key: string;
  readonly reason: string;
  readonly times: number;
  readonly offset: number | null;
  readonly copy: Copy | null;
}

const fronts: Readonly<Record<string, string>> = { kafka: 'Kafka', amqp: 'AMQP', sqs: 'SQS' };
const order: readonly Step['kind'][] = ['published', 'produced', 'died', 'passed', 'here'];

const nothing = {
  atMs: null,
  tone: '',
  vhost: '/',
  place: '',
  isTopic: false,
  front: '',
  exchange: '',
  key: '',
  reason: '',
  times: 0,
  offset: null,
  copy: null,
} as const;

/**
 * What copies say of themselves, in the order in which it happened. Copies of one publish say the same of it, and dead letters
 * say where they were before they died; each such thing is told once.
 */
export function stepsOf({ copies, routes }: TraceAnswer): Step[] {
  const steps = new Map<string, Step>();
  const add = (id: string, step: Step): void => {
    const known = steps.get(id);
    if (known === undefined || (step.atMs ?? 0) < (known.atMs ?? 0)) steps.set(id, step);
  };
  for (const copy of copies) {
    const { kind, vhost, name, front, offset, timestamp, partition, deaths = [] } = copy;
    const told = { ...nothing, vhost, front: fronts[front] ?? front };
    const first = deaths.at(-1);
    if (copy.exchange !== undefined) {
      const exchange = first?.exchange ?? copy.exchange;
      const key = first?.routing_keys[0] ?? copy.key ?? '';
      const atMs = first === undefined ? timestamp : Math.min(first.first_ms, timestamp);
      // A dead letter knows when it died, not when it was published: another copy may know.
      add(`published ${vhost} ${exchange} ${key}`, { ...told, kind: 'published', atMs, tone: '', exchange, key });
    } else
      add(`produced ${name} ${partition} ${offset}`, {
        ...told,
        kind: 'produced',
        atMs: timestamp,
        key: copy.key ?? '',
      });
    for (const death of deaths) {
      const place = { vhost: death.vhost, place: death.queue, reason: death.reason, times: death.count };
      add(`died ${death.vhost} ${death.queue} ${death.reason}`, {
        ...told,
        ...place,
        kind: 'died',
        atMs: death.first_ms,
        tone: 'dead',
      });
    }
    add(`here ${kind} ${vhost} ${name} ${partition} ${offset}`, {
      ...told,
      kind: 'here',
      atMs: timestamp,
      tone: copy.state ?? 'kept',
      place: name,
      isTopic: kind === 'topic',
      offset,
      copy,
    });
  }
  for (const { vhost, exchange, key, to } of routes) {
    const published = steps.get(`published ${vhost} ${exchange} ${key}`);
    if (published === undefined) continue;
    for (const place of to) {
      const isKnown = [...steps.values()].some((step) => step.kind !== 'published' && step.place === place);
      if (!isKnown) add(`passed ${vhost} ${place}`, { ...nothing, kind: 'passed', vhost, place, atMs: published.atMs });
    }
  }
  return [...steps.values()].sort(
    (one, other) => (one.atMs ?? 0) - (other.atMs ?? 0) || order.indexOf(one.kind) - order.indexOf(other.kind),
  );
}
