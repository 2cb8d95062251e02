import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { ask, part, withQuery } from '../ask.js';
import { ActionDialog } from '../parts/dialog.js';
import { ChoiceField, TextField } from '../parts/fields.js';
import { Icon } from '../parts/icons.js';
import { Badge, Empty, Page, Panel, Trouble, Waiting } from '../parts/page.js';
import { Pager, SearchBox, Table, useListing } from '../parts/table.js';
import { say } from '../parts/toast.js';
import { go, type Route, to } from '../route.js';
import { isAdministrator, useSession } from '../session.js';
import { type Enveloped, useAsked } from './use-asked.js';

interface User {
  readonly name: string;
  readonly tags: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
}

interface Permission {
  readonly user: string;
  readonly vhost: string;
  readonly configure: string;
  readonly write: string;
  readonly read: string;
}

const tagChoices: readonly (readonly [string, string])[] = [
  ['', 'none: clients only'],
  ['monitoring', 'monitoring: looks, and changes nothing here'],
  ['management', 'management: what its permissions allow'],
  ['policymaker', 'policymaker: and policies'],
  ['administrator', 'administrator: everything'],
];

export function Users({ route }: { readonly route: Route }): JSX.Element {
  const listing = useListing(route, 'name');
  const { page, name, sort, reverse } = listing.query;
  const { data, error, again } = useAsked<Enveloped<User>>(
    withQuery('/api/users', { page: page || 1, page_size: 50, name, sort, sort_reverse: reverse }),
  );
  const [making, setMaking] = useState(false);
  const session = useSession();
  return (
    <Page
      title="Users"
      actions={
        <>
          <SearchBox label="Search users" value={listing.name} onSearch={listing.search} />
          {isAdministrator(session) && (
            <button type="button" class="primary" onClick={() => setMaking(true)}>
              <Icon name="plus" />
              New user
            </button>
          )}
        </>
      }
    >
      <Trouble error={error} />
      <Panel flush>
        {data === null && error === null && <Waiting />}
        {data !== null && data.total_count === 0 && (
          <Empty title="There are no users, so nobody is asked who they are">
            Whoever reaches these ports may do everything. The first user is an administrator, and from then on
            everybody has to log in: here, and with every client.
          </Empty>
        )}
        {data !== null && data.total_count > 0 && (
          <>
            <Table
              label="Users"
              rows={data.items}
              keyOf={(user) => user.name}
              sorting={listing.sorting}
              columns={[
                {
                  name: 'name',
                  label: 'Name',
                  sorts: true,
                  cell: (user) => <a href={to(['users', user.name])}>{user.name}</a>,
                },
                { name: 'tags', label: 'Tags', cell: ({ tags }) => tags.map((tag) => <Badge key={tag}>{tag}</Badge>) },
              ]}
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
      {making && (
        <UserDialog
          isFirst={session.open}
          onClose={() => setMaking(false)}
          onDone={session.open ? () => location.reload() : again}
        />
      )}
    </Page>
  );
}

function UserDialog(props: { isFirst: boolean; onClose: () => void; onDone: () => void }): JSX.Element {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [tag, setTag] = useState(props.isFirst ? 'administrator' : '');
  const [isOpen, setOpen] = useState('all');
  return (
    <ActionDialog
      title="New user"
      verb="Make the user"
      onClose={props.onClose}
      act={async () => {
        await ask('PUT', `/api/users/${part(name)}`, { password, tags: tag });
        // Nobody is let in without a password from then on, so the rest needs a login.
        if (!props.isFirst && isOpen === 'all') {
          await ask('PUT', `/api/permissions/%2F/${part(name)}`, { configure: '.*', write: '.*', read: '.*' });
        }
        say(`Made ${name}`);
        props.onDone();
      }}
    >
      {props.isFirst && (
        <p>
          From now on everybody has to log in, over every protocol. The first user is an administrator and may do
          everything.
        </p>
      )}
      <TextField label="Name" value={name} onChange={setName} required />
      <TextField label="Password" type="password" value={password} onChange={setPassword} required />
      {!props.isFirst && (
        <>
          <ChoiceField label="In the console and the API" value={tag} onChange={setTag} choices={tagChoices} />
          <ChoiceField
            label="In the virtual host /"
            value={isOpen}
            onChange={setOpen}
            choices={[
              ['all', 'everything'],
              ['none', 'nothing yet'],
            ]}
          />
        </>
      )}
    </ActionDialog>
  );
}

export function UserPage({ name }: { readonly name: string }): JSX.Element {
  const path = `/api/users/${part(name)}`;
  const { data, error, again } = useAsked<User>(path);
  const permissions = useAsked<readonly Permission[]>(`${path}/permissions`);
  const [open, setOpen] = useState<'delete' | 'password' | 'tags' | 'permission' | null>(null);
  const session = useSession();
  const above = <a href={to(['users'])}>Users</a>;
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
      note={data.tags.map((tag) => <Badge key={tag}>{tag}</Badge>)}
      actions={
        isAdministrator(session) && (
          <>
            <button type="button" onClick={() => setOpen('tags')}>
              Change tags
            </button>
            <button type="button" onClick={() => setOpen('password')}>
              New password
            </button>
            <button type="button" class="danger" onClick={() => setOpen('delete')}>
              Delete
            </button>
          </>
        )
      }
    >
      <Panel title="Permissions" note="what fits these patterns may be declared, written to and read from" flush>
        {permissions.data?.length === 0 && <Empty title="May not use any virtual host yet" />}
        {permissions.data !== null && permissions.data.length > 0 && (
          <Table
            label="Permissions"
            rows={permissions.data}
            keyOf={({ vhost }) => vhost}
            columns={[
              { name: 'vhost', label: 'Virtual host', cell: ({ vhost }) => vhost },
              { name: 'configure', label: 'Configure', cell: ({ configure }) => <code>{configure}</code> },
              { name: 'write', label: 'Write', cell: ({ write }) => <code>{write}</code> },
              { name: 'read', label: 'Read', cell: ({ read }) => <code>{read}</code> },
            ]}
          />
        )}
        <div class="panel-foot">
          <button type="button" onClick={() => setOpen('permission')}>
            Set permissions
          </button>
        </div>
      </Panel>
      {open === 'permission' && (
        <PermissionDialog user={name} onClose={() => setOpen(null)} onDone={permissions.again} />
      )}
      {open === 'password' && <PasswordDialog path={path} onClose={() => setOpen(null)} />}
      {open === 'tags' && <TagsDialog path={path} tags={data.tags} onClose={() => setOpen(null)} onDone={again} />}
      {open === 'delete' && (
        <ActionDialog
          title={`Delete ${name}`}
          verb="Delete the user"
          danger
          onClose={() => setOpen(null)}
          act={async () => {
            await ask('DELETE', path);
            say(`Deleted ${name}`);
            go(['users']);
          }}
        >
          <p>Nobody can connect as {name} any more, and its access keys and permissions go with it.</p>
        </ActionDialog>
      )}
    </Page>
  );
}

function PermissionDialog(props: { user: string; onClose: () => void; onDone: () => void }): JSX.Element {
  const [vhost, setVhost] = useState('/');
  const [configure, setConfigure] = useState('.*');
  const [write, setWrite] = useState('.*');
  const [read, setRead] = useState('.*');
  return (
    <ActionDialog
      title={`Permissions of ${props.user}`}
      verb="Set them"
      onClose={props.onClose}
      act={async () => {
        await ask('PUT', `/api/permissions/${part(vhost)}/${part(props.user)}`, { configure, write, read });
        say('Set the permissions');
        props.onDone();
      }}
    >
      <TextField label="Virtual host" value={vhost} onChange={setVhost} required />
      <TextField
        label="Configure"
        value={configure}
        onChange={setConfigure}
        hint="A regular expression; empty for nothing"
      />
      <TextField label="Write" value={write} onChange={setWrite} />
      <TextField label="Read" value={read} onChange={setRead} />
    </ActionDialog>
  );
}

function PasswordDialog({ path, onClose }: { readonly path: string; readonly onClose: () => void }): JSX.Element {
  const [password, setPassword] = useState('');
  return (
    <ActionDialog
      title="New password"
      verb="Set it"
      onClose={onClose}
      act={async () => {
        await ask('PUT', path, { password });
        say('Set the password');
      }}
    >
      <TextField label="Password" type="password" value={password} onChange={setPassword} required />
    </ActionDialog>
  );
}

function TagsDialog(props: {
  readonly path: string;
  readonly tags: readonly string[];
  readonly onClose: () => void;
  readonly onDone: () => void;
}): JSX.Element {
  const [tag, setTag] = useState(props.tags[0] ?? '');
  return (
    <ActionDialog
      title="Change tags"
      verb="Change"
      onClose={props.onClose}
      act={async () => {
        await ask('PUT', props.path, { tags: tag });
        say('Changed the tags');
        props.onDone();
      }}
    >
      <ChoiceField label="In the console and the API" value={tag} onChange={setTag} choices={tagChoices} />
    </ActionDialog>
  );
}
