import type { Queue } from '../../broker/queue/queue.js';
import { defaultVhost, queuePlace } from '../../broker/queue-key.js';
import type { Exchange } from '../../broker/routing/exchange.js';
import { type Work, workIn } from '../../broker/share/work.js';
import type { Topic } from '../../broker/topic.js';
import type { Vhost } from '../../broker/vhost.js';
import type { JsonObject, JsonValue } from '../../lib/json.js';
import type { Call } from '../api.js';
import { notFound } from '../http-error.js';
import type { View } from './live.js';
import type { Meter } from './meter.js';
import { flow, textAsked } from './queue-views.js';

/** Who leads to whom in a virtual host, and how much flows: `?vhost=…&name=…`. */
export const mapView: View = { everyMs: 1500, read: map };

/** What a person can take in; the busiest are told, and how many there are besides. */
const placesMax = 60;
const exchangesMax = 40;
const groupsMax = 40;
/** Keys of bindings between the same two ends that are told one by one. */
const keysMax = 4;

interface Place {
  readonly id: string;
  readonly name: string;
  readonly kind: 'queue' | 'topic';
  readonly logId: number;
  readonly inRate: number;
  readonly weight: number;
  readonly told: JsonObject;
  readonly deadLetters: string | null;
}

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly kind: 'binding' | 'dead-letter' | 'alternate' | 'group';
  keys: string[];
  count: number;
  readonly rate: number;
  /** The rate is that of all that leads there: who counts what came over which binding? */
  readonly shared: boolean;
}

function map(call: Call, meter: Meter): JsonValue {
  const name = textAsked(call, 'vhost', defaultVhost);
  const vhost = call.broker.vhosts.get(name);
  if (vhost === undefined || !call.sees(name)) throw notFound(`there is no virtual host ${name}`);
  const wanted = textAsked(call, 'name').toLowerCase();
  const all = placesIn(call, vhost, meter);
  const fitting = wanted === '' ? all : all.filter((place) => place.name.toLowerCase().includes(wanted));
  fitting.sort((one, other) => other.weight - one.weight || (one.name < other.name ? -1 : 1));
  const places = fitting.slice(0, placesMax);
  const edges = new Map<string, Edge>();
  const exchanges = exchangesOf(vhost, places, edges);
  const groups = name === defaultVhost ? groupsOf(call, places, meter, edges) : [];
  return {
    vhost: name,
    vhosts: call.vhosts().map((each) => each.name),
    exchanges,
    places: places.map(({ told }) => told),
    groups,
    edges: Array.from(edges.values(), (edge) => ({ ...edge })),
    found: fitting.length,
    total: all.length,
  };
}

function placesIn(call: Call, vhost: Vhost, meter: Meter): Place[] {
  const places: Place[] = [];
  for (const queue of call.broker.queues.all()) {
    if (queuePlace(queue.name).vhost !== vhost.name) continue;
    places.push(placeOfQueue(queue, workIn(call.broker.topicQueues, queue), vhost, meter));
  }
  if (vhost.name !== defaultVhost) return places;
  for (const topic of call.broker.catalog.topics()) {
    if (!topic.internal) places.push(placeOfTopic(topic, vhost, meter));
  }
  return places;
}

/** What is bound comes before what is not, and what is busy before both. */
function weightOf(vhost: Vhost, logId: number, rates: number, messages: number): number {
  const bound = [...vhost.router.bindingsTo(logId)].length > 0 ? 1 : 0;
  return rates * 1000 + bound * 100 + Math.min(99, messages);
}

function placeOfQueue(queue: Queue, work: Work, vhost: Vhost, meter: Meter): Place {
  const { name } = queuePlace(queue.name);
  const { inRate, outRate } = flow(queue, work, meter);
  const { ready, locked, delayed, consumers } = work;
  const { settings, log } = queue;
  const id = `queue ${name}`;
  return {
    id,
    name,
    kind: 'queue',
    logId: log.id,
    inRate,
    weight: weightOf(vhost, log.id, inRate + outRate, ready + locked + consumers),
    deadLetters: settings.deadLetter?.exchange ?? null,
    told: {
      id,
      name,
      kind: 'queue',
      ready,
      locked,
      delayed,
      consumers,
      inRate,
      outRate,
    },
  };
}

function placeOfTopic(topic: Topic, vhost: Vhost, meter: Meter): Place {
  let [ends, records] = [0, 0];
  for (const { log, startOffset, highWatermark } of topic.partitions) {
    ends += log.endOffset;
    records += highWatermark - startOffset;
  }
  const inRate = meter.rate(`topic ${topic.id}`, ends);
  const id = `topic ${topic.name}`;
  const logId = topic.partitions[0]!.log.id;
  const told = { id, name: topic.name, kind: 'topic', partitions: topic.partitions.length, records, inRate };
  const weight = weightOf(vhost, logId, inRate, records);
  return { id, name: topic.name, kind: 'topic', logId, inRate, weight, deadLetters: null, told };
}

/** The exchanges that lead to those places, over others too, and all that people made. */
function exchangesOf({ router }: Vhost, places: readonly Place[], edges: Map<string, Edge>): JsonObject[] {
  const told = new Map<string, JsonObject>();
  const idOf = (exchange: string): string => `exchange ${exchange}`;
  const tell = (exchange: Exchange | undefined): boolean => {
    if (exchange === undefined) return false;
    if (told.has(exchange.name)) return true;
    if (told.size >= exchangesMax) return false;
    const { name, type, alternate, outgoing } = exchange;
    told.set(name, { id: idOf(name), name, type, bindings: outgoing.size });
    for (const { source, key } of router.bindingsTo(name)) {
      if (tell(source)) join(edges, idOf(source.name), idOf(name), 'binding', key, 0, false);
    }
    if (alternate !== null && tell(router.find(alternate))) join(edges, idOf(name), idOf(alternate), 'alternate');
    return true;
  };
  for (const place of places) {
    const bindings = [...router.bindingsTo(place.logId)];
    const shared = new Set(bindings.map(({ source }) => source.name)).size > 1;
    for (const { source, key } of bindings) {
      if (tell(source)) join(edges, idOf(source.name), place.id, 'binding', key, place.inRate, shared);
    }
    const { deadLetters } = place;
    if (deadLetters !== null && tell(router.find(deadLetters))) {
      join(edges, place.id, idOf(deadLetters), 'dead-letter');
    }
  }
  for (const exchange of router.exchanges()) if (!exchange.name.startsWith('amq.')) tell(exchange);
  return [...told.values()];
}

function join(
  edges: Map<string, Edge>,
  from: string,
  to: string,
  kind: Edge['kind'],
  key: string | null = null,
  rate = 0,
  shared = false,
): void {
  const id = `${kind}\n${from}\n${to}`;
  let edge = edges.get(id);
  if (edge === undefined) {
    edge = { from, to, kind, keys: [], count: 0, rate, shared };
    edges.set(id, edge);
  }
  edge.count++;
  if (key !== null && edge.keys.length < keysMax) edge.keys.push(key);
}

/** Groups that have committed something about one of the topics, and share groups. */
function groupsOf(call: Call, places: readonly Place[], meter: Meter, edges: Map<string, Edge>): JsonObject[] {
  const { groups, catalog, shares } = call.broker;
  const shown = new Set(places.filter(({ kind }) => kind === 'topic').map(({ name }) => name));
  const told: JsonObject[] = [];
  const members = new Map(groups.sizes());
  for (const group of groups.offsets.groups()) {
    if (told.length >= groupsMax) break;
    const id = `group ${group}`;
    let [lag, joined] = [0, false];
    for (const [name, places] of groups.offsets.topics(group)) {
      const topic = shown.has(name) ? catalog.topic(name) : undefined;
      if (topic === undefined) continue;
      let sum = 0;
      for (const [index, { offset }] of places) {
        sum += offset;
        lag += Math.max(0, (topic.partitions[index]?.highWatermark ?? offset) - offset);
      }
      joined = true;
      join(edges, `topic ${name}`, id, 'group', null, meter.rate(`${id}\n${name}`, sum));
    }
    if (joined) told.push({ id, name: group, kind: 'group', members: members.get(group) ?? 0, lag });
  }
  for (const group of shares) {
    if (told.length >= groupsMax) break;
    const id = `share ${group.id}`;
    let [lag, joined] = [0, false];
    for (const [topicId, partitions] of group.partitions) {
      const name = catalog.topicById(topicId)?.name;
      if (name === undefined || !shown.has(name)) continue;
      let done = 0;
      for (const partition of partitions.values()) {
        lag += Math.max(0, partition.lag);
        done += partition.startOffset;
      }
      joined = true;
      join(edges, `topic ${name}`, id, 'group', null, meter.rate(`${id}\n${name}`, done));
    }
    if (joined) told.push({ id, name: group.id, kind: 'share', members: group.size, lag });
  }
  return told;
}
