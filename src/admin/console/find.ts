import { queuePlace } from '../../broker/queue-key.js';
import type { JsonValue } from '../../lib/json.js';
import type { Api, Call } from '../api.js';
import { groupNames } from '../groups/known-groups.js';
import { seesGroup, seesTopic } from '../topics/rights.js';
import { textAsked } from './queue-views.js';

const eachMax = 8;

/** Things of all kinds by a part of their name: for whoever knows what a thing is called, not where it is. */
export function findRoute(api: Api): void {
  api.get('/api/console/find', 'management', find);
}

function find(call: Call): JsonValue {
  const wanted = textAsked(call, 'name').toLowerCase();
  const fits = (name: string): boolean => name.toLowerCase().includes(wanted);
  const { broker } = call;
  const vhosts = call.vhosts();
  const seen = new Set(vhosts.map(({ name }) => name));
  const queues = first(broker.queues.all(), ({ name: key }) => {
    const { vhost, name } = queuePlace(key);
    return seen.has(vhost) && fits(name) ? { vhost, name } : null;
  });
  const topics = first(broker.catalog.topics(), ({ name }) => (fits(name) && seesTopic(call, name) ? name : null));
  const groups = first(groupNames(broker), (name) => (fits(name) && seesGroup(call, name) ? name : null));
  const exchanges = vhosts.flatMap(({ name: vhost, router }) =>
    first(router.exchanges(), ({ name }) => (fits(name) ? { vhost, name } : null)),
  );
  return { queues, topics, groups, exchanges: exchanges.slice(0, eachMax) };
}

function first<T, U>(things: Iterable<T>, pick: (thing: T) => U | null): U[] {
  const found: U[] = [];
  for (const thing of things) {
    const picked = pick(thing);
    if (picked === null) continue;
    found.push(picked);
    if (found.length >= eachMax) break;
  }
  return found;
}
