import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { AskError, ask, withQuery } from '../ask.js';
import { count, plural, time } from '../format.js';
import { ChoiceField, TextField } from '../parts/fields.js';
import { Badge, Empty, Page, Panel, Trouble, Waiting } from '../parts/page.js';
import { type Route, replaceQuery, to } from '../route.js';
import { type Message, MessageDialog } from './message.js';
import { type Copy, type Step, stepsOf, type TraceAnswer } from './trace-steps.js';

const ways: readonly (readonly [string, string])[] = [
  ['id', 'message id'],
  ['trace', 'trace id (traceparent)'],
  ['key', 'key or routing key'],
  ['header', 'a header'],
  ['text', 'text in the body'],
];

/** One message's way, on every front. */
export function Trace({ route }: { readonly route: Route }): JSX.Element {
  const { query } = route;
  const asked = { by: query.get('by') ?? 'id', value: query.get('value') ?? '', header: query.get('header') ?? '' };
  const [by, setBy] = useState(asked.by);
  const [value, setValue] = useState(asked.value);
  const [header, setHeader] = useState(asked.header);
  const [answer, setAnswer] = useState<TraceAnswer | null>(null);
  const [error, setError] = useState<AskError | null>(null);
  const [busy, setBusy] = useState(false);
  const path = asked.value === '' ? '' : withQuery('/api/console/trace', asked);
  const [round, setRound] = useState(0);
  // Asked again in another round, also for the same.
  useEffect(() => {
    setAnswer(null);
    setError(null);
    if (path === '') return undefined;
    const control = new AbortController();
    setBusy(true);
    ask<TraceAnswer>('GET', path, undefined, control.signal)
      .then(setAnswer, (reason: unknown) => {
        if (!control.signal.aborted) setError(reason instanceof AskError ? reason : new AskError(0, String(reason)));
      })
      .finally(() => setBusy(false));
    return () => control.abort();
  }, [path, round]);
  return (
    <Page title="Trace" note="one message’s way through exchanges, queues, dead letters and topics">
      <Panel flush>
        <form
          class="filters"
          onSubmit={(event) => {
            event.preventDefault();
            replaceQuery(route, { by: by === 'id' ? '' : by, value, header: by === 'header' ? header : '' });
            setRound((before) => before + 1);
          }}
        >
          <ChoiceField label="Known by its" value={by} onChange={setBy} choices={ways} />
          {by === 'header' && <TextField label="Header" value={header} onChange={setHeader} required />}
          <TextField label="Which is" value={value} onChange={setValue} required />
          <button type="submit" class="primary" disabled={busy}>
            {busy ? 'Looking…' : 'Trace'}
          </button>
        </form>
        <Trouble error={error} />
        {busy && <Waiting />}
        {!busy && answer === null && error === null && (
          <Empty title="Which message?">
            Give it a message id when you publish it, or send W3C trace context: a traceparent goes along over Kafka,
            AMQP and SQS.
          </Empty>
        )}
        {answer !== null && <Way answer={answer} />}
      </Panel>
    </Page>
  );
}

function Way({ answer }: { readonly answer: TraceAnswer }): JSX.Element {
  const [shown, setShown] = useState<Message | null>(null);
  const steps = stepsOf(answer);
  return (
    <>
      {steps.length === 0 && (
        <Empty title="It is not here any more, or never was">
          What was acknowledged is gone unless its queue keeps it (x-retention-ms), and topics forget by their
          retention. {count(answer.scanned)} messages in {plural(answer.places, 'place')} were looked at.
        </Empty>
      )}
      {steps.length > 0 && (
        <ol class="steps">
          {steps.map((step) => (
            <li key={`${step.atMs} ${step.kind} ${step.place} ${step.offset ?? ''}`} class={`step ${step.tone}`}>
              <time class="muted">{step.atMs === null ? '' : time(step.atMs)}</time>
              <div>
                <Told step={step} onShow={setShown} />
              </div>
            </li>
          ))}
        </ol>
      )}
      {answer.partly > 0 && (
        <p class="note muted">
          {plural(answer.partly, 'place')} hold more than was looked through: only the newest of what is there was.
        </p>
      )}
      {shown !== null && <MessageDialog message={shown} onClose={() => setShown(null)} />}
    </>
  );
}

function Told({ step, onShow }: { readonly step: Step; readonly onShow: (message: Copy) => void }): JSX.Element {
  const { kind, copy } = step;
  if (kind === 'published')
    return (
      <>
        Published over <Badge>{step.front}</Badge> to{' '}
        {step.exchange === '' ? (
          'the default exchange'
        ) : (
          <At path={['exchanges', step.vhost, step.exchange]}>{step.exchange}</At>
        )}{' '}
        with the key <code>{step.key === '' ? '(none)' : step.key}</code>
      </>
    );
  if (kind === 'produced')
    return (
      <>
        Produced over <Badge>{step.front}</Badge> with the key <code>{step.key === '' ? '(none)' : step.key}</code>
      </>
    );
  if (kind === 'died')
    return (
      <>
        Died in <At path={['queues', step.vhost, step.place]}>{step.place}</At>: {reasons[step.reason] ?? step.reason}
        {step.times > 1 && `, ${count(step.times)} times`}
      </>
    );
  if (kind === 'passed')
    return (
      <>
        Leads to{' '}
        <At path={[step.isTopic ? 'topics' : 'queues', ...(step.isTopic ? [] : [step.vhost]), step.place]}>
          {step.place}
        </At>{' '}
        too, where it is not any more: it was worked off, or came before that binding
      </>
    );
  const where = step.isTopic ? ['topics', step.place] : ['queues', step.vhost, step.place];
  return (
    <>
      {step.isTopic ? 'In the topic ' : 'In the queue '}
      <At path={where}>{step.place}</At> {step.isTopic ? `partition ${copy!.partition}, ` : ''}offset{' '}
      <button type="button" class="small" onClick={() => onShow(copy!)}>
        {copy!.offset}
      </button>{' '}
      <Badge tone={step.tone === 'ready' || step.tone === 'kept' ? 'good' : step.tone === 'dead' ? 'bad' : 'warn'}>
        {states[copy!.state ?? ''] ?? copy!.state}
      </Badge>
      {(copy!.deliveries ?? 0) > 0 && (
        <span class="muted">
          handed out {plural(copy!.deliveries!, 'time')}
          {copy!.deliveries! > 1 ? ', so redelivered' : ''}
        </span>
      )}
    </>
  );
}

function At({
  path,
  children,
}: {
  readonly path: readonly string[];
  readonly children: ComponentChildren;
}): JSX.Element {
  return <a href={to(path)}>{children}</a>;
}

const reasons: Readonly<Record<string, string>> = {
  rejected: 'a consumer rejected it',
  expired: 'its time was over',
  'max-length': 'the queue was too long',
  maxlen: 'the queue was too long',
  'delivery-limit': 'it was handed out too often',
};

const states: Readonly<Record<string, string>> = {
  ready: 'waits to be handed out',
  locked: 'is with a consumer now',
  delayed: 'waits for its time',
  dead: 'is on its way to the dead letters',
  done: 'was worked off, and is kept',
  kept: 'can be read',
};
