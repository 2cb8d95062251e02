import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { bytes, count, plural, time } from '../format.js';
import { Dialog } from '../parts/dialog.js';
import { Badge, Facts } from '../parts/page.js';
import { type Column, Table } from '../parts/table.js';
import { say } from '../parts/toast.js';
import { to } from '../route.js';

export interface Header {
  readonly key: string;
  readonly value: string | null;
  readonly encoding?: string;
}

export interface Death {
  readonly vhost: string;
  readonly queue: string;
  readonly reason: string;
  readonly count: number;
  readonly exchange: string;
  readonly routing_keys: readonly string[];
  readonly first_ms: number;
}

/** As the admin API shows what is in topics and queues. */
export interface Message {
  readonly partition?: number | null;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string | null;
  readonly key_encoding?: string;
  readonly value: string | null;
  readonly value_encoding?: string;
  readonly value_bytes: number;
  readonly truncated: boolean;
  readonly headers?: readonly Header[] | Readonly<Record<string, unknown>>;
  readonly exchange?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly deaths?: readonly Death[];
  readonly state?: string;
  readonly deliveries?: number;
}

export function headersOf({ headers, properties }: Message): [string, string][] {
  const list: [string, string][] = [];
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (name !== 'headers') list.push([name, plain(value)]);
    else for (const [key, each] of Object.entries(value as Record<string, unknown>)) list.push([key, plain(each)]);
  }
  if (Array.isArray(headers)) for (const { key, value } of headers as Header[]) list.push([key, value ?? 'null']);
  else for (const [key, value] of Object.entries(headers ?? {})) list.push([key, plain(value)]);
  return list;
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** JSON is easier to read with its lines. */
export function pretty({ value, value_encoding: encoding, truncated }: Message): string {
  if (value === null) return '';
  if (encoding === 'base64' || truncated || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return value;
  }
}

export function Messages(props: {
  readonly label: string;
  readonly messages: readonly Message[];
  readonly isQueue?: boolean;
}): JSX.Element {
  const [shown, setShown] = useState<Message | null>(null);
  return (
    <>
      <Table
        label={props.label}
        rows={props.messages}
        keyOf={({ partition, offset }) => `${partition ?? ''}:${offset}`}
        columns={columns(props.isQueue === true, setShown)}
      />
      {shown !== null && <MessageDialog message={shown} onClose={() => setShown(null)} />}
    </>
  );
}

function columns(isQueue: boolean, onShow: (message: Message) => void): readonly Column<Message>[] {
  const place: Column<Message> = {
    name: 'offset',
    label: 'Offset',
    number: true,
    cell: (message) => (
      <button type="button" class="small" onClick={() => onShow(message)}>
        {typeof message.partition === 'number' ? `${message.partition}:` : ''}
        {message.offset}
        <span class="visually-hidden">: show all of it</span>
      </button>
    ),
  };
  const state: Column<Message> = {
    name: 'state',
    label: 'State',
    cell: ({ state, deliveries = 0 }) => (
      <>
        <Badge tone={state === 'ready' ? 'good' : state === 'dead' ? 'bad' : undefined}>{state}</Badge>
        {deliveries > 0 && <small class="muted">{plural(deliveries, 'delivery', 'deliveries')}</small>}
      </>
    ),
  };
  return [
    place,
    { name: 'time', label: 'Time', wide: true, cell: ({ timestamp }) => <span class="nowrap">{time(timestamp)}</span> },
    ...(isQueue ? [state] : []),
    {
      name: 'key',
      label: isQueue ? 'Routing key' : 'Key',
      cell: ({ key }) => <code class="one-line">{key ?? ''}</code>,
    },
    {
      name: 'value',
      label: isQueue ? 'Body' : 'Value',
      cell: ({ value, value_encoding: encoding }) => (
        <code class="one-line">
          {value === null ? 'null' : encoding === 'base64' ? `base64 ${value}` : value.slice(0, 400)}
        </code>
      ),
    },
    {
      name: 'headers',
      label: 'Headers',
      wide: true,
      cell: (message) => (
        <span class="muted one-line">
          {headersOf(message)
            .map(([name, value]) => `${name}: ${value}`)
            .join(', ')}
        </span>
      ),
    },
    { name: 'size', label: 'Size', number: true, wide: true, cell: (message) => bytes(message.value_bytes) },
  ];
}

/** What other copies of it have too; null when there is nothing of the kind. */
function knownBy(headers: readonly (readonly [string, string])[]): { by: string; value: string } | null {
  const named = (...names: readonly string[]): string | undefined =>
    headers.find(([name]) => names.includes(name))?.[1];
  const id = named('message_id', 'message-id');
  if (id !== undefined) return { by: 'id', value: id };
  const trace = /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(named('traceparent') ?? '')?.[1];
  return trace === undefined ? null : { by: 'trace', value: trace };
}

export function MessageDialog({ message, onClose }: { message: Message; onClose: () => void }): JSX.Element {
  const headers = headersOf(message);
  const known = knownBy(headers);
  const copy = (text: string): void => {
    navigator.clipboard?.writeText(text).then(
      () => say('Copied'),
      () => say('The browser does not let us copy'),
    );
  };
  return (
    <Dialog
      title={`Message ${message.partition ?? ''}${typeof message.partition === 'number' ? ':' : ''}${message.offset}`}
      wide
      onClose={onClose}
    >
      <div class="dialog-body">
        <Facts
          facts={[
            ['Time', time(message.timestamp)],
            [message.exchange === undefined ? 'Key' : 'Routing key', <code key="key">{message.key ?? 'null'}</code>],
            ...(message.exchange === undefined
              ? []
              : ([['Exchange', message.exchange === '' ? 'default' : message.exchange]] as [string, string][])),
            ...(message.state === undefined ? [] : ([['State', message.state]] as [string, string][])),
            ...(message.deliveries === undefined
              ? []
              : ([['Handed out', plural(message.deliveries, 'time')]] as [string, string][])),
            ['Size', `${count(message.value_bytes)} bytes${message.truncated ? ', cut here' : ''}`],
          ]}
        />
        {headers.length > 0 && (
          <Facts facts={headers.map(([name, value]) => [name, <code key={name}>{value}</code>])} />
        )}
        {message.deaths !== undefined && (
          <p>
            Died in{' '}
            {message.deaths
              .map(({ queue, reason, count: times }) => `${queue} (${reason}, ${plural(times, 'time')})`)
              .join(', ')}
          </p>
        )}
        <pre class="message-body">{pretty(message)}</pre>
      </div>
      <footer class="dialog-foot">
        {known !== null && (
          <a class="button" href={to(['trace'], known)} onClick={onClose}>
            Trace it
          </a>
        )}
        <button type="button" onClick={() => copy(JSON.stringify(message, null, 2))}>
          Copy as JSON
        </button>
        <button type="button" class="primary" onClick={() => copy(message.value ?? '')}>
          Copy the value
        </button>
      </footer>
    </Dialog>
  );
}
