import { queuePlace } from '../../broker/queue-key.js';
import { workIn } from '../../broker/share/work.js';
import type { JsonObject, JsonValue } from '../../lib/json.js';
import type { WatchedConnection } from '../../protocols/watching.js';
import type { Call } from '../api.js';
import { seesGroup } from '../topics/rights.js';
import type { View } from './live.js';

/** What a person may want to look at before it becomes an alarm. */
export function concernsView(connections: () => Iterable<WatchedConnection>): View {
  return { everyMs: 3000, read: (call) => concerns(call, connections()) };
}

/** Of each kind, those with the most messages. */
const eachMax = 50;

interface Concern {
  readonly kind: 'queue' | 'group' | 'connection';
  readonly vhost: string;
  readonly name: string;
  readonly what: string;
  readonly advice: string;
  readonly size: number;
}

function concerns(call: Call, connections: Iterable<WatchedConnection>): JsonValue {
  const found = [...queues(call), ...groups(call), ...blocked(call, connections)];
  return { concerns: found.map((each): JsonObject => ({ ...each })) };
}

function largest(found: Concern[]): Concern[] {
  return found.sort((one, other) => other.size - one.size).slice(0, eachMax);
}

function queues(call: Call): Concern[] {
  const seen = new Set(call.vhosts().map(({ name }) => name));
  const found: Concern[] = [];
  for (const queue of call.broker.queues.all()) {
    const { vhost, name } = queuePlace(queue.name);
    if (!seen.has(vhost)) continue;
    const { ready, locked, dead, consumers } = workIn(call.broker.topicQueues, queue);
    const add = (what: string, advice: string, size: number): void => {
      found.push({ kind: 'queue', vhost, name, what, advice, size });
    };
    if (dead > 0) {
      const advice = 'Look at its dead-letter exchange: make what it leads to, or make room there.';
      add('Dead letters cannot leave it', advice, dead);
    } else if (ready > 0 && locked === 0 && consumers === 0) {
      add('Nobody works it off', 'Start a consumer, or purge or delete the queue.', ready);
    }
  }
  return largest(found);
}

function groups(call: Call): Concern[] {
  const { groups, catalog } = call.broker;
  const members = new Map(groups.sizes());
  const found: Concern[] = [];
  for (const name of groups.offsets.groups()) {
    if ((members.get(name) ?? 0) > 0 || !seesGroup(call, name)) continue;
    let lag = 0;
    for (const [topic, places] of groups.offsets.topics(name)) {
      const partitions = catalog.topic(topic)?.partitions;
      for (const [index, { offset }] of places) lag += Math.max(0, (partitions?.[index]?.highWatermark ?? 0) - offset);
    }
    if (lag === 0) continue;
    const advice = 'Start its consumers, or delete the group.';
    found.push({ kind: 'group', vhost: '', name, what: 'It falls behind and has no members', advice, size: lag });
  }
  return largest(found);
}

function blocked(call: Call, connections: Iterable<WatchedConnection>): Concern[] {
  const found: Concern[] = [];
  for (const connection of connections) {
    if (!call.is('monitoring') && connection.user !== call.caller.name) continue;
    if (connection.facts().state !== 'blocked') continue;
    const { name, vhost } = connection;
    const advice = 'See the alarm: it goes on by itself when that is over.';
    found.push({ kind: 'connection', vhost, name, what: 'Its publishers have to wait', advice, size: 0 });
  }
  return found.slice(0, eachMax);
}
