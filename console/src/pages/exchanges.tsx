import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { ask, part, withQuery } from '../ask.js';
import { ActionDialog } from '../parts/dialog.js';
import { AreaField, CheckField, ChoiceField, objectIn, TextField } from '../parts/fields.js';
import { Icon } from '../parts/icons.js';
import { Badge, Empty, Facts, Page, Panel, Trouble, Waiting } from '../parts/page.js';
import { type Column, Pager, SearchBox, Table, useListing } from '../parts/table.js';
import { say } from '../parts/toast.js';
import { go, type Route, to } from '../route.js';
import { useSession } from '../session.js';
import { Bindings } from './bindings.js';
import { PublishDialog } from './publish.js';
import { type Enveloped, useAsked } from './use-asked.js';

interface Exchange {
  readonly name: string;
  readonly vhost: string;
  readonly type: string;
  readonly durable: boolean;
  readonly auto_delete: boolean;
  readonly internal: boolean;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly policy?: string;
}

/** How addresses write the one that has no name. */
const defaultAlias = 'amq.default';
const pageSize = 50;

export function Exchanges({ route }: { readonly route: Route }): JSX.Element {
  const listing = useListing(route, 'name');
  const { page, name, sort, reverse } = listing.query;
  const query = { page: page || 1, page_size: pageSize, name, sort, sort_reverse: reverse };
  const { data, error } = useAsked<Enveloped<Exchange>>(withQuery('/api/exchanges', query));
  const [making, setMaking] = useState(false);
  const { readOnly } = useSession();
  return (
    <Page
      title="Exchanges"
      actions={
        <>
          <SearchBox label="Search exchanges" value={listing.name} onSearch={listing.search} />
          {!readOnly && (
            <button type="button" class="primary" onClick={() => setMaking(true)}>
              <Icon name="plus" />
              New exchange
            </button>
          )}
        </>
      }
    >
      <Trouble error={error} />
      <Panel flush>
        {data === null && error === null && <Waiting />}
        {data !== null && data.filtered_count === 0 && (
          <Empty title={`No exchange has “${listing.name}” in its name`} />
        )}
        {data !== null && data.filtered_count > 0 && (
          <>
            <Table
              label="Exchanges"
              rows={data.items}
              keyOf={({ vhost, name: each }) => `${vhost} ${each}`}
              sorting={listing.sorting}
              columns={columns}
            />
            <Pager
              of={{
                total: data.total_count,
                found: data.filtered_count,
                page: data.page,
                pages: data.page_count,
                items: data.items,
              }}
              onTurn={listing.turn}
            />
          </>
        )}
      </Panel>
      {making && <NewExchange onClose={() => setMaking(false)} />}
    </Page>
  );
}

const columns: readonly Column<Exchange>[] = [
  {
    name: 'name',
    label: 'Name',
    sorts: true,
    cell: ({ vhost, name }) => (
      <a href={to(['exchanges', vhost, name === '' ? defaultAlias : name])}>{name === '' ? '(default)' : name}</a>
    ),
  },
  { name: 'vhost', label: 'Virtual host', wide: true, sorts: true, cell: ({ vhost }) => vhost },
  { name: 'type', label: 'Type', sorts: true, cell: ({ type }) => type },
  {
    name: 'features',
    label: 'Features',
    cell: ({ durable, internal, auto_delete: goes, policy }) => (
      <>
        {!durable && <Badge>transient</Badge>}
        {internal && <Badge>internal</Badge>}
        {goes && <Badge>goes when unused</Badge>}
        {policy !== undefined && <Badge>{policy}</Badge>}
      </>
    ),
  },
];

function NewExchange({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const [name, setName] = useState('');
  const [vhost, setVhost] = useState('/');
  const [type, setType] = useState('topic');
  const [durable, setDurable] = useState(true);
  const [args, setArgs] = useState('');
  return (
    <ActionDialog
      title="New exchange"
      verb="Make it"
      onClose={onClose}
      act={async () => {
        await ask('PUT', `/api/exchanges/${part(vhost)}/${part(name)}`, {
          type,
          durable,
          arguments: objectIn(args, 'the arguments'),
        });
        say(`Made ${name}`);
        go(['exchanges', vhost, name]);
      }}
    >
      <TextField label="Name" value={name} onChange={setName} required />
      <TextField label="Virtual host" value={vhost} onChange={setVhost} required />
      <ChoiceField
        label="Type"
        value={type}
        onChange={setType}
        choices={[
          ['direct', 'direct: the key as it is'],
          ['topic', 'topic: patterns with * and #'],
          ['fanout', 'fanout: to all'],
          ['headers', 'headers: by what they say'],
          ['x-consistent-hash', 'x-consistent-hash: spread by key'],
          ['x-delayed-message', 'x-delayed-message: later'],
        ]}
      />
      <CheckField label="Outlives a restart" value={durable} onChange={setDurable} />
      <AreaField
        label="Arguments"
        value={args}
        onChange={setArgs}
        rows={2}
        placeholder='{"alternate-exchange": "rest"}'
      />
    </ActionDialog>
  );
}

export function ExchangePage({ vhost, name }: { readonly vhost: string; readonly name: string }): JSX.Element {
  const path = `/api/exchanges/${part(vhost)}/${part(name)}`;
  const { data, error } = useAsked<Exchange>(path);
  const [open, setOpen] = useState<'publish' | 'delete' | null>(null);
  const { readOnly } = useSession();
  const title = name === defaultAlias ? '(default)' : name;
  const above = <a href={to(['exchanges'])}>Exchanges</a>;
  if (data === null)
    return (
      <Page title={title} above={above}>
        {error === null ? <Waiting /> : <Trouble error={error} />}
      </Page>
    );
  const isOurs = name.startsWith('amq.');
  return (
    <Page
      title={title}
      above={above}
      note={data.type}
      actions={
        !readOnly && (
          <>
            <button type="button" onClick={() => setOpen('publish')}>
              Publish
            </button>
            {!isOurs && (
              <button type="button" class="danger" onClick={() => setOpen('delete')}>
                Delete
              </button>
            )}
          </>
        )
      }
    >
      <Panel title="How it behaves">
        <Facts
          facts={[
            ['Type', data.type],
            ['Virtual host', vhost],
            ['Durable', data.durable ? 'yes' : 'no'],
            ['Goes when unused', data.auto_delete ? 'yes' : 'no'],
            ['Internal', data.internal ? 'yes: fed by bindings only' : 'no'],
            ['Policy', data.policy ?? 'none'],
            [
              'Arguments',
              Object.keys(data.arguments).length === 0 ? 'none' : <code>{JSON.stringify(data.arguments)}</code>,
            ],
          ]}
        />
      </Panel>
      {name !== defaultAlias && (
        <Panel title="Leads to" flush>
          <Bindings path={`${path}/bindings/source`} vhost={vhost} from={name} />
        </Panel>
      )}
      {name !== defaultAlias && (
        <Panel title="Is fed by" flush>
          <Bindings path={`${path}/bindings/destination`} vhost={vhost} to={name} toExchange />
        </Panel>
      )}
      {name === defaultAlias && (
        <Panel>
          <Empty title="Every queue is bound to it by its name">
            <a href={to(['queues'])}>Show the queues</a>
          </Empty>
        </Panel>
      )}
      {open === 'publish' && (
        <PublishDialog vhost={vhost} exchange={name} routingKey="" onClose={() => setOpen(null)} />
      )}
      {open === 'delete' && (
        <ActionDialog
          title={`Delete ${name}`}
          verb="Delete it"
          danger
          onClose={() => setOpen(null)}
          act={async () => {
            await ask('DELETE', path);
            say(`Deleted ${name}`);
            go(['exchanges']);
          }}
        >
          <p>The exchange goes with its bindings. Publishers to it have their channels closed.</p>
        </ActionDialog>
      )}
    </Page>
  );
}
