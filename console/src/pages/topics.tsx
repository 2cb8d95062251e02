import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { ask, part } from '../ask.js';
import { bytes, count, duration, rate } from '../format.js';
import { useLive } from '../live.js';
import { ActionDialog } from '../parts/dialog.js';
import { AreaField, objectIn, TextField } from '../parts/fields.js';
import { Icon } from '../parts/icons.js';
import { Badge, Empty, Page, Panel, Trouble, Waiting } from '../parts/page.js';
import { type Column, type PageOf, Pager, SearchBox, Table, useListing } from '../parts/table.js';
import { say } from '../parts/toast.js';
import { go, type Route, replaceQuery, to } from '../route.js';
import { useSession } from '../session.js';

export interface TopicTold {
  readonly name: string;
  readonly internal: boolean;
  readonly partitions: number;
  readonly records: number;
  readonly bytes: number;
  readonly inRate: number;
  readonly cleanup: string;
  readonly retentionMs: number;
}

export function Topics({ route }: { readonly route: Route }): JSX.Element {
  const listing = useListing(route, 'name');
  const internal = route.query.get('internal') === 'true';
  const { data, error } = useLive<PageOf<TopicTold>>('topics', { ...listing.query, internal: internal ? true : null });
  const [making, setMaking] = useState(false);
  const { readOnly } = useSession();
  return (
    <Page
      title="Topics"
      actions={
        <>
          <SearchBox label="Search topics" value={listing.name} onSearch={listing.search} />
          <button
            type="button"
            aria-pressed={internal}
            onClick={() => replaceQuery(route, { internal: internal ? null : true })}
          >
            Internal ones
          </button>
          {!readOnly && (
            <button type="button" class="primary" onClick={() => setMaking(true)}>
              <Icon name="plus" />
              New topic
            </button>
          )}
        </>
      }
    >
      <Trouble error={error} />
      <Panel flush>
        {data === null && error === null && <Waiting />}
        {data !== null && data.total === 0 && (
          <Empty title="There is no topic yet">
            Kafka clients make theirs when they first write to one, and AMQP clients by declaring a queue of type
            stream.
          </Empty>
        )}
        {data !== null && data.total > 0 && data.found === 0 && (
          <Empty title={`No topic has “${listing.name}” in its name`} />
        )}
        {data !== null && data.found > 0 && (
          <>
            <Table
              label="Topics"
              rows={data.items}
              keyOf={({ name }) => name}
              sorting={listing.sorting}
              columns={columns}
            />
            <Pager of={data} onTurn={listing.turn} />
          </>
        )}
      </Panel>
      {making && <NewTopic onClose={() => setMaking(false)} />}
    </Page>
  );
}

const columns: readonly Column<TopicTold>[] = [
  {
    name: 'name',
    label: 'Name',
    sorts: true,
    cell: ({ name, internal }) => (
      <>
        <a href={to(['topics', name])}>{name}</a> {internal && <Badge>internal</Badge>}
      </>
    ),
  },
  { name: 'partitions', label: 'Partitions', number: true, sorts: true, cell: ({ partitions }) => count(partitions) },
  { name: 'records', label: 'Records', number: true, sorts: true, cell: ({ records }) => count(records) },
  { name: 'in', label: 'In', number: true, sorts: true, cell: ({ inRate }) => rate(inRate) },
  { name: 'bytes', label: 'Size', number: true, sorts: true, cell: (topic) => bytes(topic.bytes) },
  { name: 'keeps', label: 'Keeps', wide: true, cell: keeps },
];

export function keeps({ cleanup, retentionMs }: TopicTold): string {
  const latest = cleanup.includes('compact') ? 'the latest of each key' : '';
  const recent = cleanup.includes('delete') ? (retentionMs < 0 ? 'everything' : duration(retentionMs)) : '';
  return [latest, recent].filter((each) => each !== '').join(', ');
}

function NewTopic({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const [name, setName] = useState('');
  const [partitions, setPartitions] = useState('1');
  const [configs, setConfigs] = useState('');
  return (
    <ActionDialog
      title="New topic"
      verb="Make it"
      onClose={onClose}
      act={async () => {
        await ask('PUT', `/api/topics/${part(name)}`, {
          partitions: Number(partitions),
          configs: objectIn(configs, 'configs'),
        });
        say(`Made ${name}`);
        go(['topics', name]);
      }}
    >
      <TextField label="Name" value={name} onChange={setName} required hint="Letters, digits, dots, _ and -" />
      <TextField label="Partitions" type="number" value={partitions} onChange={setPartitions} required />
      <AreaField
        label="Configs"
        value={configs}
        onChange={setConfigs}
        rows={3}
        placeholder='{"retention.ms": "86400000"}'
      />
    </ActionDialog>
  );
}
