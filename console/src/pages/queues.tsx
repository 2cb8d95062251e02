import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { ask, part } from '../ask.js';
import { bytes, count, rate } from '../format.js';
import { useLive } from '../live.js';
import { ActionDialog } from '../parts/dialog.js';
import { AreaField, CheckField, ChoiceField, objectIn, TextField } from '../parts/fields.js';
import { Icon } from '../parts/icons.js';
import { Badge, Empty, Page, Panel, Trouble, Waiting } from '../parts/page.js';
import { type Column, type PageOf, Pager, SearchBox, Table, useListing } from '../parts/table.js';
import { say } from '../parts/toast.js';
import { go, type Route, to } from '../route.js';
import { useSession } from '../session.js';

export interface QueueTold {
  readonly vhost: string;
  readonly name: string;
  readonly type: string;
  readonly durable: boolean;
  readonly exclusive: boolean;
  readonly ready: number;
  readonly locked: number;
  readonly delayed: number;
  readonly dead: number;
  readonly consumers: number;
  readonly bytes: number;
  readonly inRate: number;
  readonly outRate: number;
}

export function Queues({ route }: { readonly route: Route }): JSX.Element {
  const listing = useListing(route, 'name');
  const { data, error } = useLive<PageOf<QueueTold>>('queues', listing.query);
  const [making, setMaking] = useState(false);
  const { readOnly } = useSession();
  const several = data?.items.some(({ vhost }) => vhost !== '/') === true;
  return (
    <Page
      title="Queues"
      actions={
        <>
          <SearchBox label="Search queues" value={listing.name} onSearch={listing.search} />
          {!readOnly && (
            <button type="button" class="primary" onClick={() => setMaking(true)}>
              <Icon name="plus" />
              New queue
            </button>
          )}
        </>
      }
    >
      <Trouble error={error} />
      <Panel flush>
        {data === null && error === null && <Waiting />}
        {data !== null && data.total === 0 && (
          <Empty title="There is no queue yet">
            AMQP and SQS clients make theirs when they declare or create one. You can make one here, too.
          </Empty>
        )}
        {data !== null && data.total > 0 && data.found === 0 && (
          <Empty title={`No queue has “${listing.name}” in its name`}>
            <button type="button" onClick={() => listing.search('')}>
              Show all {count(data.total)}
            </button>
          </Empty>
        )}
        {data !== null && data.found > 0 && (
          <>
            <Table
              label="Queues"
              rows={data.items}
              keyOf={({ vhost, name }) => `${vhost} ${name}`}
              sorting={listing.sorting}
              columns={several ? [vhostColumn, ...columns] : columns}
            />
            <Pager of={data} onTurn={listing.turn} />
          </>
        )}
      </Panel>
      {making && <NewQueue onClose={() => setMaking(false)} />}
    </Page>
  );
}

const vhostColumn: Column<QueueTold> = { name: 'vhost', label: 'Virtual host', cell: ({ vhost }) => vhost };

const columns: readonly Column<QueueTold>[] = [
  {
    name: 'name',
    label: 'Name',
    sorts: true,
    cell: ({ vhost, name }) => <a href={to(['queues', vhost, name])}>{name}</a>,
  },
  { name: 'type', label: 'Type', wide: true, cell: (queue) => <Kind of={queue} /> },
  { name: 'ready', label: 'Ready', number: true, sorts: true, cell: ({ ready }) => count(ready) },
  { name: 'locked', label: 'Locked', number: true, sorts: true, cell: ({ locked }) => count(locked) },
  { name: 'delayed', label: 'Delayed', number: true, sorts: true, wide: true, cell: ({ delayed }) => count(delayed) },
  { name: 'consumers', label: 'Consumers', number: true, sorts: true, cell: ({ consumers }) => count(consumers) },
  { name: 'in', label: 'In', number: true, sorts: true, cell: ({ inRate }) => rate(inRate) },
  { name: 'out', label: 'Out', number: true, sorts: true, cell: ({ outRate }) => rate(outRate) },
  { name: 'bytes', label: 'Size', number: true, sorts: true, wide: true, cell: (queue) => bytes(queue.bytes) },
];

export function Kind({ of: { type, durable, exclusive } }: { readonly of: QueueTold }): JSX.Element {
  return (
    <>
      {type}
      {!durable && <Badge>transient</Badge>}
      {exclusive && <Badge>exclusive</Badge>}
    </>
  );
}

function NewQueue({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const [name, setName] = useState('');
  const [vhost, setVhost] = useState('/');
  const [type, setType] = useState('classic');
  const [durable, setDurable] = useState(true);
  const [deadLetters, setDeadLetters] = useState('');
  const [args, setArgs] = useState('');
  return (
    <ActionDialog
      title="New queue"
      verb="Make it"
      onClose={onClose}
      act={async () => {
        const all: Record<string, unknown> = { 'x-queue-type': type, ...objectIn(args, 'the arguments') };
        if (deadLetters !== '') {
          all['x-dead-letter-exchange'] = '';
          all['x-dead-letter-routing-key'] = deadLetters;
        }
        await ask('PUT', `/api/queues/${part(vhost)}/${part(name)}`, { durable, arguments: all });
        say(`Made ${name}`);
        go(['queues', vhost, name]);
      }}
    >
      <TextField label="Name" value={name} onChange={setName} required />
      <TextField label="Virtual host" value={vhost} onChange={setVhost} required />
      <ChoiceField
        label="Type"
        value={type}
        onChange={setType}
        choices={[
          ['classic', 'classic'],
          ['quorum', 'quorum: with a delivery limit'],
        ]}
      />
      <CheckField label="Outlives a restart" value={durable} onChange={setDurable} />
      <TextField
        label="Queue for dead letters"
        value={deadLetters}
        onChange={setDeadLetters}
        hint="What is rejected or gives up goes there. Empty for none."
      />
      <AreaField
        label="Further arguments"
        value={args}
        onChange={setArgs}
        rows={3}
        placeholder='{"x-max-length": 10000}'
      />
    </ActionDialog>
  );
}
