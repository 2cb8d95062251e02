import type { JSX } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { AskError, ask, part, type Query, withQuery } from '../ask.js';
import { count } from '../format.js';
import { readEvents } from '../live.js';
import { ChoiceField, TextField } from '../parts/fields.js';
import { Icon } from '../parts/icons.js';
import { Empty, Panel, Trouble, Waiting } from '../parts/page.js';
import { type Route, replaceQuery } from '../route.js';
import { type Message, Messages } from './message.js';

interface Answer {
  readonly messages: readonly Message[];
  readonly next: string;
  readonly end: boolean;
  readonly scanned: number;
}

const pageSize = 50;
const tailMax = 200;

const starts: readonly (readonly [string, string])[] = [
  ['newest', 'the newest'],
  ['oldest', 'the oldest'],
  ['offset', 'an offset'],
  ['time', 'a time'],
];

/** What is asked for stands in the address, so that it can be sent to somebody. */
function askedIn({
  query,
}: Route): Readonly<Record<'start' | 'where' | 'partition' | 'key' | 'text' | 'header' | 'value', string>> {
  const text = (name: string): string => query.get(name) ?? '';
  return {
    start: text('start') || 'newest',
    where: text('where'),
    partition: text('partition'),
    key: text('key'),
    text: text('text'),
    header: text('header'),
    value: text('value'),
  };
}

function queryFor(asked: ReturnType<typeof askedIn>): Query {
  const { start, where, partition, key, text, header, value } = asked;
  return {
    partition,
    key,
    text,
    header,
    header_value: header === '' ? '' : value,
    ...(start === 'newest' ? { newest: true } : {}),
    ...(start === 'offset' ? { offset: where || '0' } : {}),
    ...(start === 'time' ? { time: where || '1h' } : {}),
  };
}

/** Messages of a topic by offset, time, key, header and text, and as they come. */
export function Browser(props: {
  readonly topic: string;
  readonly partitions: number;
  /** How many there are by now. */
  readonly records: number;
  readonly route: Route;
}): JSX.Element {
  const { topic, partitions, records, route } = props;
  const asked = askedIn(route);
  const [draft, setDraft] = useState(asked);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [error, setError] = useState<AskError | null>(null);
  const [tailing, setTailing] = useState(false);
  const [seen, setSeen] = useState(records);
  const path = `/api/topics/${part(topic)}/messages`;
  const wanted = withQuery(path, { ...queryFor(asked), count: pageSize });

  const load = useCallback(async (address: string): Promise<void> => {
    try {
      setAnswer(await ask<Answer>('GET', address));
      setError(null);
    } catch (reason) {
      setError(reason instanceof AskError ? reason : new AskError(0, String(reason)));
    }
  }, []);
  const show = useCallback((): void => {
    setSeen(records);
    void load(wanted);
  }, [load, wanted, records]);
  useEffect(() => {
    if (!tailing) show();
    // Not with every record that comes: whoever reads is not to lose what he reads.
  }, [load, wanted, tailing]);
  const isEmpty = answer?.messages.length === 0 && answer.end;
  useEffect(() => {
    if (!tailing && isEmpty && records !== seen) show();
  }, [isEmpty, records, seen, show, tailing]);

  const set =
    (name: keyof typeof draft) =>
    (value: string): void =>
      setDraft((before) => ({ ...before, [name]: value }));
  return (
    <Panel flush>
      <form
        class="filters"
        onSubmit={(event) => {
          event.preventDefault();
          setTailing(false);
          replaceQuery(route, { ...draft, start: draft.start === 'newest' ? '' : draft.start });
          void load(withQuery(path, { ...queryFor(draft), count: pageSize }));
        }}
      >
        <ChoiceField label="From" value={draft.start} onChange={set('start')} choices={starts} />
        {(draft.start === 'offset' || draft.start === 'time') && (
          <TextField
            label={draft.start === 'time' ? 'Time' : 'Offset'}
            value={draft.where}
            onChange={set('where')}
            placeholder={draft.start === 'time' ? '1h, or 2026-01-31T12:00' : '0'}
          />
        )}
        {partitions > 1 && (
          <ChoiceField
            label="Partition"
            value={draft.partition}
            onChange={set('partition')}
            choices={[
              ['', 'all'],
              ...Array.from(
                { length: Math.min(partitions, 1000) },
                (_, index) => [String(index), String(index)] as const,
              ),
            ]}
          />
        )}
        <TextField label="Key" value={draft.key} onChange={set('key')} placeholder="all of it" />
        <TextField label="Text" value={draft.text} onChange={set('text')} placeholder="in key or value" />
        <TextField label="Header" value={draft.header} onChange={set('header')} />
        {draft.header !== '' && (
          <TextField label="Its value" value={draft.value} onChange={set('value')} placeholder="any" />
        )}
        <button type="submit" class="primary">
          Show
        </button>
        {!tailing && asked.start === 'newest' && records !== seen && (
          <button type="button" onClick={show}>
            Show newer ones
          </button>
        )}
        <button type="button" aria-pressed={tailing} onClick={() => setTailing(!tailing)}>
          <Icon name={tailing ? 'pause' : 'play'} />
          Live
        </button>
      </form>
      <Trouble error={error} />
      {tailing ? <Tail topic={topic} query={tailQuery(draft)} /> : <Found answer={answer} error={error} />}
      {!tailing && answer !== null && !answer.end && (
        <div class="panel-foot">
          <button
            type="button"
            onClick={() => {
              const {
                partition: _partition,
                offset: _offset,
                time: _time,
                ...rest
              } = queryFor(asked) as Record<string, string>;
              void load(withQuery(path, { ...rest, at: answer.next, count: pageSize }));
            }}
          >
            {asked.start === 'newest' ? 'Older ones' : 'Later ones'}
          </button>
        </div>
      )}
    </Panel>
  );
}

function Found({ answer, error }: { answer: Answer | null; error: AskError | null }): JSX.Element | null {
  if (answer === null) return error === null ? <Waiting /> : null;
  if (answer.messages.length > 0) return <Messages label="Messages" messages={answer.messages} />;
  return (
    <Empty title="No such message">
      {answer.end
        ? 'Nothing more is there. Choose another beginning, or other filters.'
        : `${count(answer.scanned)} were looked at, and there are more: go on below.`}
    </Empty>
  );
}

function tailQuery({ partition, key, text, header, value }: ReturnType<typeof askedIn>): Query {
  return { partition, key, text, header, header_value: header === '' ? '' : value, rate: 50 };
}

/** The latest come on top; what comes too fast to be read is counted. */
function Tail({ topic, query }: { readonly topic: string; readonly query: Query }): JSX.Element {
  const [messages, setMessages] = useState<readonly Message[]>([]);
  const [skipped, setSkipped] = useState(0);
  const [error, setError] = useState<AskError | null>(null);
  const [open, setOpen] = useState(false);
  const waiting = useRef<Message[]>([]);
  const path = withQuery(`/api/topics/${part(topic)}/tail`, query);
  useEffect(() => {
    const control = new AbortController();
    setMessages([]);
    setError(null);
    setOpen(false);
    // Drawn together a few times a second, however many come.
    const timer = setInterval(() => {
      if (waiting.current.length === 0) return;
      const came = waiting.current.reverse();
      waiting.current = [];
      setMessages((before) => [...came, ...before].slice(0, tailMax));
    }, 250);
    const take = (name: string, data: string): void => {
      if (name === 'message') waiting.current.push(JSON.parse(data) as Message);
      else if (name === 'skipped') setSkipped((before) => before + (JSON.parse(data) as { count: number }).count);
      else if (name === 'failed') setError(new AskError(500, (JSON.parse(data) as { reason: string }).reason));
    };
    readEvents(path, control.signal, take, () => setOpen(true)).catch((reason: unknown) => {
      if (control.signal.aborted) return;
      setError(reason instanceof AskError ? reason : new AskError(0, 'naru does not answer: is it running?'));
    });
    return () => {
      control.abort();
      clearInterval(timer);
    };
  }, [path]);
  return (
    <>
      <Trouble error={error} />
      {skipped > 0 && <p class="note muted">{count(skipped)} came too fast to be shown.</p>}
      {messages.length === 0 ? (
        <Empty title={open ? 'Waiting for messages' : 'Connecting…'}>What comes from now on is shown here.</Empty>
      ) : (
        <Messages label="Messages as they come" messages={messages} />
      )}
    </>
  );
}
