import type { Broker } from '../../broker/broker.js';
import { workInAll } from '../../broker/share/work.js';
import type { JsonObject } from '../../lib/json.js';
import type { LoopLag } from '../../lib/loop-lag.js';
import { version } from '../../lib/version.js';
import type { Call } from '../api.js';
import type { AdminSource } from '../front.js';
import type { View } from './live.js';
import type { Meter } from './meter.js';

/** The whole, second by second: what each front takes and gives, what waits where, and how journal, disk and process are. */
export function overviewView(source: AdminSource, lag: LoopLag): View {
  return { everyMs: 1000, read: (call, meter) => overview(call, meter, source, lag) };
}

function overview({ broker }: Call, meter: Meter, source: AdminSource, lag: LoopLag): JsonObject {
  const { facts, fronts } = { facts: source.facts(), fronts: frontsTold(source, meter) };
  return {
    measured: meter.measures,
    version,
    uptimeS: Math.floor(facts.uptimeMs / 1000),
    listening: facts.listening.map(({ protocol, host, port }) => ({ protocol, host, port })),
    fronts,
    messages: messages(broker),
    objects: objects(broker, source),
    journal: journal(broker, meter),
    disk: disk(broker),
    process: processTold(meter, lag),
  };
}

/** Several Kafka brokers in one process are one front. */
function frontsTold(source: AdminSource, meter: Meter): JsonObject[] {
  const sums = new Map<string, Record<'in' | 'out' | 'again' | 'done' | 'connections' | 'received' | 'sent', number>>();
  for (const front of source.metrics().fronts) {
    if (front.name === 'metrics') continue;
    const { connections } = front;
    const sum = sums.get(front.name) ?? { in: 0, out: 0, again: 0, done: 0, connections: 0, received: 0, sent: 0 };
    sum.in += front.messagesIn;
    sum.out += front.messagesOut;
    sum.again += front.messagesOutAgain;
    sum.done += front.messagesDone;
    sum.connections += connections.open;
    sum.received += connections.receivedBytes;
    sum.sent += connections.sentBytes;
    sums.set(front.name, sum);
  }
  return Array.from(sums, ([name, sum]) => ({
    name,
    connections: sum.connections,
    in: sum.in,
    out: sum.out,
    inRate: meter.rate(`${name} in`, sum.in),
    outRate: meter.rate(`${name} out`, sum.out),
    againRate: meter.rate(`${name} again`, sum.again),
    doneRate: meter.rate(`${name} done`, sum.done),
    receivedRate: meter.rate(`${name} received`, sum.received),
    sentRate: meter.rate(`${name} sent`, sum.sent),
  }));
}

function messages({ queues, topicQueues }: Broker): JsonObject {
  const { ready, locked, delayed, dead } = workInAll(topicQueues, queues.all());
  return { ready, locked, delayed, dead };
}

function objects({ queues, catalog, groups, shares, vhosts }: Broker, source: AdminSource): JsonObject {
  let [exchanges, partitions, topics] = [0, 0, 0];
  for (const { router } of vhosts.all()) exchanges += [...router.exchanges()].length;
  for (const topic of catalog.topics()) {
    if (topic.internal) continue;
    topics++;
    partitions += topic.partitions.length;
  }
  return {
    exchanges,
    queues: queues.count,
    topics,
    partitions,
    groups: [...groups.sizes()].length + [...shares].length,
    connections: [...source.connections()].length,
  };
}

function journal({ storage }: Broker, meter: Meter): JsonObject {
  const { journal, options } = storage;
  const { kept, free } = journal.fileCounts;
  const { count, sum } = journal.appendSeconds;
  const appends = meter.rate('appends', count);
  const seconds = meter.rate('append microseconds', sum * 1e6) / 1e6;
  return {
    bytesRate: meter.rate('journal', journal.bytesTaken),
    syncsRate: meter.rate('syncs', journal.syncSeconds.count),
    waitMs: appends > 0 ? Math.round((seconds / appends) * 1e5) / 100 : 0,
    pendingBytes: journal.pendingBytes,
    writable: !journal.failure,
    files: kept,
    filesFree: free,
    filesMax: options.journalFilesMax,
    fileBytes: journal.fileBytes,
    tailBytes: storage.tailBytes,
    tailBytesMax: options.tailBytesMax,
  };
}

/** In memory there is no disk to tell of. */
function disk({ diskSpace }: Broker): JsonObject {
  const { freeBytes, freeBytesMin, low } = diskSpace;
  return { freeBytes: Number.isFinite(freeBytes) ? freeBytes : null, freeBytesMin, low };
}

function processTold(meter: Meter, lag: LoopLag): JsonObject {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  const looks = meter.rate('lag looks', lag.seconds.count);
  const late = meter.rate('lag microseconds', lag.seconds.sum * 1e6);
  return {
    cpuRate: Math.round(meter.rate('cpu', user + system) / 10_000) / 100,
    rssBytes: rss,
    heapBytes: heapUsed,
    lagMs: looks > 0 ? Math.round(late / looks / 10) / 100 : 0,
    node: process.version,
  };
}
