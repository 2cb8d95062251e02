import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { ask, part } from '../ask.js';
import { count, duration, plural } from '../format.js';
import { ActionDialog } from '../parts/dialog.js';
import { ChoiceField, TextField } from '../parts/fields.js';
import { say } from '../parts/toast.js';
import type { QueueDetail } from './queue.js';

interface Props {
  readonly queue: QueueDetail;
  readonly onClose: () => void;
}

/** What is ready goes to where it died, or to another queue: in the background, each message once. */
export function RedriveDialog({ queue: { vhost, name, ready }, onClose }: Props): JSX.Element {
  const [where, setWhere] = useState('back');
  const [destination, setDestination] = useState('');
  const [most, setMost] = useState('');
  const [perSecond, setPerSecond] = useState('');
  return (
    <ActionDialog
      title={`Move messages of ${name}`}
      verb="Move them"
      onClose={onClose}
      act={async () => {
        const { messages } = await ask<{ messages: number }>(
          'POST',
          `/api/queues/${part(vhost)}/${part(name)}/redrives`,
          {
            ...(where === 'to' ? { destination } : {}),
            ...(most === '' ? {} : { count: Number(most) }),
            ...(perSecond === '' ? {} : { rate: Number(perSecond) }),
          },
        );
        say(`Moving ${plural(messages, 'message')}`);
      }}
    >
      <ChoiceField
        label="Where"
        value={where}
        onChange={setWhere}
        choices={[
          ['back', 'back to where each died'],
          ['to', 'to another queue'],
        ]}
        hint={`${count(ready)} are ready here.`}
      />
      {where === 'to' && <TextField label="Queue" value={destination} onChange={setDestination} required />}
      <div class="field-row">
        <TextField label="At most" type="number" value={most} onChange={setMost} placeholder="all" />
        <TextField label="A second" type="number" value={perSecond} onChange={setPerSecond} placeholder="no limit" />
      </div>
    </ActionDialog>
  );
}

interface Rewound {
  readonly messages: number;
  readonly offset: number;
}

/** What was done since some time is ready once more. It is said how much that is before it is done. */
export function RewindDialog({ queue: { vhost, name, settings }, onClose }: Props): JSX.Element {
  const [time, setTime] = useState('1h');
  const [by, setBy] = useState('done');
  const [found, setFound] = useState<Rewound | null>(null);
  const rewind = (dryRun: boolean): Promise<Rewound> =>
    ask<Rewound>('POST', `/api/queues/${part(vhost)}/${part(name)}/rewind`, { time, by, dry_run: dryRun });
  return (
    <ActionDialog
      title={`Rewind ${name}`}
      verb={found === null ? 'See what comes back' : `Bring ${plural(found.messages, 'message')} back`}
      onClose={onClose}
      act={async () => {
        if (found === null) {
          setFound(await rewind(true));
          return 'stay';
        }
        const { messages } = await rewind(false);
        say(`${plural(messages, 'message')} came back`);
        return undefined;
      }}
    >
      <p>Messages that were worked off are handed out again. They are kept for {duration(settings.retentionMs)}.</p>
      <TextField
        label="Back to"
        value={time}
        onChange={(value) => {
          setTime(value);
          setFound(null);
        }}
        required
        hint="How long ago, as in 15m or 2h, or a time such as 2026-01-31T12:00"
      />
      <ChoiceField
        label="What"
        value={by}
        onChange={(value) => {
          setBy(value);
          setFound(null);
        }}
        choices={[
          ['done', 'was done since then'],
          ['arrival', 'came since then'],
        ]}
      />
      {found !== null && (
        <p role="status">
          <strong>{plural(found.messages, 'message')}</strong> would come back, from offset {count(found.offset)} on.
        </p>
      )}
    </ActionDialog>
  );
}
