import type { JSX } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { AskError, whenSessionIsLost } from './ask.js';
import { Frame } from './frame.js';
import { type Alarm, whenHeard } from './live.js';
import { Login } from './login.js';
import { Alarms } from './pages/alarms.js';
import { Channels, Connections } from './pages/connections.js';
import { ExchangePage, Exchanges } from './pages/exchanges.js';
import { GroupPage, Groups } from './pages/groups.js';
import { MapPage } from './pages/map.js';
import { Overview } from './pages/overview.js';
import { Policies } from './pages/policies.js';
import { QueuePage } from './pages/queue.js';
import { Queues } from './pages/queues.js';
import { TopicPage } from './pages/topic.js';
import { Topics } from './pages/topics.js';
import { Trace } from './pages/trace.js';
import { UserPage, Users } from './pages/users.js';
import { Empty, Page, Trouble, Waiting } from './parts/page.js';
import { Toasts } from './parts/toast.js';
import { type Route, to, useRoute } from './route.js';
import { readSession, type Session, SessionContext } from './session.js';

export function App(): JSX.Element {
  const [session, setSession] = useState<Session | null>(null);
  const [error, setError] = useState<AskError | null>(null);
  const [alarms, setAlarms] = useState<readonly Alarm[]>([]);
  const [connected, setConnected] = useState(true);
  const route = useRoute();

  const load = useCallback((): void => {
    readSession().then(
      (found) => {
        setError(null);
        setSession(found);
      },
      (reason: unknown) => {
        setError(reason instanceof AskError ? reason : new AskError(0, String(reason)));
        setTimeout(load, 2000);
      },
    );
  }, []);

  useEffect(() => {
    whenSessionIsLost(load);
    whenHeard((heard, isConnected) => {
      setConnected(isConnected);
      if (isConnected) setAlarms((before) => (JSON.stringify(before) === JSON.stringify(heard) ? before : heard));
    });
    load();
  }, [load]);

  if (session === null) return error === null ? <Waiting /> : <Trouble error={error} />;
  if (session.user === null) return <Login onLogin={setSession} />;
  return (
    <SessionContext.Provider value={session}>
      <Frame route={route} alarms={alarms} connected={connected} onLogout={load}>
        <Shown route={route} alarms={alarms} />
      </Frame>
      <Toasts />
    </SessionContext.Provider>
  );
}

function Shown({ route, alarms }: { readonly route: Route; readonly alarms: readonly Alarm[] }): JSX.Element {
  const [first = 'overview', ...rest] = route.path;
  const [one, other] = rest;
  switch (first) {
    case 'overview':
      return <Overview />;
    case 'map':
      return <MapPage route={route} />;
    case 'trace':
      return <Trace key={route.query.toString()} route={route} />;
    case 'topics':
      return one === undefined ? <Topics route={route} /> : <TopicPage key={one} name={one} route={route} />;
    case 'groups':
      return one === undefined ? <Groups route={route} /> : <GroupPage key={one} name={one} />;
    case 'queues':
      if (one === undefined || other === undefined) return <Queues route={route} />;
      return <QueuePage key={`${one} ${other}`} vhost={one} name={other} route={route} />;
    case 'exchanges':
      if (one === undefined || other === undefined) return <Exchanges route={route} />;
      return <ExchangePage key={`${one} ${other}`} vhost={one} name={other} />;
    case 'connections':
      return <Connections route={route} />;
    case 'channels':
      return <Channels route={route} />;
    case 'users':
      return one === undefined ? <Users route={route} /> : <UserPage key={one} name={one} />;
    case 'policies':
      return <Policies />;
    case 'alarms':
      return <Alarms alarms={alarms} />;
    default:
      return (
        <Page title="Not here">
          <Empty title={`There is no page ${first}`}>
            <a href={to(['overview'])}>Go to the overview</a>
          </Empty>
        </Page>
      );
  }
}
