import type { FastifyInstance } from 'fastify';
import type { Broker } from '../../broker/broker.js';
import type { Clock } from '../../lib/clock.js';
import type { LoopLag } from '../../lib/loop-lag.js';
import { type Random, systemRandom } from '../../lib/random.js';
import type { WatchedConnection } from '../../protocols/watching.js';
import type { Api } from '../api.js';
import type { AdminSource } from '../front.js';
import { concernsView } from './concerns-view.js';
import { channelsView, connectionsView } from './connection-views.js';
import { findRoute } from './find.js';
import { groupsView, groupView } from './group-views.js';
import { LiveStreams, type View } from './live.js';
import { mapView } from './map-view.js';
import { overviewView } from './overview-view.js';
import { ConsolePages } from './pages.js';
import { queuesView, queueView } from './queue-views.js';
import { Sessions } from './sessions.js';
import { topicsView, topicView } from './topic-views.js';
import { traceRoute } from './trace.js';

/** The console: its pages, who is logged in to them, and what they show. docs/console.md tells of it. */
export function consoleRoutes(
  app: FastifyInstance,
  api: Api,
  source: AdminSource,
  clock: Clock,
  lag: LoopLag,
  random: Random = systemRandom,
  pages: ConsolePages = new ConsolePages(),
): LiveStreams {
  const currentBroker = (): Broker | null => source.currentBroker();
  const connections = (): Iterable<WatchedConnection> => source.connections();
  const sessions = new Sessions(clock, random);
  api.recognize = sessions.recognize;
  sessions.mount(app, api, currentBroker);
  pages.mount(app, api);
  findRoute(api);
  traceRoute(api);
  const views = new Map<string, View>([
    ['overview', overviewView(source, lag)],
    ['map', mapView],
    ['queues', queuesView],
    ['queue', queueView(connections)],
    ['topics', topicsView],
    ['topic', topicView],
    ['groups', groupsView],
    ['group', groupView],
    ['connections', connectionsView(connections)],
    ['channels', channelsView(connections)],
    ['concerns', concernsView(connections)],
  ]);
  const live = new LiveStreams(views, currentBroker, clock);
  live.mount(app, api);
  return live;
}
