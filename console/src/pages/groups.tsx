import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { ask, part } from '../ask.js';
import { count, plural, rate, short, time } from '../format.js';
import { useLive } from '../live.js';
import { Chart } from '../parts/chart.js';
import { ActionDialog } from '../parts/dialog.js';
import { ChoiceField, TextField } from '../parts/fields.js';
import { useHistory } from '../parts/history.js';
import { Badge, Empty, Page, Panel, Stat, Trouble, Waiting } from '../parts/page.js';
import { type Column, type PageOf, Pager, SearchBox, Table, useListing } from '../parts/table.js';
import { say } from '../parts/toast.js';
import { go, type Route, to } from '../route.js';
import { useSession } from '../session.js';

interface GroupTold {
  readonly name: string;
  readonly kind: string;
  readonly state: string;
  readonly protocol: string;
  readonly members: number;
  readonly topics: readonly string[];
  readonly lag: number;
  readonly rate: number;
}

interface Offset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number | null;
  readonly lag: number | null;
  readonly start: number | null;
  readonly end: number | null;
  readonly committedMs: number | null;
  readonly rate: number;
  readonly member: string | null;
}

interface Member {
  readonly id: string;
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly host: string;
  readonly partitions: number;
}

interface GroupDetail extends GroupTold {
  readonly epoch: number;
  readonly memberDetails: readonly Member[];
  readonly offsets: readonly Offset[];
}

const kinds: Readonly<Record<string, string>> = {
  classic: 'consumer group',
  consumer: 'consumer group (KIP-848)',
  share: 'share group',
};

function tone(state: string): string | undefined {
  if (/stable/i.test(state)) return 'good';
  return /empty|dead/i.test(state) ? undefined : 'warn';
}

export function Groups({ route }: { readonly route: Route }): JSX.Element {
  const listing = useListing(route, 'name');
  const { data, error } = useLive<PageOf<GroupTold>>('groups', listing.query);
  return (
    <Page title="Groups" actions={<SearchBox label="Search groups" value={listing.name} onSearch={listing.search} />}>
      <Trouble error={error} />
      <Panel flush>
        {data === null && error === null && <Waiting />}
        {data !== null && data.total === 0 && (
          <Empty title="There is no group yet">
            Kafka consumers with a group id make theirs when they first read. AMQP and SQS consumers can name one, too.
          </Empty>
        )}
        {data !== null && data.total > 0 && data.found === 0 && (
          <Empty title={`No group is called “${listing.name}”`} />
        )}
        {data !== null && data.found > 0 && (
          <>
            <Table
              label="Groups"
              rows={data.items}
              keyOf={({ name }) => name}
              sorting={listing.sorting}
              columns={columns}
            />
            <Pager of={data} onTurn={listing.turn} />
          </>
        )}
      </Panel>
    </Page>
  );
}

const columns: readonly Column<GroupTold>[] = [
  { name: 'name', label: 'Name', sorts: true, cell: ({ name }) => <a href={to(['groups', name])}>{name}</a> },
  { name: 'kind', label: 'Kind', wide: true, cell: ({ kind }) => kinds[kind] ?? kind },
  { name: 'state', label: 'State', sorts: true, cell: ({ state }) => <Badge tone={tone(state)}>{state}</Badge> },
  { name: 'members', label: 'Members', number: true, sorts: true, cell: ({ members }) => count(members) },
  {
    name: 'topics',
    label: 'Topics',
    wide: true,
    cell: ({ topics }) => (
      <>
        {topics.slice(0, 3).map((topic) => (
          <a key={topic} class="block" href={to(['topics', topic])}>
            {topic}
          </a>
        ))}
        {topics.length > 3 && <small class="muted">and {topics.length - 3} more</small>}
      </>
    ),
  },
  { name: 'rate', label: 'Reads', number: true, sorts: true, cell: (group) => rate(group.rate) },
  { name: 'lag', label: 'Lag', number: true, sorts: true, cell: ({ lag }) => count(lag) },
];

export function GroupPage({ name }: { readonly name: string }): JSX.Element {
  const { data, atMs, error } = useLive<GroupDetail>('group', { name });
  const lag = useHistory(`group ${name}`, ['lag'], atMs, data === null ? null : { lag: data.lag });
  const [open, setOpen] = useState<'reset' | 'delete' | null>(null);
  const { readOnly } = useSession();
  const above = <a href={to(['groups'])}>Groups</a>;
  if (data === null)
    return (
      <Page title={name} above={above}>
        {error === null ? <Waiting /> : <Trouble error={error} />}
      </Page>
    );
  const actions = (
    <>
      <button
        type="button"
        disabled={data.members > 0}
        title={data.members > 0 ? 'Stop its members first: they would go on from where they are' : ''}
        onClick={() => setOpen('reset')}
      >
        Reset
      </button>
      <button
        type="button"
        class="danger"
        disabled={data.members > 0}
        title={data.members > 0 ? 'Stop its members first' : ''}
        onClick={() => setOpen('delete')}
      >
        Delete
      </button>
    </>
  );
  return (
    <Page
      title={name}
      above={above}
      note={
        <>
          {kinds[data.kind] ?? data.kind} <Badge tone={tone(data.state)}>{data.state}</Badge>
        </>
      }
      actions={readOnly ? <Badge>you may look, and not change</Badge> : actions}
    >
      <Trouble error={error} />
      <div class="stats">
        <Stat label="Lag" value={count(data.lag)} tone={data.lag > 0 && data.members === 0 ? 'warn' : undefined} />
        <Stat label="Reads" value={rate(data.rate)} />
        <Stat label="Members" value={count(data.members)} note={data.protocol} />
        <Stat label="Topics" value={count(data.topics.length)} />
      </div>
      <Panel title="Lag">
        <Chart
          label={`Records that ${name} has not read yet`}
          times={lag.times}
          format={short}
          lines={[{ label: 'lag', color: 'chart-4', values: lag.values.lag, filled: true }]}
        />
      </Panel>
      <Panel title="Partitions" flush>
        {data.offsets.length === 0 ? (
          <Empty title="It has not read anything yet" />
        ) : (
          <Offsets offsets={data.offsets} members={data.memberDetails} />
        )}
      </Panel>
      <Panel title="Members" flush>
        {data.memberDetails.length === 0 ? (
          <Empty title="Nobody is in it">What is committed stays, and can be reset now.</Empty>
        ) : (
          <Table label="Members" rows={data.memberDetails} keyOf={({ id }) => id} columns={memberColumns} />
        )}
      </Panel>
      {open === 'reset' && <ResetDialog group={data} onClose={() => setOpen(null)} />}
      {open === 'delete' && (
        <ActionDialog
          title={`Delete ${name}`}
          verb="Delete the group"
          danger
          onClose={() => setOpen(null)}
          act={async () => {
            await ask('DELETE', `/api/groups/${part(name)}`);
            say(`Deleted ${name}`);
            go(['groups']);
          }}
        >
          <p>How far it has read is forgotten: consumers of that name begin where their settings say.</p>
        </ActionDialog>
      )}
    </Page>
  );
}

const memberColumns: readonly Column<Member>[] = [
  { name: 'client', label: 'Client', cell: ({ clientId, instanceId }) => instanceId ?? clientId },
  { name: 'id', label: 'Member', wide: true, cell: ({ id }) => <code>{id}</code> },
  { name: 'host', label: 'Host', cell: ({ host }) => host },
  { name: 'partitions', label: 'Partitions', number: true, cell: ({ partitions }) => count(partitions) },
];

function Offsets({ offsets, members }: { offsets: readonly Offset[]; members: readonly Member[] }): JSX.Element {
  const largest = Math.max(1, ...offsets.map(({ lag }) => lag ?? 0));
  const clientOf = new Map(members.map(({ id, clientId }) => [id, clientId]));
  return (
    <Table
      label="Partitions and how far the group is with them"
      rows={offsets}
      keyOf={({ topic, partition }) => `${topic} ${partition}`}
      columns={[
        {
          name: 'topic',
          label: 'Partition',
          cell: ({ topic, partition }) => (
            <a href={to(['topics', topic], { partition })}>
              {topic} {partition}
            </a>
          ),
        },
        {
          name: 'offset',
          label: 'Committed',
          number: true,
          cell: ({ offset }) => (offset === null ? '–' : count(offset)),
        },
        {
          name: 'end',
          label: 'End',
          number: true,
          wide: true,
          cell: ({ end }) => (end === null ? 'gone' : count(end)),
        },
        {
          name: 'lag',
          label: 'Lag',
          number: true,
          cell: ({ lag }) => (
            <>
              {lag === null ? '–' : count(lag)}
              <span class="lag-bar wide">
                <i style={{ width: `${Math.round(((lag ?? 0) / largest) * 100)}%` }} />
              </span>
            </>
          ),
        },
        { name: 'rate', label: 'Reads', number: true, cell: (each) => rate(each.rate) },
        {
          name: 'member',
          label: 'Read by',
          wide: true,
          cell: ({ member }) =>
            member === null ? <span class="muted">nobody</span> : (clientOf.get(member) ?? member),
        },
        {
          name: 'at',
          label: 'Committed at',
          wide: true,
          cell: ({ committedMs }) => (committedMs === null ? '' : time(committedMs).slice(0, 19)),
        },
      ]}
    />
  );
}

interface Step {
  readonly topic: string;
  readonly partition: number;
  readonly before: number | null;
  readonly after: number;
}

/** It is shown where each partition would go before it does. */
function ResetDialog({ group, onClose }: { readonly group: GroupDetail; readonly onClose: () => void }): JSX.Element {
  const [topic, setTopic] = useState('');
  const [way, setWay] = useState('earliest');
  const [value, setValue] = useState('');
  const [steps, setSteps] = useState<readonly Step[] | null>(null);
  const wish = (): Record<string, unknown> => {
    if (way === 'earliest' || way === 'latest') return { to: way };
    if (way === 'time') return { time: value };
    return { [way]: Number(value) };
  };
  const reset = (dryRun: boolean): Promise<{ readonly offsets: readonly Step[] }> =>
    ask('POST', `/api/groups/${part(group.name)}/offsets`, {
      ...wish(),
      ...(topic === '' ? {} : { topic }),
      dry_run: dryRun,
    });
  const change =
    (set: (value: string) => void) =>
    (next: string): void => {
      set(next);
      setSteps(null);
    };
  return (
    <ActionDialog
      title={`Reset ${group.name}`}
      verb={steps === null ? 'See where it would go' : 'Reset it'}
      wide
      onClose={onClose}
      act={async () => {
        const { offsets } = await reset(steps === null);
        if (steps === null) {
          setSteps(offsets);
          return 'stay';
        }
        say(`Reset ${plural(offsets.length, 'partition')}`);
        return undefined;
      }}
    >
      <div class="field-row">
        <ChoiceField
          label="Topic"
          value={topic}
          onChange={change(setTopic)}
          choices={[['', 'all it has read'], ...group.topics.map((each) => [each, each] as const)]}
        />
        <ChoiceField
          label="To"
          value={way}
          onChange={change(setWay)}
          choices={[
            ['earliest', 'the first record'],
            ['latest', 'the end'],
            ['time', 'a time'],
            ['offset', 'an offset'],
            ['shift', 'so many records on or back'],
          ]}
        />
        {way !== 'earliest' && way !== 'latest' && (
          <TextField
            label={way === 'time' ? 'Time' : way === 'offset' ? 'Offset' : 'Records'}
            value={value}
            onChange={change(setValue)}
            required
            placeholder={way === 'time' ? '1h, or 2026-01-31T12:00' : way === 'shift' ? '-100' : '0'}
          />
        )}
      </div>
      {steps !== null && (
        <Table
          label="Where it would go"
          rows={steps}
          keyOf={({ topic: name, partition }) => `${name} ${partition}`}
          columns={[
            { name: 'partition', label: 'Partition', cell: ({ topic: name, partition }) => `${name} ${partition}` },
            {
              name: 'before',
              label: 'Now',
              number: true,
              cell: ({ before }) => (before === null ? '–' : count(before)),
            },
            { name: 'after', label: 'Then', number: true, cell: ({ after }) => <strong>{count(after)}</strong> },
          ]}
        />
      )}
    </ActionDialog>
  );
}
