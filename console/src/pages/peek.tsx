import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { AskError, ask, part, withQuery } from '../ask.js';
import { count } from '../format.js';
import { ChoiceField, TextField } from '../parts/fields.js';
import { Empty, Panel, Trouble } from '../parts/page.js';
import { type Message, Messages } from './message.js';

interface Answer {
  readonly messages: readonly Message[];
  readonly next: number;
  readonly end: boolean;
  readonly scanned: number;
}

const pageSize = 25;

/** Messages of a queue, looked at and left as they are. */
export function PeekPanel({ vhost, name }: { readonly vhost: string; readonly name: string }): JSX.Element {
  const [state, setState] = useState('ready');
  const [text, setText] = useState('');
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [error, setError] = useState<AskError | null>(null);
  const [busy, setBusy] = useState(false);
  const look = async (from: number | null): Promise<void> => {
    setBusy(true);
    const query = { state, count: pageSize, text, at: from };
    try {
      setAnswer(await ask<Answer>('GET', withQuery(`/api/queues/${part(vhost)}/${part(name)}/messages`, query)));
      setError(null);
    } catch (reason) {
      setError(reason instanceof AskError ? reason : new AskError(0, String(reason)));
    }
    setBusy(false);
  };
  return (
    <Panel title="Look into it" note="nothing is consumed, locked or counted" flush>
      <form
        class="filters"
        onSubmit={(event) => {
          event.preventDefault();
          void look(null);
        }}
      >
        <ChoiceField
          label="Messages that are"
          value={state}
          onChange={setState}
          choices={['ready', 'locked', 'delayed', 'dead', 'done', 'any'].map((each) => [
            each,
            each === 'done' ? 'done, as far as they are kept' : each,
          ])}
        />
        <TextField label="With this text" value={text} onChange={setText} placeholder="in the body or the key" />
        <button type="submit" class="primary" disabled={busy}>
          {busy ? 'Looking…' : 'Peek'}
        </button>
        {answer !== null && !answer.end && (
          <button type="button" disabled={busy} onClick={() => void look(answer.next)}>
            Next ones
          </button>
        )}
      </form>
      <Trouble error={error} />
      {answer !== null && answer.messages.length === 0 && (
        <Empty title="No such message">{`${count(answer.scanned)} were looked at.`}</Empty>
      )}
      {answer !== null && answer.messages.length > 0 && (
        <Messages label="Messages of the queue" messages={answer.messages} isQueue />
      )}
    </Panel>
  );
}
