import { medianOf, metricOf, shown } from './metrics.js';
import { type ReasonKey, reasons } from './reasons.js';
import type { Result, Row } from './results.js';

/** What was wished of Naru before it was measured, held against the kept results. */
interface Goal {
  readonly key: ReasonKey;
  readonly text: string;
  readonly scenario: string;
  /** Of the workload and the generator behind it; all rows of the scenario unless told. */
  readonly rows?: RegExp;
  /** Naru's number divided by that of these peers; Naru's own where left out. */
  readonly against?: RegExp;
  readonly metric: string;
  readonly atLeast?: number;
  readonly atMost?: number;
}

const mark = /^100 B, prefetch 1000, \w+ queue, raw/;
const rabbitmq = /^RabbitMQ$/;
const kafka = /^Kafka$/;
const anyPeer = /^(?!Naru)/;
const elasticmq = /^ElasticMQ/;

const goals: readonly Goal[] = [
  {
    key: 'amqp-rate',
    text: 'AMQP, 100 B, prefetch 1000, end to end: 1,000,000 messages/s',
    scenario: 'amqp-end-to-end',
    rows: mark,
    metric: 'rate',
    atLeast: 1_000_000,
  },
  {
    key: 'amqp-core',
    text: '… on one core: one CPU second per million',
    scenario: 'amqp-end-to-end',
    rows: mark,
    metric: 'cpuPerMillion',
    atMost: 1,
  },
  {
    key: 'amqp-quorum',
    text: '… 20 times RabbitMQ’s quorum queue',
    scenario: 'amqp-end-to-end',
    rows: /^100 B, prefetch 1000, quorum queue, raw/,
    against: rabbitmq,
    metric: 'rate',
    atLeast: 20,
  },
  {
    key: 'amqp-classic',
    text: '… 25 times RabbitMQ’s classic queue',
    scenario: 'amqp-end-to-end',
    rows: /^100 B, prefetch 1000, classic queue, raw/,
    against: rabbitmq,
    metric: 'rate',
    atLeast: 25,
  },
  {
    key: 'amqp-prefetch',
    text: 'AMQP, 100 B, prefetch 100: 20 times RabbitMQ’s quorum queue',
    scenario: 'amqp-end-to-end',
    rows: /^100 B, prefetch 100, quorum queue, raw/,
    against: rabbitmq,
    metric: 'rate',
    atLeast: 20,
  },
  {
    key: 'amqp-prefetch',
    text: '… 25 times RabbitMQ’s classic queue',
    scenario: 'amqp-end-to-end',
    rows: /^100 B, prefetch 100, classic queue, raw/,
    against: rabbitmq,
    metric: 'rate',
    atLeast: 25,
  },
  {
    key: 'amqp-many',
    text: 'AMQP, 100 B, 500 queues: 25 times RabbitMQ’s classic queues',
    scenario: 'amqp-end-to-end',
    rows: /^100 B, 500 queues/,
    against: rabbitmq,
    metric: 'rate',
    atLeast: 25,
  },
  {
    key: 'amqp-cpu',
    text: 'AMQP, 100 B, prefetch 1000: a twentieth of RabbitMQ’s CPU',
    scenario: 'amqp-end-to-end',
    rows: mark,
    against: rabbitmq,
    metric: 'cpuPerMillion',
    atMost: 0.05,
  },
  {
    key: 'amqp-1kb',
    text: 'AMQP, 1 KB, prefetch 1000, end to end: 300,000 messages/s',
    scenario: 'amqp-end-to-end',
    rows: /^1024 B/,
    metric: 'rate',
    atLeast: 300_000,
  },
  ...(['ackP99', 'endToEndP99'] as const).flatMap((metric): Goal[] => [
    {
      key: 'amqp-latency',
      text: `AMQP at 10,000/s: ${metric === 'ackP99' ? 'confirm' : 'end to end'} p99 of 2 ms`,
      scenario: 'amqp-latency',
      metric,
      atMost: 2,
    },
    {
      key: 'amqp-latency',
      text: '… no more than RabbitMQ’s',
      scenario: 'amqp-latency',
      against: rabbitmq,
      metric,
      atMost: 1,
    },
  ]),
  {
    key: 'amqp-connections',
    text: '10,000 idle AMQP connections: 600 MB',
    scenario: 'amqp-idle-connections',
    metric: 'idleMb',
    atMost: 600,
  },
  {
    key: 'amqp-backlog',
    text: '10 million messages of 1 KB waiting: 300 MB',
    scenario: 'amqp-backlog',
    metric: 'peakMb',
    atMost: 300,
  },
  {
    key: 'amqp-backlog',
    text: '… a start in seconds with them: 3 s',
    scenario: 'amqp-backlog',
    metric: 'recoverMs',
    atMost: 3000,
  },
  ...(['produce', 'consume'] as const).flatMap((what): Goal[] => [
    {
      key: `kafka-${what}-rate`,
      text: `Kafka, ${what}: Kafka’s rate`,
      scenario: `kafka-${what}`,
      against: kafka,
      metric: 'rate',
      atLeast: 1,
    },
    {
      key: `kafka-${what}-cpu`,
      text: `Kafka, ${what}: half of Kafka’s CPU`,
      scenario: `kafka-${what}`,
      against: kafka,
      metric: 'cpuPerMillion',
      atMost: 0.5,
    },
  ]),
  ...(['ackP99', 'endToEndP99'] as const).map(
    (metric): Goal => ({
      key: 'kafka-latency',
      text: `Kafka at 5,000/s: ${metric === 'ackP99' ? 'acknowledged' : 'read'} p99 no more than Kafka’s`,
      scenario: 'kafka-latency',
      against: kafka,
      metric,
      atMost: 1,
    }),
  ),
  {
    key: 'kafka-groups',
    text: 'Kafka: a group of 50 is whole in 1 s',
    scenario: 'kafka-groups',
    rows: /raw/,
    metric: 'coldMs',
    atMost: 1000,
  },
  {
    key: 'kafka-groups',
    text: '… and again when one has left',
    scenario: 'kafka-groups',
    rows: /raw/,
    metric: 'leaveMs',
    atMost: 1000,
  },
  {
    key: 'kafka-topics',
    text: 'Kafka: a start with 1,000 topics of 8 partitions in 2 s',
    scenario: 'kafka-many-topics',
    metric: 'startMs',
    atMost: 2000,
  },
  {
    key: 'kafka-topics',
    text: '… idle at 200 MB',
    scenario: 'kafka-many-topics',
    metric: 'idleMb',
    atMost: 200,
  },
  {
    key: 'start-time',
    text: 'Starts sooner than every peer',
    scenario: 'start-and-idle',
    rows: /^nothing in it/,
    against: anyPeer,
    metric: 'startMs',
    atMost: 1,
  },
  {
    key: 'start-memory',
    text: 'Needs less memory than every peer when nobody uses it',
    scenario: 'start-and-idle',
    rows: /^nothing in it/,
    against: anyPeer,
    metric: 'idleMb',
    atMost: 1,
  },
  {
    key: 'own-latency',
    text: 'At 10,000/s over its own protocol: confirm p99 no more than that of NATS and Redis that sync',
    scenario: 'own-protocol',
    rows: /messages\/s/,
    against: /=always/,
    metric: 'ackP99',
    atMost: 1,
  },
  {
    key: 'unsynced-latency',
    text: '… than that of NATS and Redis that do not',
    scenario: 'own-protocol',
    rows: /messages\/s/,
    against: /^(NATS|Redis)$/,
    metric: 'ackP99',
    atMost: 1,
  },
  {
    key: 'sqs-rate',
    text: 'SQS, send, receive, delete in tens: 3 times ElasticMQ’s rate',
    scenario: 'sqs-end-to-end',
    against: elasticmq,
    metric: 'rate',
    atLeast: 3,
  },
  {
    key: 'sqs-cpu',
    text: '… at a third of its CPU',
    scenario: 'sqs-end-to-end',
    against: elasticmq,
    metric: 'cpuPerMillion',
    atMost: 1 / 3,
  },
  {
    key: 'sqs-send',
    text: 'SQS, single sends: p99 of 10 ms',
    scenario: 'sqs-latency',
    rows: /sends/,
    metric: 'ackP99',
    atMost: 10,
  },
  {
    key: 'sqs-wake',
    text: 'SQS, a long poll woken: p99 of 5 ms',
    scenario: 'sqs-latency',
    rows: /polls/,
    metric: 'endToEndP99',
    atMost: 5,
  },
  {
    key: 'sqs-idle',
    text: 'SQS, 1,000 idle long polls: 2 % of a core',
    scenario: 'sqs-idle-polls',
    metric: 'idleCpu',
    atMost: 2,
  },
];

/** One goal, as the results have it. */
export interface Judgement {
  readonly goal: string;
  readonly measured: string;
  readonly verdict: string;
  readonly reason: string;
}

interface Found {
  readonly row: string;
  readonly value: number;
}

function valuesFor(goal: Goal, result: Result): Found[] {
  const named = (row: Row): string => [row.workload, row.generator].filter((part) => part !== '').join(', ');
  const wanted = result.rows.filter((row) => goal.rows?.test(named(row)) ?? true);
  const found: Found[] = [];
  for (const own of wanted.filter(({ contender }) => contender === 'Naru')) {
    const value = medianOf(own, goal.metric);
    if (Number.isNaN(value)) continue;
    if (goal.against === undefined) found.push({ row: named(own), value });
    for (const other of wanted) {
      if (named(other) !== named(own) || goal.against?.test(other.contender) !== true) continue;
      const theirs = medianOf(other, goal.metric);
      const row = goal.against === anyPeer ? other.contender : named(own);
      if (theirs > 0) found.push({ row, value: value / theirs });
    }
  }
  return found;
}

function short(value: number, goal: Goal): boolean {
  return goal.atLeast !== undefined ? value < goal.atLeast : value > goal.atMost!;
}

function judged(goal: Goal, results: readonly Result[]): Judgement {
  const { text } = goal;
  const result = results.find(({ scenario }) => scenario === goal.scenario);
  const found = result === undefined ? [] : valuesFor(goal, result);
  if (result === undefined || found.length === 0) {
    return { goal: text, measured: '', verdict: 'not measured yet', reason: '' };
  }
  const ascending = [...found].sort((left, right) => left.value - right.value);
  const worst = goal.atLeast !== undefined ? ascending[0]! : ascending.at(-1)!;
  const failing = found.filter(({ value }) => short(value, goal));
  const number = goal.against !== undefined ? `${worst.value.toFixed(2)}×` : shown(worst.value, metricOf(goal.metric));
  const which =
    found.length > 1
      ? ` (${worst.row}${failing.length > 0 ? `; ${failing.length} of ${found.length} short` : ', the worst'})`
      : '';
  const measured = `${number}${which}${result.quick ? ', quickly' : ''}`;
  if (failing.length === 0) return { goal: text, measured, verdict: 'holds', reason: '' };
  const bound = goal.atLeast ?? goal.atMost!;
  const by =
    goal.atLeast !== undefined
      ? `${Math.ceil((1 - worst.value / bound) * 100)} % below`
      : worst.value < 2 * bound
        ? `${Math.ceil((worst.value / bound - 1) * 100)} % above`
        : `${(worst.value / bound).toFixed(1)} times as much`;
  return { goal: text, measured, verdict: by, reason: reasons[goal.key] || 'not looked into yet' };
}

export function judgements(results: readonly Result[]): Judgement[] {
  return goals.map((goal) => judged(goal, results));
}

export function goalsAsMarkdown(results: readonly Result[]): string {
  const lines = judgements(results).map(({ goal, measured, verdict, reason }) => {
    return `| ${goal} | ${measured} | ${verdict} | ${reason} |`;
  });
  return ['| goal | measured | | what the profile names |', '| --- | --- | --- | --- |', ...lines].join('\n');
}
