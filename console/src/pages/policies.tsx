import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { ask, part } from '../ask.js';
import { ActionDialog } from '../parts/dialog.js';
import { AreaField, ChoiceField, objectIn, TextField } from '../parts/fields.js';
import { Icon } from '../parts/icons.js';
import { Empty, Page, Panel, Trouble, Waiting } from '../parts/page.js';
import { type Column, Table } from '../parts/table.js';
import { say } from '../parts/toast.js';
import { useSession } from '../session.js';
import { useAsked } from './use-asked.js';

interface Policy {
  readonly vhost: string;
  readonly name: string;
  readonly pattern: string;
  readonly 'apply-to': string;
  readonly definition: Readonly<Record<string, unknown>>;
  readonly priority: number;
}

/** Who may make them; others see them. */
function mayMake(tags: readonly string[]): boolean {
  return tags.includes('policymaker') || tags.includes('administrator');
}

export function Policies(): JSX.Element {
  const { data, error, again } = useAsked<readonly Policy[]>('/api/policies');
  const [open, setOpen] = useState<Policy | 'new' | null>(null);
  const [removing, setRemoving] = useState<Policy | null>(null);
  const { user } = useSession();
  const may = mayMake(user?.tags ?? []);
  return (
    <Page
      title="Policies"
      note="settings for all queues, topics and exchanges with a name that fits"
      actions={
        may && (
          <button type="button" class="primary" onClick={() => setOpen('new')}>
            <Icon name="plus" />
            New policy
          </button>
        )
      }
    >
      <Trouble error={error} />
      <Panel flush>
        {data === null && error === null && <Waiting />}
        {data !== null && data.length === 0 && (
          <Empty title="There is no policy">
            One policy can bound the length of all queues, or keep all topics of a team for a week, and be changed
            later.
          </Empty>
        )}
        {data !== null && data.length > 0 && (
          <Table
            label="Policies"
            rows={data}
            keyOf={({ vhost, name }) => `${vhost} ${name}`}
            columns={columns(may ? setOpen : null, may ? setRemoving : null)}
          />
        )}
      </Panel>
      {open !== null && (
        <PolicyDialog policy={open === 'new' ? null : open} onClose={() => setOpen(null)} onDone={again} />
      )}
      {removing !== null && (
        <ActionDialog
          title={`Delete ${removing.name}`}
          verb="Delete it"
          danger
          onClose={() => setRemoving(null)}
          act={async () => {
            await ask('DELETE', `/api/policies/${part(removing.vhost)}/${part(removing.name)}`);
            say(`Deleted ${removing.name}`);
            again();
          }}
        >
          <p>What it set goes back to what arguments, other policies or defaults say.</p>
        </ActionDialog>
      )}
    </Page>
  );
}

function columns(
  onEdit: ((policy: Policy) => void) | null,
  onRemove: ((policy: Policy) => void) | null,
): readonly Column<Policy>[] {
  const all: Column<Policy>[] = [
    { name: 'name', label: 'Name', cell: ({ name }) => <strong>{name}</strong> },
    { name: 'vhost', label: 'Virtual host', wide: true, cell: ({ vhost }) => vhost },
    { name: 'pattern', label: 'Names', cell: ({ pattern }) => <code>{pattern}</code> },
    { name: 'to', label: 'Of', cell: (policy) => policy['apply-to'] },
    { name: 'definition', label: 'Sets', cell: ({ definition }) => <code>{JSON.stringify(definition)}</code> },
    { name: 'priority', label: 'Priority', number: true, wide: true, cell: ({ priority }) => priority },
  ];
  if (onEdit !== null && onRemove !== null) {
    all.push({
      name: 'change',
      label: '',
      cell: (policy) => (
        <>
          <button type="button" class="small" onClick={() => onEdit(policy)}>
            Edit
          </button>{' '}
          <button type="button" class="small" onClick={() => onRemove(policy)}>
            Delete
          </button>
        </>
      ),
    });
  }
  return all;
}

function PolicyDialog(props: { policy: Policy | null; onClose: () => void; onDone: () => void }): JSX.Element {
  const { policy } = props;
  const [name, setName] = useState(policy?.name ?? '');
  const [vhost, setVhost] = useState(policy?.vhost ?? '/');
  const [pattern, setPattern] = useState(policy?.pattern ?? '^');
  const [applies, setApplies] = useState(policy?.['apply-to'] ?? 'queues');
  const [priority, setPriority] = useState(String(policy?.priority ?? 0));
  const [definition, setDefinition] = useState(policy === null ? '' : JSON.stringify(policy.definition, null, 2));
  return (
    <ActionDialog
      title={policy === null ? 'New policy' : `Edit ${policy.name}`}
      verb="Save"
      onClose={props.onClose}
      act={async () => {
        await ask('PUT', `/api/policies/${part(vhost)}/${part(name)}`, {
          pattern,
          'apply-to': applies,
          priority: Number(priority),
          definition: objectIn(definition, 'settings'),
        });
        say(`Saved ${name}`);
        props.onDone();
      }}
    >
      {policy === null && (
        <>
          <TextField label="Name" value={name} onChange={setName} required />
          <TextField label="Virtual host" value={vhost} onChange={setVhost} required />
        </>
      )}
      <TextField label="Names that fit" value={pattern} onChange={setPattern} required hint="A regular expression" />
      <ChoiceField
        label="Of"
        value={applies}
        onChange={setApplies}
        choices={['all', 'exchanges', 'queues', 'classic_queues', 'quorum_queues', 'streams'].map((each) => [
          each,
          each,
        ])}
      />
      <TextField
        label="Priority"
        type="number"
        value={priority}
        onChange={setPriority}
        hint="The highest that fits counts"
      />
      <AreaField
        label="Sets"
        value={definition}
        onChange={setDefinition}
        rows={4}
        placeholder='{"max-length": 10000, "message-ttl": 86400000}'
      />
    </ActionDialog>
  );
}
