import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { grouped, keep } from '../torture/figures.js';
import { flood } from './flood.js';
import { idleConnections } from './idle-connections.js';
import { longPolls } from './long-polls.js';
import { manyQueues } from './many-queues.js';
import { WatchedBroker } from './watched-broker.js';

/**
 * `npm run overload -- [flood] [connections] [polls] [queues] [--seconds 30] [--connections 20000] [--polls 1000]
 * [--queues 100000] [--keep]`: more than the broker was made for, of everything. Each connection needs a file descriptor
 * on both sides: see `ulimit -n`. With `--keep` the figures go into docs/reliability.md.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '30' },
    connections: { type: 'string', default: '20000' },
    polls: { type: 'string', default: '1000' },
    queues: { type: 'string', default: '100000' },
    keep: { type: 'boolean', default: false },
  },
});

interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly notes: readonly string[];
}

const idleMs = 5000;
/** A broker has some files of its own open. */
const ownDescriptors = 200;

async function inFolder<Result>(act: (data: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(process.env['NARU_BENCH_DIR'] ?? tmpdir(), 'naru-overload-'));
  try {
    return await act(join(folder, 'data'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function withBroker<Result>(act: (broker: WatchedBroker) => Promise<Result>): Promise<Result> {
  return inFolder(async (data) => {
    const broker = await WatchedBroker.begin(data);
    return act(broker).finally(() => broker.kill());
  });
}

const mb = (value: number): string => `${grouped(value)} MB`;

async function floodTable(): Promise<Table> {
  const found = await inFolder((data) => flood(data, Number(values.seconds)));
  const { seconds, beforeMb, peakMb, afterMb, tailMbMax, waitedShare, fronts } = found;
  return {
    columns: ['front', 'accepted', 'of it consumed meanwhile', 'the rest consumed in', 'one message in and out, then'],
    rows: fronts.map((front) => [
      front.name,
      `${grouped(front.accepted)}, ${grouped(front.acceptedPerSecond)} a second`,
      grouped(front.consumedMeanwhile),
      `${grouped(front.drainSeconds, 1)} s`,
      `${grouped(front.probeMs, 1)} ms`,
    ]),
    notes: [
      `All fronts at once for ${seconds} s. RSS before ${mb(beforeMb)}, at most ${mb(peakMb)}, in the end ${mb(afterMb)}; ` +
        `tails of at most ${grouped(tailMbMax, 1)} MB. At ${grouped(waitedShare * 100)} % of the looks publishers were made ` +
        'to wait. As many messages came out as were accepted.',
    ],
  };
}

async function connectionsTable(): Promise<Table> {
  const wanted = Number(values.connections);
  const counts = [10_000, wanted].filter((count, index, all) => count <= wanted && all.indexOf(count) === index);
  const rows: string[][] = [];
  const notes: string[] = [];
  for (const asked of counts) {
    const found = await withBroker(async (broker) => {
      const most = (await broker.metric('process_max_fds')) - ownDescriptors;
      if (asked > most) {
        notes.push(
          `Asked for ${grouped(asked)}: a process may have ${grouped(most + ownDescriptors)} files open here.`,
        );
      }
      return idleConnections(broker, Math.min(asked, most), idleMs);
    });
    rows.push([
      grouped(found.count),
      `${grouped(found.openSeconds, 1)} s`,
      mb(found.beforeMb),
      mb(found.residentMb),
      `${grouped(((found.residentMb - found.beforeMb) * 1024) / found.count, 1)} KB`,
      String(found.descriptorsLeft),
    ]);
  }
  const columns = [
    'connections',
    'opened in',
    'RSS before',
    'RSS with them idle',
    'for each',
    'descriptors left after',
  ];
  return { columns, rows, notes };
}

async function pollsTable(): Promise<Table> {
  const found = await withBroker((broker) => longPolls(broker, Number(values.polls)));
  return {
    columns: ['receives that wait', 'RSS before', 'RSS', 'send to answer: median', 'worst', 'descriptors left after'],
    rows: [
      [
        grouped(found.count),
        mb(found.beforeMb),
        mb(found.residentMb),
        `${grouped(found.medianMs, 1)} ms`,
        `${grouped(found.worstMs, 1)} ms`,
        String(found.descriptorsLeft),
      ],
    ],
    notes: [],
  };
}

async function queuesTable(): Promise<Table> {
  const count = Number(values.queues);
  const steps = await inFolder((data) => manyQueues(data, count, ({ what }) => console.log(`queues: ${what}`)));
  return {
    columns: [`${grouped(count)} durable queues`, 'time', 'RSS'],
    rows: steps.map(({ what, seconds, residentMb }) => [
      what,
      `${grouped(seconds, 1)} s`,
      residentMb < 1 ? '' : mb(residentMb),
    ]),
    notes: [],
  };
}

const kinds: Readonly<Record<string, () => Promise<Table>>> = {
  flood: floodTable,
  connections: connectionsTable,
  polls: pollsTable,
  queues: queuesTable,
};

const wanted = positionals.length === 0 ? Object.keys(kinds) : positionals;
for (const kind of wanted) {
  const run = kinds[kind];
  if (run === undefined) throw new Error(`there is no ${kind}, but ${Object.keys(kinds).join(', ')}`);
  const table = await run();
  console.log([table.columns, ...table.rows].map((row) => row.join(' | ')).join('\n'));
  for (const note of table.notes) console.log(note);
  if (values.keep) keep({ name: `overload-${kind}`, command: `npm run overload -- ${kind}`, ...table });
}
