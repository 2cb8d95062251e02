import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { ask, part } from '../ask.js';
import { bytes, count, duration, rate, short } from '../format.js';
import { useLive } from '../live.js';
import { Chart } from '../parts/chart.js';
import { ActionDialog } from '../parts/dialog.js';
import { useHistory } from '../parts/history.js';
import { Badge, Empty, Facts, Page, Panel, Stat, Trouble, Waiting } from '../parts/page.js';
import { Table } from '../parts/table.js';
import { say } from '../parts/toast.js';
import { go, type Route, to } from '../route.js';
import { useSession } from '../session.js';
import { Bindings } from './bindings.js';
import { PeekPanel } from './peek.js';
import { PublishDialog } from './publish.js';
import { RedriveDialog, RewindDialog } from './queue-actions.js';
import { Kind, type QueueTold } from './queues.js';

export interface QueueDetail extends QueueTold {
  readonly measured: boolean;
  readonly came: number;
  readonly firstKept: number;
  readonly runs: number;
  readonly autoDelete: boolean;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly policy: string | null;
  readonly settings: {
    readonly messageTtlMs: number | null;
    readonly expiresMs: number | null;
    readonly lengthMax: number | null;
    readonly bytesMax: number | null;
    readonly overflow: string;
    readonly deliveryLimit: number | null;
    readonly priorityMax: number;
    readonly singleActive: boolean;
    readonly retentionMs: number;
    readonly deadLetter: { readonly exchange: string; readonly key: string | null } | null;
  };
  /** Messages on their way to elsewhere, the latest first. */
  readonly moves: readonly {
    readonly id: string;
    readonly status: string;
    readonly to: string | null;
    readonly toMove: number;
    readonly moved: number;
    readonly failure: string | null;
  }[];
  readonly consumerDetails: readonly {
    readonly consumer_tag: string;
    readonly prefetch_count: number;
    readonly ack_required: boolean;
    readonly active: boolean;
    readonly channel_details: { readonly name: string; readonly user: string; readonly connection_name: string };
  }[];
}

type Open = 'publish' | 'purge' | 'delete' | 'redrive' | 'rewind' | null;

export function QueuePage({ vhost, name }: { vhost: string; name: string; route: Route }): JSX.Element {
  const { data, atMs, error } = useLive<QueueDetail>('queue', { vhost, name });
  const depth = useHistory(
    `queue ${vhost} ${name}`,
    ['ready', 'locked', 'delayed', 'in', 'out'],
    atMs,
    data === null || !data.measured
      ? null
      : { ready: data.ready, locked: data.locked, delayed: data.delayed, in: data.inRate, out: data.outRate },
  );
  const [open, setOpen] = useState<Open>(null);
  const { readOnly } = useSession();
  const above = <a href={to(['queues'])}>Queues</a>;
  if (data === null) {
    return (
      <Page title={name} above={above}>
        {error === null ? <Waiting /> : <Trouble error={error} />}
      </Page>
    );
  }
  const actions = (
    <>
      <button type="button" onClick={() => setOpen('publish')}>
        Publish
      </button>
      <button type="button" onClick={() => setOpen('redrive')}>
        Move messages
      </button>
      <button
        type="button"
        disabled={data.settings.retentionMs === 0}
        title={rewindNote(data)}
        onClick={() => setOpen('rewind')}
      >
        Rewind
      </button>
      <button type="button" class="danger" onClick={() => setOpen('purge')}>
        Purge
      </button>
      <button type="button" class="danger" onClick={() => setOpen('delete')}>
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
          <Kind of={data} /> {vhost !== '/' && <Badge>{vhost}</Badge>}
        </>
      }
      actions={readOnly ? <Badge>you may look, and not change</Badge> : actions}
    >
      <Trouble error={error} />
      <div class="stats">
        <Stat label="Ready" value={count(data.ready)} />
        <Stat label="Locked" value={count(data.locked)} note="handed out, not settled" />
        <Stat
          label="Delayed"
          value={count(data.delayed)}
          note={data.dead > 0 ? `${count(data.dead)} dying` : undefined}
        />
        <Stat label="In" value={rate(data.inRate)} note={`${short(data.came)} in all`} />
        <Stat label="Done" value={rate(data.outRate)} />
        <Stat
          label="Consumers"
          value={count(data.consumers)}
          tone={data.consumers === 0 && data.ready > 0 ? 'warn' : undefined}
          note={data.consumers === 0 && data.ready > 0 ? 'nobody works it off' : undefined}
        />
        <Stat label="Size" value={bytes(data.bytes)} />
      </div>
      <div class="columns">
        <Panel title="Messages">
          <Chart
            label={`Messages in ${name} by what they wait for`}
            times={depth.times}
            format={short}
            lines={[
              { label: 'ready', color: 'chart-1', values: depth.values.ready, filled: true },
              { label: 'locked', color: 'chart-4', values: depth.values.locked },
              { label: 'delayed', color: 'chart-5', values: depth.values.delayed },
            ]}
          />
        </Panel>
        <Panel title="Flow">
          <Chart
            label={`Messages per second through ${name}`}
            times={depth.times}
            format={rate}
            lines={[
              { label: 'in', color: 'chart-1', values: depth.values.in, filled: true },
              { label: 'done', color: 'chart-3', values: depth.values.out },
            ]}
          />
        </Panel>
      </div>
      <PeekPanel vhost={vhost} name={name} />
      <Moves of={data} />
      <Consumers of={data} />
      <Panel title="Bindings" flush>
        <Bindings path={`/api/queues/${part(vhost)}/${part(name)}/bindings`} vhost={vhost} to={name} />
      </Panel>
      <Panel title="How it behaves" note={data.policy === null ? 'no policy' : `policy ${data.policy}`}>
        <Facts facts={behaviour(data)} />
      </Panel>
      {open === 'publish' && (
        <PublishDialog vhost={vhost} exchange="" routingKey={name} onClose={() => setOpen(null)} />
      )}
      {open === 'redrive' && <RedriveDialog queue={data} onClose={() => setOpen(null)} />}
      {open === 'rewind' && <RewindDialog queue={data} onClose={() => setOpen(null)} />}
      {open === 'purge' && (
        <ActionDialog
          title={`Purge ${name}`}
          verb={`Drop ${count(data.ready)} messages`}
          danger
          onClose={() => setOpen(null)}
          act={async () => {
            await ask('DELETE', `/api/queues/${part(vhost)}/${part(name)}/contents`);
            say(`Purged ${name}`);
          }}
        >
          <p>
            All messages that are ready are dropped
            {data.settings.retentionMs > 0 ? '; what is kept can be rewound to' : ' for good'}. Those that are locked
            stay with their consumers.
          </p>
        </ActionDialog>
      )}
      {open === 'delete' && (
        <ActionDialog
          title={`Delete ${name}`}
          verb="Delete it"
          danger
          onClose={() => setOpen(null)}
          act={async () => {
            await ask('DELETE', `/api/queues/${part(vhost)}/${part(name)}`);
            say(`Deleted ${name}`);
            go(['queues']);
          }}
        >
          <p>
            The queue goes with its {count(data.ready + data.locked + data.delayed)} messages and its bindings, and its{' '}
            {count(data.consumers)} consumers are told so.
          </p>
        </ActionDialog>
      )}
    </Page>
  );
}

function rewindNote({ settings }: QueueDetail): string {
  return settings.retentionMs > 0 ? '' : 'What is done is not kept here: declare the queue with x-retention-ms';
}

/** What became of moving messages: it goes on in the background, also when nobody looks. */
function Moves({ of: { vhost, name, moves } }: { readonly of: QueueDetail }): JSX.Element | null {
  const { readOnly } = useSession();
  if (moves.length === 0) return null;
  const cancel = (id: string): void => {
    ask('DELETE', `/api/queues/${part(vhost)}/${part(name)}/redrives/${part(id)}`).then(
      () => say('No more messages are moved'),
      (error: Error) => say(error.message),
    );
  };
  return (
    <Panel title="Moved from here" flush>
      <Table
        label="Moved from here"
        rows={moves}
        keyOf={({ id }) => id}
        columns={[
          { name: 'to', label: 'To', cell: ({ to: place }) => place ?? 'where each had died' },
          {
            name: 'status',
            label: 'State',
            cell: ({ status, failure }) => (
              <>
                <Badge tone={status === 'completed' ? 'good' : status === 'failed' ? 'bad' : 'warn'}>{status}</Badge>
                {failure !== null && (failures[failure] ?? failure)}
              </>
            ),
          },
          {
            name: 'moved',
            label: 'Messages',
            number: true,
            cell: ({ moved, toMove }) => `${count(moved)} of ${count(toMove)}`,
          },
          {
            name: 'cancel',
            label: '',
            cell: ({ id, status }) =>
              status === 'running' && !readOnly ? (
                <button type="button" class="small" onClick={() => cancel(id)}>
                  Stop
                </button>
              ) : null,
          },
        ]}
      />
    </Panel>
  );
}

const failures: Readonly<Record<string, string>> = {
  'no-source': 'A message does not say where it died: move to a queue that you name.',
  'no-destination': 'The queue that a message is to go to is not there: make it, or name another.',
  'no-room': 'The queue that a message is to go to is full.',
  internal: 'The log says why.',
};

function Consumers({ of: { consumerDetails, consumers } }: { readonly of: QueueDetail }): JSX.Element {
  return (
    <Panel title="Consumers" flush>
      {consumerDetails.length === 0 && (
        <Empty title={consumers === 0 ? 'Nobody consumes' : 'They are other users’'}>
          {consumers === 0 && 'Messages wait until an AMQP client consumes, or anybody receives over SQS.'}
        </Empty>
      )}
      {consumerDetails.length > 0 && (
        <Table
          label="Consumers"
          rows={consumerDetails}
          keyOf={({ consumer_tag: tag, channel_details: { name } }) => `${name} ${tag}`}
          columns={[
            { name: 'tag', label: 'Tag', cell: ({ consumer_tag: tag }) => <code>{tag}</code> },
            {
              name: 'channel',
              label: 'Channel',
              cell: ({ channel_details: { name } }) => <a href={to(['channels'], { name })}>{name}</a>,
            },
            { name: 'user', label: 'User', wide: true, cell: ({ channel_details: { user } }) => user },
            { name: 'acks', label: 'Acks', wide: true, cell: ({ ack_required: acks }) => (acks ? 'yes' : 'no') },
            { name: 'active', label: 'Turn', cell: ({ active }) => (active ? 'active' : 'waits') },
            { name: 'prefetch', label: 'Prefetch', number: true, cell: (each) => each.prefetch_count || 'no limit' },
          ]}
        />
      )}
    </Panel>
  );
}

function behaviour({
  settings,
  durable,
  autoDelete,
  runs,
  arguments: args,
  came,
  firstKept,
  vhost,
}: QueueDetail): [string, JSX.Element | string][] {
  const limit = (value: number | null, told: (value: number) => string): string =>
    value === null ? 'no limit' : told(value);
  const { deadLetter } = settings;
  const deadTo =
    deadLetter === null ? (
      'are dropped'
    ) : deadLetter.exchange === '' && deadLetter.key !== null ? (
      <a href={to(['queues', vhost, deadLetter.key])}>{deadLetter.key}</a>
    ) : (
      <a href={to(['exchanges', vhost, deadLetter.exchange])}>{deadLetter.exchange}</a>
    );
  return [
    ['Durable', durable ? 'yes' : 'no'],
    ['Goes with its last consumer', autoDelete ? 'yes' : 'no'],
    ['Dead letters', typeof deadTo === 'string' ? deadTo : <>go to {deadTo}</>],
    ['Deliveries', limit(settings.deliveryLimit, (value) => `at most ${count(value)} returns`)],
    ['Messages live', limit(settings.messageTtlMs, duration)],
    ['Length', limit(settings.lengthMax, count)],
    ['Bytes', limit(settings.bytesMax, bytes)],
    ['When full', settings.overflow],
    ['Priorities', settings.priorityMax === 0 ? 'none' : `0 to ${settings.priorityMax}`],
    ['One consumer at a time', settings.singleActive ? 'yes' : 'no'],
    ['Keeps what is done', settings.retentionMs === 0 ? 'no' : `for ${duration(settings.retentionMs)}`],
    ['Offsets', `${count(firstKept)} to ${count(came)}, ${count(runs)} runs remembered`],
    ['Arguments', Object.keys(args).length === 0 ? 'none' : <code>{JSON.stringify(args)}</code>],
  ];
}
