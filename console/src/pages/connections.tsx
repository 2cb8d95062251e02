import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { ask, part } from '../ask.js';
import { count, rate, time } from '../format.js';
import { useLive } from '../live.js';
import { ActionDialog } from '../parts/dialog.js';
import { TextField } from '../parts/fields.js';
import { Badge, Empty, Page, Panel, Trouble, Waiting } from '../parts/page.js';
import { type Column, type PageOf, Pager, SearchBox, Table, useListing } from '../parts/table.js';
import { say } from '../parts/toast.js';
import { type Route, to } from '../route.js';
import { useSession } from '../session.js';

interface Connection {
  readonly name: string;
  readonly user: string;
  readonly vhost: string;
  readonly protocol: string;
  readonly state: string;
  readonly peer: string;
  readonly client: string;
  readonly connectedMs: number;
  readonly channels: number;
  readonly unacked: number;
  readonly inRate: number;
  readonly outRate: number;
}

export function Connections({ route }: { readonly route: Route }): JSX.Element {
  const listing = useListing(route, 'name');
  const { data, error } = useLive<PageOf<Connection>>('connections', listing.query);
  const [closing, setClosing] = useState<Connection | null>(null);
  const { readOnly } = useSession();
  return (
    <Page
      title="Connections"
      note="over AMQP"
      actions={<SearchBox label="Search connections" value={listing.name} onSearch={listing.search} />}
    >
      <Trouble error={error} />
      <Panel flush>
        {data === null && error === null && <Waiting />}
        {data !== null && data.total === 0 && (
          <Empty title="Nobody is connected over AMQP">
            Kafka and SQS clients have no connections that could be told apart by name: how many there are is on the{' '}
            <a href={to(['overview'])}>overview</a>.
          </Empty>
        )}
        {data !== null && data.total > 0 && (
          <>
            <Table
              label="Connections"
              rows={data.items}
              keyOf={({ name }) => name}
              sorting={listing.sorting}
              columns={columns(readOnly ? null : setClosing)}
            />
            <Pager of={data} onTurn={listing.turn} />
          </>
        )}
      </Panel>
      {closing !== null && <CloseDialog connection={closing} onClose={() => setClosing(null)} />}
    </Page>
  );
}

function columns(onClosing: ((connection: Connection) => void) | null): readonly Column<Connection>[] {
  const all: Column<Connection>[] = [
    {
      name: 'name',
      label: 'Peer',
      sorts: true,
      cell: ({ name, peer, client }) => (
        <>
          <a href={to(['channels'], { name })}>{peer}</a>
          {client !== '' && <small class="muted block">{client}</small>}
        </>
      ),
    },
    { name: 'user', label: 'User', sorts: true, cell: ({ user }) => user },
    { name: 'vhost', label: 'Virtual host', wide: true, cell: ({ vhost }) => vhost },
    {
      name: 'state',
      label: 'State',
      cell: ({ state }) => <Badge tone={state === 'running' ? 'good' : 'warn'}>{state}</Badge>,
    },
    { name: 'channels', label: 'Channels', number: true, sorts: true, cell: ({ channels }) => count(channels) },
    { name: 'in', label: 'In', number: true, sorts: true, cell: ({ inRate }) => rate(inRate) },
    { name: 'out', label: 'Out', number: true, sorts: true, cell: ({ outRate }) => rate(outRate) },
    { name: 'unacked', label: 'Unacked', number: true, sorts: true, wide: true, cell: ({ unacked }) => count(unacked) },
    {
      name: 'connected',
      label: 'Since',
      wide: true,
      sorts: true,
      number: true,
      cell: ({ connectedMs }) => time(connectedMs).slice(0, 19),
    },
  ];
  if (onClosing !== null) {
    all.push({
      name: 'close',
      label: '',
      cell: (connection) => (
        <button type="button" class="small" onClick={() => onClosing(connection)}>
          Close
        </button>
      ),
    });
  }
  return all;
}

function CloseDialog({ connection, onClose }: { connection: Connection; onClose: () => void }): JSX.Element {
  const [reason, setReason] = useState('Closed from the console');
  return (
    <ActionDialog
      title="Close this connection"
      verb="Close it"
      danger
      onClose={onClose}
      act={async () => {
        // Reasons are headers, and these have no letters beyond Latin ones.
        const told = reason.replaceAll(/[^\u0020-\u007e]/g, '?');
        const path = `/api/connections/${part(connection.name)}`;
        await ask('DELETE', path, undefined, undefined, { 'x-reason': told });
        say('Closed the connection');
      }}
    >
      <p>
        {connection.peer} ({connection.user}) is disconnected. What it had not acknowledged goes back to its queues;
        most clients connect again by themselves.
      </p>
      <TextField label="What the client is told" value={reason} onChange={setReason} />
    </ActionDialog>
  );
}

interface Channel {
  readonly name: string;
  readonly connection: string;
  readonly user: string;
  readonly vhost: string;
  readonly number: number;
  readonly mode: string;
  readonly prefetch: number;
  readonly unacked: number;
  readonly consumers: readonly { readonly tag: string; readonly queue: string }[];
  readonly inRate: number;
  readonly outRate: number;
  readonly ackRate: number;
  readonly redelivered: number;
}

export function Channels({ route }: { readonly route: Route }): JSX.Element {
  const listing = useListing(route, 'name');
  const { data, error } = useLive<PageOf<Channel>>('channels', listing.query);
  return (
    <Page
      title="Channels"
      note="over AMQP"
      actions={<SearchBox label="Search channels" value={listing.name} onSearch={listing.search} />}
    >
      <Trouble error={error} />
      <Panel flush>
        {data === null && error === null && <Waiting />}
        {data !== null && data.found === 0 && (
          <Empty title="No channel is open">AMQP clients publish and consume over channels of their connection.</Empty>
        )}
        {data !== null && data.found > 0 && (
          <>
            <Table
              label="Channels"
              rows={data.items}
              keyOf={({ name }) => name}
              sorting={listing.sorting}
              columns={channelColumns}
            />
            <Pager of={data} onTurn={listing.turn} />
          </>
        )}
      </Panel>
    </Page>
  );
}

const channelColumns: readonly Column<Channel>[] = [
  { name: 'name', label: 'Channel', sorts: true, cell: ({ name }) => <code>{name}</code> },
  { name: 'user', label: 'User', wide: true, cell: ({ user }) => user },
  { name: 'mode', label: 'Mode', cell: ({ mode }) => mode },
  {
    name: 'consumers',
    label: 'Consumes',
    sorts: true,
    cell: ({ consumers, vhost }) =>
      consumers.slice(0, 3).map(({ tag, queue }) => (
        <a key={tag} class="block" href={to(['queues', vhost, queue])}>
          {queue}
        </a>
      )),
  },
  { name: 'prefetch', label: 'Prefetch', number: true, wide: true, cell: ({ prefetch }) => prefetch || 'no limit' },
  { name: 'unacked', label: 'Unacked', number: true, sorts: true, cell: ({ unacked }) => count(unacked) },
  { name: 'in', label: 'In', number: true, cell: ({ inRate }) => rate(inRate) },
  { name: 'out', label: 'Out', number: true, cell: ({ outRate }) => rate(outRate) },
  { name: 'ack', label: 'Acks', number: true, wide: true, cell: ({ ackRate }) => rate(ackRate) },
  { name: 'again', label: 'Again', number: true, wide: true, cell: ({ redelivered }) => count(redelivered) },
];
