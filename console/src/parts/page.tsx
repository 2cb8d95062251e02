import type { ComponentChildren, JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { AskError } from '../ask.js';

export function Page(props: {
  readonly title: string;
  /** Where it belongs: a link back. */
  readonly above?: JSX.Element;
  readonly note?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}): JSX.Element {
  const { title, above, note, actions, children } = props;
  useEffect(() => {
    document.title = `${title} · Naru`;
  }, [title]);
  return (
    <div class="page">
      <header class="page-head">
        <div class="page-title">
          {above}
          <h1>{title}</h1>
          {note !== undefined && <span class="muted">{note}</span>}
        </div>
        {actions !== undefined && <div class="actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

export function Panel(props: {
  readonly title?: string;
  readonly note?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly flush?: boolean;
  readonly children: ComponentChildren;
}): JSX.Element {
  const { title, note, actions, flush, children } = props;
  return (
    <section class={flush === true ? 'panel flush' : 'panel'}>
      {title !== undefined && (
        <div class="panel-head">
          <h2>{title}</h2>
          {note !== undefined && <span class="muted">{note}</span>}
          {actions !== undefined && <div class="actions">{actions}</div>}
        </div>
      )}
      {children}
    </section>
  );
}

/** What to do where there is nothing yet. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }): JSX.Element {
  return (
    <div class="empty">
      <strong>{title}</strong>
      {children !== undefined && <p>{children}</p>}
    </div>
  );
}

/** What went wrong and what to do about it. */
export function Trouble({ error }: { readonly error: AskError | null }): JSX.Element | null {
  if (error === null) return null;
  return (
    <div class="trouble" role="alert">
      <strong>{error.message}</strong>
      <span>{adviceFor(error.status)}</span>
    </div>
  );
}

function adviceFor(status: number): string {
  if (status === 0) return 'Start it, or look at its log. This page goes on by itself.';
  if (status === 401 || status === 403) return 'Ask an administrator for that permission, or log in as somebody else.';
  if (status === 404) return 'It may have been deleted meanwhile: go back to the list.';
  if (status >= 500) return 'Its log says more. This page tries again by itself.';
  return 'Correct what was asked for and try again.';
}

export function Waiting(): JSX.Element {
  return (
    <div class="waiting" role="status">
      <span class="visually-hidden">Loading</span>
    </div>
  );
}

export function Stat(props: {
  readonly label: string;
  readonly value: ComponentChildren;
  readonly note?: ComponentChildren;
  readonly tone?: 'good' | 'warn' | 'bad' | undefined;
}): JSX.Element {
  return (
    <div class={`stat ${props.tone ?? ''}`}>
      <span class="stat-label">{props.label}</span>
      <span class="stat-value">{props.value}</span>
      {props.note !== undefined && <span class="stat-note">{props.note}</span>}
    </div>
  );
}

export function Badge({ tone, children }: { tone?: string | undefined; children: ComponentChildren }): JSX.Element {
  return <span class={`badge ${tone ?? ''}`}>{children}</span>;
}

/** Names and values, one below the other. */
export function Facts({ facts }: { readonly facts: readonly (readonly [string, ComponentChildren])[] }): JSX.Element {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
