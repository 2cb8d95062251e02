import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Finder } from './finder.js';
import { KeyHelp, useKeys } from './keys.js';
import type { Alarm } from './live.js';
import { Icon, Logo } from './parts/icons.js';
import { type Route, to } from './route.js';
import { isAdministrator, logOut, useSession } from './session.js';
import { applyTheme, nextTheme, type Theme, themeNow } from './theme.js';

export interface Place {
  readonly path: string;
  readonly label: string;
  /** Pressed after `g`. */
  readonly key: string;
  readonly administrators?: true;
}

export const places: readonly (readonly Place[])[] = [
  [
    { path: 'overview', label: 'Overview', key: 'o' },
    { path: 'map', label: 'Map', key: 'm' },
    { path: 'trace', label: 'Trace', key: 'r' },
  ],
  [
    { path: 'topics', label: 'Topics', key: 't' },
    { path: 'groups', label: 'Groups', key: 'g' },
    { path: 'queues', label: 'Queues', key: 'q' },
    { path: 'exchanges', label: 'Exchanges', key: 'e' },
  ],
  [
    { path: 'connections', label: 'Connections', key: 'c' },
    { path: 'channels', label: 'Channels', key: 'h' },
    { path: 'users', label: 'Users', key: 'u', administrators: true },
    { path: 'policies', label: 'Policies', key: 'p' },
    { path: 'alarms', label: 'Alarms', key: 'a' },
  ],
];

/** What is around every page: where to go, who one is, and what is wrong. */
export function Frame(props: {
  readonly route: Route;
  readonly alarms: readonly Alarm[];
  readonly connected: boolean;
  readonly onLogout: () => void;
  readonly children: ComponentChildren;
}): JSX.Element {
  const { route, alarms, connected, children } = props;
  const [open, setOpen] = useState(false);
  const [finding, setFinding] = useState(false);
  const [help, setHelp] = useState(false);
  useKeys({ find: () => setFinding(true), help: () => setHelp(true) });
  // Whoever went somewhere is done with the menu.
  useEffect(() => setOpen(false), [route]);
  return (
    <div class="frame">
      <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
        Skip to the page
      </button>
      <header class="bar">
        <button
          type="button"
          class="plain menu"
          aria-expanded={open}
          aria-controls="places"
          onClick={() => setOpen(!open)}
        >
          <Icon name="menu" />
          <span class="visually-hidden">Menu</span>
        </button>
        <a class="brand" href={to(['overview'])}>
          <Logo />
          Naru
        </a>
        <button type="button" class="plain" onClick={() => setFinding(true)}>
          <Icon name="search" />
          <span class="visually-hidden">Find</span>
        </button>
      </header>
      <Sidebar {...props} open={open} onFind={() => setFinding(true)} />
      <main id="main" tabIndex={-1}>
        {!connected && (
          <p class="banner bad" role="alert">
            Naru does not answer. What is shown is how it was; this page goes on by itself when it is back.
          </p>
        )}
        {alarms.map((alarm) => (
          <p key={alarm.kind} class="banner warn" role="alert">
            <Icon name="alarms" />
            <span>
              <strong>{alarm.what}</strong> {alarm.advice}
            </span>
          </p>
        ))}
        {children}
      </main>
      {finding && <Finder onClose={() => setFinding(false)} />}
      {help && <KeyHelp onClose={() => setHelp(false)} />}
    </div>
  );
}

function Sidebar(props: {
  readonly route: Route;
  readonly alarms: readonly Alarm[];
  readonly open: boolean;
  readonly onLogout: () => void;
  readonly onFind: () => void;
}): JSX.Element {
  const { route, alarms, open } = props;
  const session = useSession();
  const here = route.path[0] ?? 'overview';
  return (
    <nav id="places" class={open ? 'sidebar open' : 'sidebar'} aria-label="Pages of the console">
      <a class="brand" href={to(['overview'])}>
        <Logo />
        Naru
      </a>
      <button type="button" class="find" onClick={props.onFind}>
        <Icon name="search" />
        Find
        <kbd>/</kbd>
      </button>
      {places.map((group) => (
        <ul key={group[0]!.path}>
          {group
            .filter(({ administrators }) => administrators !== true || isAdministrator(session))
            .map(({ path, label }) => (
              <li key={path}>
                <a href={to([path])} aria-current={path === here ? 'page' : undefined}>
                  <Icon name={path} />
                  {label}
                  {path === 'alarms' && alarms.length > 0 && <span class="count bad">{alarms.length}</span>}
                </a>
              </li>
            ))}
        </ul>
      ))}
      <div class="foot">
        <ThemeButton />
        <Who onLogout={props.onLogout} />
      </div>
    </nav>
  );
}

const themeIcons: Readonly<Record<Theme, string>> = { auto: 'auto', light: 'sun', dark: 'moon' };
const themeNames: Readonly<Record<Theme, string>> = { auto: 'As the system', light: 'Light', dark: 'Dark' };

function ThemeButton(): JSX.Element {
  const [theme, setTheme] = useState(themeNow);
  return (
    <button
      type="button"
      class="plain row"
      onClick={() => {
        const next = nextTheme(theme);
        applyTheme(next);
        setTheme(next);
      }}
    >
      <Icon name={themeIcons[theme]} />
      {themeNames[theme]}
      <span class="visually-hidden">: change the colors</span>
    </button>
  );
}

function Who({ onLogout }: { readonly onLogout: () => void }): JSX.Element {
  const { open, user, readOnly } = useSession();
  if (open) return <p class="muted who">No users: everybody who reaches this port may do everything.</p>;
  return (
    <div class="who row">
      <span>
        {user!.name}
        <small class="muted">{readOnly ? 'looks, and does not change' : user!.tags.join(', ')}</small>
      </span>
      <button type="button" class="plain" onClick={() => void logOut().then(onLogout, onLogout)}>
        <Icon name="out" />
        <span class="visually-hidden">Log out</span>
      </button>
    </div>
  );
}
