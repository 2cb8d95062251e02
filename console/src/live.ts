import { useEffect, useRef, useState } from 'preact/hooks';
import { AskError, ownHeaders, type Query, refusalOf, withQuery } from './ask.js';

export interface Alarm {
  readonly kind: string;
  readonly what: string;
  readonly advice: string;
}

export interface Live<T> {
  readonly data: T | null;
  /** The server's clock. */
  readonly atMs: number;
  readonly error: AskError | null;
}

type Heard = (alarms: readonly Alarm[], connected: boolean) => void;
let heard: Heard = () => {};

/** Called with what every event says besides: who shows alarms shows them on every page. */
export function whenHeard(call: Heard): void {
  heard = call;
}

const againAfterMs = 2000;
const nothing: Live<never> = { data: null, atMs: 0, error: null };

/**
 * What a view of the server says, pushed whenever it changes. While nobody sees the page nothing is asked. Other parameters
 * keep what is shown until there is something else to show; another view does not.
 */
export function useLive<T>(view: string, query: Query = {}): Live<T> {
  const [state, setState] = useState<Live<T>>(nothing);
  const path = withQuery(`/api/console/live/${view}`, query);
  const shown = useRef(view);
  useEffect(() => {
    if (shown.current !== view) setState(nothing);
    shown.current = view;
    return follow<T>(path, setState);
  }, [path, view]);
  return state;
}

/** Calls until the answer is called. */
function follow<T>(path: string, tell: (state: Live<T> | ((before: Live<T>) => Live<T>)) => void): () => void {
  let stopped = false;
  let current: AbortController | null = null;
  let waiting: ReturnType<typeof setTimeout> | undefined;

  const open = async (): Promise<void> => {
    clearTimeout(waiting);
    if (stopped || document.hidden || current !== null) return;
    const control = new AbortController();
    current = control;
    let mayTryAgain = true;
    try {
      await readEvents(path, control.signal, viewTaker(tell));
    } catch (error) {
      if (control.signal.aborted) return;
      const refusal = error instanceof AskError ? error : new AskError(0, 'naru does not answer: is it running?');
      // What is not there, or not for this user, will not come by asking again.
      mayTryAgain = refusal.status === 0 || refusal.status >= 500;
      if (refusal.status === 0) heard([], false);
      tell((before) => ({ ...before, error: refusal }));
    } finally {
      if (current === control) current = null;
    }
    if (!stopped && mayTryAgain) waiting = setTimeout(() => void open(), againAfterMs);
  };
  const changed = (): void => {
    if (document.hidden) {
      current?.abort();
      current = null;
    } else void open();
  };
  document.addEventListener('visibilitychange', changed);
  void open();
  return () => {
    stopped = true;
    clearTimeout(waiting);
    current?.abort();
    document.removeEventListener('visibilitychange', changed);
  };
}

/** Server-sent events by fetch: unlike EventSource it tells why it was refused. */
export async function readEvents(
  path: string,
  signal: AbortSignal,
  take: (name: string, data: string) => void,
  opened?: () => void,
): Promise<void> {
  const response = await fetch(path, { headers: ownHeaders, signal });
  if (!response.ok || response.body === null) throw await refusalOf(response);
  opened?.();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end < 0) break;
      takeEvent(text.slice(0, end), take);
      text = text.slice(end + 2);
    }
  }
}

function takeEvent(event: string, take: (name: string, data: string) => void): void {
  let [name, data] = ['message', ''];
  for (const line of event.split('\n')) {
    if (line.startsWith('event: ')) name = line.slice(7);
    else if (line.startsWith('data: ')) data += line.slice(6);
  }
  if (data !== '') take(name, data);
}

function viewTaker<T>(tell: (state: Live<T>) => void): (name: string, data: string) => void {
  return (name, data) => {
    if (name === 'refused') {
      const { status, reason } = JSON.parse(data) as { readonly status: number; readonly reason: string };
      throw new AskError(status, reason);
    }
    const { atMs, view } = JSON.parse(data) as { atMs: number; view: { alarms: Alarm[]; data: T } };
    heard(view.alarms, true);
    tell({ data: view.data, atMs, error: null });
  };
}
