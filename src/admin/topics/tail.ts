import type { ServerResponse } from 'node:http';
import type { Broker } from '../../broker/broker.js';
import type { MessageCursor } from '../../broker/queue/message-cursor.js';
import { PartitionPast } from '../../broker/stream/past.js';
import { found, Reader, type StartingPoint } from '../../broker/stream/reader.js';
import type { Topic } from '../../broker/topic.js';
import type { Clock, Timer } from '../../lib/clock.js';
import type { JsonValue } from '../../lib/json.js';
import { Slices } from '../../lib/slices.js';
import type { Api, Call } from '../api.js';
import { badRequest, HttpError } from '../http-error.js';
import { momentOf } from '../moment.js';
import { RecordFilter } from '../records/record-filter.js';
import { recordTold, valueBytesShown, valueBytesShownMax } from '../records/record-json.js';
import { placesIn } from './browsing.js';
import { demandTopic, topicIn } from './rights.js';
import { partitionIn } from './topics.js';

const tailsMax = 100;
const tickMs = 100;
/** Something between browser and broker may cut what is silent. */
const heartbeatMs = 15_000;
const rateDefault = 200;
const rateMax = 10_000;
/** What a tail looks at in a tick: who follows what comes in must not cost more than it. */
const looksPerTick = 5000;

/** What a tail has to know of the process. */
export interface TailSource {
  readonly readiness: string;
  currentBroker(): Broker | null;
}

/** Messages of topics as they come, by server-sent events. */
export function tailRoutes(api: Api, source: TailSource): void {
  const open = new Set<Tail>();
  api.stream('/api/topics/:topic/tail', 'management', (_request, reply, again) => {
    const broker = source.currentBroker();
    if (broker === null) throw new HttpError(503, 'unavailable', 'the broker is not ready');
    const call = again(broker);
    const topic = topicIn(call);
    demandTopic(call, 'read', topic.name);
    if (open.size >= tailsMax) throw new HttpError(503, 'service_unavailable', 'too many follow topics at once');
    const tail = new Tail(
      call,
      topic,
      reply.raw,
      () => source.readiness === 'ready' && source.currentBroker() === broker,
    );
    reply.hijack();
    open.add(tail);
    tail.run().finally(() => open.delete(tail));
    return reply;
  });
}

interface Followed {
  readonly index: number;
  readonly past: PartitionPast;
  readonly reader: Reader;
  readonly point: StartingPoint;
  /** What was looked at lies before it. */
  position: number;
}

class Tail {
  private readonly out: ServerResponse;
  private readonly broker: Broker;
  private readonly clock: Clock;
  private readonly filter: RecordFilter;
  private readonly truncate: number;
  private readonly perTick: number;
  private readonly goesOn: () => boolean;
  private readonly followed: Followed[];
  /** What comes faster than it is read is passed over; who began in the past waits for it instead. */
  private readonly lossy: boolean;
  private skipped = 0;
  private closed = false;
  private quietSinceMs: number;

  constructor(call: Call, topic: Topic, out: ServerResponse, goesOn: () => boolean) {
    const { asked, broker } = call;
    const perSecond = asked.whole('rate', rateDefault);
    if (perSecond < 1 || perSecond > rateMax) throw badRequest(`rate is from 1 to ${rateMax} messages a second`);
    this.truncate = asked.whole('truncate', valueBytesShown);
    if (this.truncate < 0 || this.truncate > valueBytesShownMax) {
      throw badRequest(`truncate is from 0 to ${valueBytesShownMax}`);
    }
    this.out = out;
    this.broker = broker;
    this.clock = broker.storage.clock;
    this.filter = new RecordFilter(call);
    this.perTick = Math.max(1, Math.round((perSecond * tickMs) / 1000));
    this.goesOn = goesOn;
    this.lossy = !['at', 'offset', 'time', 'earliest'].some((name) => asked.has(name));
    this.followed = begin(call, topic);
    this.quietSinceMs = this.clock.monotonic();
  }

  async run(): Promise<void> {
    const { out, followed } = this;
    out.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache', 'x-accel-buffering': 'no' });
    out.on('close', () => this.close());
    out.write(': here\n\n');
    try {
      for (const { reader, point } of followed) await reader.begin(point);
      await this.follow();
    } catch (error) {
      if (!this.closed) this.send('failed', { reason: error instanceof Error ? error.message : String(error) });
    }
    this.close();
    out.end();
  }

  private close(): void {
    this.closed = true;
  }

  private async follow(): Promise<void> {
    const slices = new Slices(this.clock);
    while (!this.closed && this.goesOn()) {
      if (this.followed.every(({ past }) => past.isGone)) {
        this.send('gone', {});
        return;
      }
      // Who does not read is not written to; what he misses meanwhile depends on where he began.
      if (!this.out.writableNeedDrain) await this.tick(slices);
      if (this.clock.monotonic() - this.quietSinceMs >= heartbeatMs) {
        this.quietSinceMs = this.clock.monotonic();
        this.out.write(': still here\n\n');
      }
      await this.pause();
    }
  }

  private async tick(slices: Slices): Promise<void> {
    let sends = this.perTick;
    let looks = looksPerTick;
    for (const each of this.followed) {
      const { reader, past } = each;
      while (sends > 0 && looks > 0 && !this.closed) {
        if (slices.due) await slices.rest();
        const step = reader.advance();
        if (step === found.end) {
          each.position = past.endOffset;
          break;
        }
        if (step === found.later) {
          await reader.load();
          continue;
        }
        looks--;
        each.position = reader.cursor.offset + 1;
        if (!this.filter.lets(reader.cursor)) continue;
        sends--;
        this.tell(each.index, reader.cursor);
      }
    }
    if (this.lossy) await this.catchUp();
    if (this.skipped > 0) this.send('skipped', { count: this.skipped });
    this.skipped = 0;
  }

  /** What could not be shown in its tick is not shown: a live tail shows what is new. */
  private async catchUp(): Promise<void> {
    for (const each of this.followed) {
      const left = each.past.endOffset - each.position;
      if (left <= this.perTick) continue;
      this.skipped += left;
      each.position = each.past.endOffset;
      each.reader.rest();
      await each.reader.begin({ kind: 'next' });
    }
  }

  private tell(partition: number, message: MessageCursor): void {
    const told = { partition, ...recordTold(message, this.broker.views, this.truncate) };
    this.send('message', told, `${partition}:${message.offset + 1}`);
  }

  private send(event: string, data: JsonValue, id?: string): void {
    this.quietSinceMs = this.clock.monotonic();
    this.out.write(`event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`);
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer: Timer = this.clock.after(tickMs, resolve);
      if (!this.closed) return;
      timer.cancel();
      resolve();
    });
  }
}

function begin(call: Call, topic: Topic): Followed[] {
  const { asked, broker } = call;
  const follow = (index: number, point: StartingPoint): Followed => {
    const past = new PartitionPast(partitionIn(topic, index));
    const position = point.kind === 'next' ? past.endOffset : past.startOffset;
    return { index, past, reader: new Reader(past, () => {}), point, position };
  };
  if (asked.has('at')) {
    return placesIn(asked.text('at')).map(([index, offset]) => follow(index, { kind: 'offset', offset }));
  }
  const indexes = asked.has('partition') ? [asked.whole('partition')] : topic.partitions.map(({ index }) => index);
  let point: StartingPoint = { kind: 'next' };
  if (asked.has('offset')) point = { kind: 'offset', offset: asked.whole('offset') };
  else if (asked.has('time')) {
    point = { kind: 'time', timestampMs: momentOf(asked.text('time'), broker.storage.clock.now()) };
  } else if (asked.flag('earliest', false)) point = { kind: 'first' };
  return indexes.map((index) => follow(index, point));
}
