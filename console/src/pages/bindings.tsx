import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { ask, part } from '../ask.js';
import { ActionDialog } from '../parts/dialog.js';
import { AreaField, ChoiceField, objectIn, TextField } from '../parts/fields.js';
import { Empty, Trouble, Waiting } from '../parts/page.js';
import { type Column, Table } from '../parts/table.js';
import { say } from '../parts/toast.js';
import { to as addressOf } from '../route.js';
import { useSession } from '../session.js';
import { useAsked } from './use-asked.js';

interface Binding {
  readonly source: string;
  readonly vhost: string;
  readonly destination: string;
  readonly destination_type: 'queue' | 'exchange';
  readonly routing_key: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly properties_key: string;
}

/** The bindings that a path lists, all from one exchange or all to one place. */
export function Bindings(props: {
  readonly path: string;
  readonly vhost: string;
  readonly from?: string;
  readonly to?: string;
  readonly toExchange?: boolean;
}): JSX.Element {
  const { path, vhost, from } = props;
  const { data, error, again } = useAsked<readonly Binding[]>(path);
  const [making, setMaking] = useState(false);
  const { readOnly } = useSession();
  const remove = async (binding: Binding): Promise<void> => {
    const kind = binding.destination_type === 'queue' ? 'q' : 'e';
    await ask(
      'DELETE',
      `/api/bindings/${part(vhost)}/e/${part(binding.source)}/${kind}/${part(binding.destination)}/${part(binding.properties_key)}`,
    );
    say('Unbound');
    again();
  };
  if (data === null) return error === null ? <Waiting /> : <Trouble error={error} />;
  return (
    <>
      <Trouble error={error} />
      {data.length === 0 && (
        <Empty title="Nothing is bound">
          {from === undefined
            ? 'Messages come over the default exchange, by its name.'
            : 'What is published here goes nowhere.'}
        </Empty>
      )}
      {data.length > 0 && (
        <Table
          label="Bindings"
          rows={data}
          keyOf={({ source, destination, properties_key: key }) => `${source} ${destination} ${key}`}
          columns={columnsFor(from === undefined, readOnly ? null : remove)}
        />
      )}
      {!readOnly && (
        <div class="panel-foot">
          <button type="button" onClick={() => setMaking(true)}>
            Bind
          </button>
        </div>
      )}
      {making && <BindDialog {...props} onClose={() => setMaking(false)} onDone={again} />}
    </>
  );
}

function columnsFor(isTo: boolean, remove: ((binding: Binding) => Promise<void>) | null): readonly Column<Binding>[] {
  const columns: Column<Binding>[] = [
    isTo
      ? {
          name: 'from',
          label: 'From',
          cell: ({ source, vhost }) =>
            source === '' ? (
              <span class="muted">default exchange</span>
            ) : (
              <a href={addressOf(['exchanges', vhost, source])}>{source}</a>
            ),
        }
      : {
          name: 'to',
          label: 'To',
          cell: ({ destination, destination_type: kind, vhost }) => (
            <>
              <a href={addressOf([kind === 'queue' ? 'queues' : 'exchanges', vhost, destination])}>{destination}</a>{' '}
              <small class="muted">{kind}</small>
            </>
          ),
        },
    { name: 'key', label: 'Routing key', cell: ({ routing_key: key }) => <code>{key === '' ? '(none)' : key}</code> },
    {
      name: 'arguments',
      label: 'Arguments',
      wide: true,
      cell: ({ arguments: args }) => (Object.keys(args).length === 0 ? '' : <code>{JSON.stringify(args)}</code>),
    },
  ];
  if (remove !== null) {
    columns.push({
      name: 'remove',
      label: '',
      cell: (binding) =>
        binding.source === '' ? null : (
          <button
            type="button"
            class="small"
            onClick={() => void remove(binding).catch((error) => say(String(error.message)))}
          >
            Unbind
          </button>
        ),
    });
  }
  return columns;
}

function BindDialog(props: {
  readonly vhost: string;
  readonly from?: string;
  readonly to?: string;
  readonly toExchange?: boolean;
  readonly onClose: () => void;
  readonly onDone: () => void;
}): JSX.Element {
  const [source, setSource] = useState(props.from ?? '');
  const [destination, setDestination] = useState(props.to ?? '');
  const [kind, setKind] = useState(props.toExchange === true ? 'e' : 'q');
  const [key, setKey] = useState('');
  const [args, setArgs] = useState('');
  return (
    <ActionDialog
      title="Bind"
      verb="Bind"
      onClose={props.onClose}
      act={async () => {
        await ask('POST', `/api/bindings/${part(props.vhost)}/e/${part(source)}/${kind}/${part(destination)}`, {
          routing_key: key,
          arguments: objectIn(args, 'the arguments'),
        });
        say('Bound');
        props.onDone();
      }}
    >
      {props.from === undefined && <TextField label="From exchange" value={source} onChange={setSource} required />}
      {props.to === undefined && (
        <>
          <ChoiceField
            label="To"
            value={kind}
            onChange={setKind}
            choices={[
              ['q', 'queue or topic'],
              ['e', 'exchange'],
            ]}
          />
          <TextField label="Named" value={destination} onChange={setDestination} required />
        </>
      )}
      <TextField
        label="Routing key"
        value={key}
        onChange={setKey}
        hint="A topic exchange knows * for a word and # for any."
      />
      <AreaField label="Arguments" value={args} onChange={setArgs} rows={2} placeholder='{"x-match": "all"}' />
    </ActionDialog>
  );
}
