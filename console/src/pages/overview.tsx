import type { JSX } from 'preact';
import { bytes, count, duration, plural, rate, short } from '../format.js';
import { useLive } from '../live.js';
import { Chart } from '../parts/chart.js';
import { useHistory } from '../parts/history.js';
import { Empty, Facts, Page, Panel, Stat, Trouble, Waiting } from '../parts/page.js';
import { type Column, Table } from '../parts/table.js';
import { to } from '../route.js';

interface FrontTold {
  readonly name: string;
  readonly connections: number;
  readonly in: number;
  readonly out: number;
  readonly inRate: number;
  readonly outRate: number;
  readonly againRate: number;
  readonly doneRate: number;
  readonly receivedRate: number;
  readonly sentRate: number;
}

interface Told {
  /** Rates are known from the second look on. */
  readonly measured: boolean;
  readonly version: string;
  readonly uptimeS: number;
  readonly listening: readonly { readonly protocol: string; readonly host: string; readonly port: number }[];
  readonly fronts: readonly FrontTold[];
  readonly messages: Readonly<Record<'ready' | 'locked' | 'delayed' | 'dead', number>>;
  readonly objects: Readonly<
    Record<'exchanges' | 'queues' | 'topics' | 'partitions' | 'groups' | 'connections', number>
  >;
  readonly journal: {
    readonly bytesRate: number;
    readonly syncsRate: number;
    readonly waitMs: number;
    readonly pendingBytes: number;
    readonly writable: boolean;
    readonly files: number;
    readonly filesMax: number;
    readonly fileBytes: number;
    readonly tailBytes: number;
    readonly tailBytesMax: number;
  };
  readonly disk: { readonly freeBytes: number | null; readonly freeBytesMin: number; readonly low: boolean };
  readonly process: {
    readonly cpuRate: number;
    readonly rssBytes: number;
    readonly heapBytes: number;
    readonly lagMs: number;
    readonly node: string;
  };
}

const titles: Readonly<Record<string, string>> = { kafka: 'Kafka', amqp: 'AMQP 0-9-1', sqs: 'SQS', http: 'HTTP' };

export function Overview(): JSX.Element {
  const { data, atMs, error } = useLive<Told>('overview');
  const flows = useHistory('flows', ['in', 'out', 'done'], atMs, data?.measured === true ? flowOf(data) : null);
  const queued = useHistory(
    'queued',
    ['ready', 'locked', 'delayed', 'dead'],
    atMs,
    data === null ? null : data.messages,
  );
  const journal = useHistory('journal', ['bytes', 'cpu'], atMs, data?.measured === true ? journalOf(data) : null);
  if (data === null) return <Page title="Overview">{error === null ? <Waiting /> : <Trouble error={error} />}</Page>;
  const fronts = data.fronts.filter(({ name }) => name !== 'http');
  return (
    <Page title="Overview" note={`Naru ${data.version}, up ${duration(data.uptimeS * 1000)}`}>
      <Trouble error={error} />
      <Figures data={data} />
      <div class="columns">
        <Panel title="Messages">
          <Chart
            label="Messages in and out per second, all fronts together"
            times={flows.times}
            format={rate}
            lines={[
              { label: 'in', color: 'chart-1', values: flows.values.in, filled: true },
              { label: 'out', color: 'chart-2', values: flows.values.out },
              { label: 'done', color: 'chart-3', values: flows.values.done },
            ]}
          />
        </Panel>
        <Panel title="In queues">
          <Chart
            label="Messages in all queues, by what they wait for"
            times={queued.times}
            format={short}
            lines={[
              { label: 'ready', color: 'chart-1', values: queued.values.ready, filled: true },
              { label: 'locked', color: 'chart-4', values: queued.values.locked },
              { label: 'delayed', color: 'chart-5', values: queued.values.delayed },
            ]}
          />
        </Panel>
      </div>
      <Panel title="Fronts" flush>
        <Table label="Fronts" columns={columns(data)} rows={fronts} keyOf={({ name }) => name} />
        {fronts.every((front) => front.in === 0) && (
          <Empty title="No message has come yet">
            Point a client at one of the addresses above: any Kafka, RabbitMQ or SQS client does, unchanged.
          </Empty>
        )}
      </Panel>
      <div class="columns">
        <Panel title="Journal" note="what every write goes through first">
          <Chart
            label="Bytes made durable per second"
            times={journal.times}
            format={(value) => `${bytes(value)}/s`}
            lines={[{ label: 'written', color: 'chart-1', values: journal.values.bytes, filled: true }]}
          />
          <JournalFacts data={data} />
        </Panel>
        <Panel title="Process and disk">
          <Chart
            label="Processor time"
            times={journal.times}
            format={(value) => `${Math.round(value)} %`}
            lines={[{ label: 'processor', color: 'chart-2', values: journal.values.cpu, filled: true }]}
          />
          <ProcessFacts data={data} />
        </Panel>
      </div>
    </Page>
  );
}

function flowOf({ fronts }: Told): Record<'in' | 'out' | 'done', number> {
  const sum = { in: 0, out: 0, done: 0 };
  for (const { inRate, outRate, doneRate } of fronts) {
    sum.in += inRate;
    sum.out += outRate;
    sum.done += doneRate;
  }
  return sum;
}

function journalOf({ journal, process }: Told): Record<'bytes' | 'cpu', number> {
  return { bytes: journal.bytesRate, cpu: process.cpuRate * 100 };
}

function Figures({ data }: { readonly data: Told }): JSX.Element {
  const { objects, messages } = data;
  const flow = flowOf(data);
  return (
    <div class="stats">
      <Stat label="In" value={rate(flow.in)} note="all fronts" />
      <Stat label="Out" value={rate(flow.out)} note="all fronts" />
      <Stat
        label="Ready"
        value={short(messages.ready)}
        note={<a href={to(['queues'])}>in {plural(objects.queues, 'queue')}</a>}
      />
      <Stat label="Locked" value={short(messages.locked)} note={`${short(messages.delayed)} delayed`} />
      <Stat
        label="Topics"
        value={<a href={to(['topics'])}>{count(objects.topics)}</a>}
        note={plural(objects.partitions, 'partition')}
      />
      <Stat label="Groups" value={<a href={to(['groups'])}>{count(objects.groups)}</a>} note="of consumers" />
      <Stat
        label="Connections"
        value={
          <a href={to(['connections'])}>
            {count(data.fronts.reduce((sum, front) => sum + (front.name === 'http' ? 0 : front.connections), 0))}
          </a>
        }
        note="Kafka, AMQP, SQS"
      />
    </div>
  );
}

function columns({ listening }: Told): readonly Column<FrontTold>[] {
  const whereOf = (name: string): string =>
    listening
      .filter(({ protocol }) => protocol === name)
      .map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`)
      .join(', ');
  return [
    { name: 'front', label: 'Front', cell: ({ name }) => <strong>{titles[name] ?? name}</strong> },
    { name: 'where', label: 'Address', cell: ({ name }) => <code>{whereOf(name)}</code>, wide: true },
    { name: 'connections', label: 'Connections', number: true, cell: (front) => count(front.connections) },
    { name: 'in', label: 'In', number: true, cell: ({ inRate }) => rate(inRate) },
    { name: 'out', label: 'Out', number: true, cell: ({ outRate }) => rate(outRate) },
    { name: 'again', label: 'Again', number: true, wide: true, cell: ({ againRate }) => rate(againRate) },
    {
      name: 'received',
      label: 'Received',
      number: true,
      wide: true,
      cell: (front) => `${bytes(front.receivedRate)}/s`,
    },
    { name: 'sent', label: 'Sent', number: true, wide: true, cell: (front) => `${bytes(front.sentRate)}/s` },
    { name: 'total', label: 'In, in all', number: true, cell: (front) => short(front.in) },
  ];
}

function JournalFacts({ data: { journal } }: { readonly data: Told }): JSX.Element {
  return (
    <Facts
      facts={[
        ['State', journal.writable ? 'takes what comes' : 'cannot be written'],
        ['A write waits', `${journal.waitMs} ms, ${short(journal.syncsRate)} syncs a second`],
        ['Not durable yet', bytes(journal.pendingBytes)],
        ['Files', `${journal.files} of ${journal.filesMax}, ${bytes(journal.fileBytes)}`],
        ['In memory, not in segments yet', `${bytes(journal.tailBytes)} of ${bytes(journal.tailBytesMax)}`],
      ]}
    />
  );
}

function ProcessFacts({ data: { process, disk } }: { readonly data: Told }): JSX.Element {
  return (
    <Facts
      facts={[
        ['Processor', `${Math.round(process.cpuRate * 100)} % of a core`],
        ['Memory', `${bytes(process.rssBytes)}, ${bytes(process.heapBytes)} of it JavaScript`],
        ['The loop is late by', `${process.lagMs} ms`],
        ['Free on the disk', disk.freeBytes === null ? 'all is in memory' : bytes(disk.freeBytes)],
        ['Node', process.node],
      ]}
    />
  );
}
