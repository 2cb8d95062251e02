import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { ask, part } from '../ask.js';
import { bytes, count, plural, rate } from '../format.js';
import { useLive } from '../live.js';
import { ActionDialog } from '../parts/dialog.js';
import { AreaField, objectIn, TextField } from '../parts/fields.js';
import { Badge, Page, Panel, Stat, Trouble, Waiting } from '../parts/page.js';
import { type Column, Table } from '../parts/table.js';
import { say } from '../parts/toast.js';
import { go, type Route, replaceQuery, to } from '../route.js';
import { useSession } from '../session.js';
import { Browser } from './browser.js';
import { keeps, type TopicTold } from './topics.js';
import { useAsked } from './use-asked.js';

interface TopicDetail extends TopicTold {
  readonly id: string;
  readonly policy: string | null;
  readonly groups: readonly {
    readonly name: string;
    readonly kind: string;
    readonly members: number;
    readonly lag: number;
  }[];
  readonly partitionDetails: readonly {
    readonly index: number;
    readonly start: number;
    readonly end: number;
    readonly bytes: number;
    readonly segments: number;
    readonly inRate: number;
  }[];
}

const tabs = ['messages', 'partitions', 'configs'] as const;
type Tab = (typeof tabs)[number];

export function TopicPage({ name, route }: { readonly name: string; readonly route: Route }): JSX.Element {
  const { data, error } = useLive<TopicDetail>('topic', { name });
  const [open, setOpen] = useState<'produce' | 'delete' | 'grow' | null>(null);
  const { readOnly } = useSession();
  const tab = tabs.find((each) => each === route.query.get('tab')) ?? 'messages';
  const above = <a href={to(['topics'])}>Topics</a>;
  if (data === null)
    return (
      <Page title={name} above={above}>
        {error === null ? <Waiting /> : <Trouble error={error} />}
      </Page>
    );
  return (
    <Page
      title={name}
      above={above}
      note={data.internal ? <Badge>internal</Badge> : `keeps ${keeps(data)}`}
      actions={
        readOnly ? (
          <Badge>you may look, and not change</Badge>
        ) : (
          !data.internal && (
            <>
              <button type="button" onClick={() => setOpen('produce')}>
                Produce
              </button>
              <button type="button" onClick={() => setOpen('grow')}>
                Add partitions
              </button>
              <button type="button" class="danger" onClick={() => setOpen('delete')}>
                Delete
              </button>
            </>
          )
        )
      }
    >
      <Trouble error={error} />
      <div class="stats">
        <Stat label="Records" value={count(data.records)} />
        <Stat label="In" value={rate(data.inRate)} />
        <Stat label="Size" value={bytes(data.bytes)} />
        <Stat label="Partitions" value={count(data.partitions)} />
        <Stat label="Groups" value={count(data.groups.length)} />
      </div>
      <Groups groups={data.groups} />
      <div class="tabs" role="tablist">
        {tabs.map((each) => (
          <button
            key={each}
            type="button"
            role="tab"
            aria-selected={each === tab}
            onClick={() => replaceQuery(route, { tab: each === 'messages' ? null : each })}
          >
            {tabNames[each]}
          </button>
        ))}
      </div>
      {tab === 'messages' && <Browser topic={name} partitions={data.partitions} records={data.records} route={route} />}
      {tab === 'partitions' && <Partitions of={data} />}
      {tab === 'configs' && <Configs topic={name} internal={data.internal} />}
      {open === 'produce' && <ProduceDialog topic={name} onClose={() => setOpen(null)} />}
      {open === 'grow' && <GrowDialog topic={name} now={data.partitions} onClose={() => setOpen(null)} />}
      {open === 'delete' && (
        <ActionDialog
          title={`Delete ${name}`}
          verb="Delete it"
          danger
          onClose={() => setOpen(null)}
          act={async () => {
            await ask('DELETE', `/api/topics/${part(name)}`);
            say(`Deleted ${name}`);
            go(['topics']);
          }}
        >
          <p>
            The topic goes with its {count(data.records)} records, its bindings, and how far{' '}
            {plural(data.groups.length, 'group')} had read it.
          </p>
        </ActionDialog>
      )}
    </Page>
  );
}

const tabNames: Readonly<Record<Tab, string>> = { messages: 'Messages', partitions: 'Partitions', configs: 'Configs' };

function Groups({ groups }: Pick<TopicDetail, 'groups'>): JSX.Element | null {
  if (groups.length === 0) return null;
  return (
    <Panel title="Read by" flush>
      <Table
        label="Groups that read it"
        rows={groups}
        keyOf={({ name }) => name}
        columns={[
          { name: 'name', label: 'Group', cell: ({ name }) => <a href={to(['groups', name])}>{name}</a> },
          { name: 'kind', label: 'Kind', cell: ({ kind }) => (kind === 'share' ? 'share group' : 'consumer group') },
          { name: 'members', label: 'Members', number: true, cell: ({ members }) => count(members) },
          { name: 'lag', label: 'Lag', number: true, cell: ({ lag }) => count(lag) },
        ]}
      />
    </Panel>
  );
}

function Partitions({ of }: { readonly of: TopicDetail }): JSX.Element {
  type Row = TopicDetail['partitionDetails'][number];
  const columns: readonly Column<Row>[] = [
    { name: 'index', label: 'Partition', number: true, cell: ({ index }) => index },
    { name: 'start', label: 'First', number: true, cell: ({ start }) => count(start) },
    { name: 'end', label: 'End', number: true, cell: ({ end }) => count(end) },
    { name: 'in', label: 'In', number: true, cell: ({ inRate }) => rate(inRate) },
    { name: 'bytes', label: 'Size', number: true, cell: (row) => bytes(row.bytes) },
    { name: 'segments', label: 'Segments', number: true, wide: true, cell: ({ segments }) => count(segments) },
  ];
  return (
    <Panel flush>
      <Table label="Partitions" rows={of.partitionDetails} keyOf={({ index }) => String(index)} columns={columns} />
    </Panel>
  );
}

interface Config {
  readonly name: string;
  readonly value: string;
  readonly source: string;
  readonly default: string;
}

function Configs({ topic, internal }: { readonly topic: string; readonly internal: boolean }): JSX.Element {
  const path = `/api/topics/${part(topic)}/configs`;
  const { data, error, again } = useAsked<readonly Config[]>(path);
  const [editing, setEditing] = useState<Config | null>(null);
  const { readOnly } = useSession();
  if (data === null) return <Panel>{error === null ? <Waiting /> : <Trouble error={error} />}</Panel>;
  const rows = [...data].sort((one, other) => Number(other.source !== 'default') - Number(one.source !== 'default'));
  const columns: Column<Config>[] = [
    { name: 'name', label: 'Config', cell: ({ name }) => <code>{name}</code> },
    { name: 'value', label: 'Value', cell: ({ value }) => <code>{value}</code> },
    {
      name: 'source',
      label: 'Set by',
      cell: ({ source }) => <Badge tone={source === 'topic' ? 'good' : undefined}>{source}</Badge>,
    },
  ];
  if (!readOnly && !internal)
    columns.push({
      name: 'edit',
      label: '',
      cell: (config) => (
        <button type="button" class="small" onClick={() => setEditing(config)}>
          Edit
        </button>
      ),
    });
  return (
    <Panel flush>
      <Table label="Configs" rows={rows} keyOf={({ name }) => name} columns={columns} />
      {editing !== null && (
        <ConfigDialog path={path} config={editing} onClose={() => setEditing(null)} onDone={again} />
      )}
    </Panel>
  );
}

function ConfigDialog(props: { path: string; config: Config; onClose: () => void; onDone: () => void }): JSX.Element {
  const { path, config, onClose, onDone } = props;
  const [value, setValue] = useState(config.value);
  return (
    <ActionDialog
      title={config.name}
      verb="Set it"
      onClose={onClose}
      act={async () => {
        await ask('PUT', path, { [config.name]: value === '' ? null : value });
        say(`Set ${config.name}`);
        onDone();
      }}
    >
      <TextField
        label="Value"
        value={value}
        onChange={setValue}
        hint={`Empty for what holds without it. Kafka’s default is ${config.default === '' ? 'empty' : config.default}.`}
      />
    </ActionDialog>
  );
}

function GrowDialog({ topic, now, onClose }: { topic: string; now: number; onClose: () => void }): JSX.Element {
  const [partitions, setPartitions] = useState(String(now + 1));
  return (
    <ActionDialog
      title={`Partitions of ${topic}`}
      verb="Add them"
      onClose={onClose}
      act={async () => {
        await ask('POST', `/api/topics/${part(topic)}/partitions`, { partitions: Number(partitions) });
        say(`${topic} has ${partitions} partitions`);
      }}
    >
      <p>Keys go to other partitions from then on, and there is no way back to fewer.</p>
      <TextField label="Partitions in all" type="number" value={partitions} onChange={setPartitions} required />
    </ActionDialog>
  );
}

function ProduceDialog({ topic, onClose }: { readonly topic: string; readonly onClose: () => void }): JSX.Element {
  const [key, setKey] = useState('');
  const [value, setValue] = useState('');
  const [headers, setHeaders] = useState('');
  const [partition, setPartition] = useState('');
  return (
    <ActionDialog
      title={`Produce to ${topic}`}
      verb="Produce"
      onClose={onClose}
      act={async () => {
        const { offsets } = await ask<{ offsets: readonly { partition: number; offset: number }[] }>(
          'POST',
          `/api/topics/${part(topic)}/messages`,
          {
            value,
            ...(key === '' ? {} : { key }),
            ...(partition === '' ? {} : { partition: Number(partition) }),
            headers: objectIn(headers, 'headers'),
          },
        );
        say(`Written to ${offsets.map((each) => `${each.partition}:${each.offset}`).join(', ')}`);
      }}
    >
      <div class="field-row">
        <TextField label="Key" value={key} onChange={setKey} hint="Empty for none" />
        <TextField label="Partition" type="number" value={partition} onChange={setPartition} placeholder="by key" />
      </div>
      <AreaField label="Value" value={value} onChange={setValue} rows={6} />
      <AreaField label="Headers" value={headers} onChange={setHeaders} rows={2} placeholder='{"source": "console"}' />
    </ActionDialog>
  );
}
