import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Broker } from '../../broker/broker.js';
import type { Clock, Timer } from '../../lib/clock.js';
import type { JsonValue } from '../../lib/json.js';
import type { Api, Call } from '../api.js';
import { HttpError, notFound } from '../http-error.js';
import { alarmsOf } from './alarms.js';
import { Meter } from './meter.js';

/** What a page shows, as of now. It is asked again and again for one reader, whose meter tells rates. */
export interface View {
  readonly everyMs: number;
  read(call: Call, meter: Meter): JsonValue | Promise<JsonValue>;
}

const streamsMax = 200;
/** Something between browser and broker may cut what is silent. */
const heartbeatMs = 15_000;

interface Stream {
  readonly view: View;
  readonly out: ServerResponse;
  readonly again: (broker: Broker) => Call;
  readonly meter: Meter;
  last: string;
  sentMs: number;
  timer: Timer | null;
  closed: boolean;
}

/**
 * Pages that follow what happens: each gets what its view says as server-sent events, whenever that is something else than
 * before. Nothing is looked at while no page is open.
 */
export class LiveStreams {
  private readonly views: ReadonlyMap<string, View>;
  private readonly currentBroker: () => Broker | null;
  private readonly clock: Clock;
  private readonly streams = new Set<Stream>();

  constructor(views: ReadonlyMap<string, View>, currentBroker: () => Broker | null, clock: Clock) {
    this.views = views;
    this.currentBroker = currentBroker;
    this.clock = clock;
  }

  get count(): number {
    return this.streams.size;
  }

  mount(app: FastifyInstance, api: Api): void {
    app.addHook('preClose', async () => this.close());
    api.stream('/api/console/live/:view', 'management', (request, reply, again) => {
      const { view: name } = request.params as { readonly view: string };
      const view = this.views.get(name);
      if (view === undefined) throw notFound(`there is no view ${name}`);
      if (this.streams.size >= streamsMax) throw new HttpError(503, 'too_many', 'too many pages are open');
      reply.hijack();
      const out = reply.raw;
      out.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
        'x-content-type-options': 'nosniff',
      });
      out.write('retry: 2000\n\n');
      const meter = new Meter();
      const stream: Stream = { view, out, again, meter, last: '', sentMs: 0, timer: null, closed: false };
      this.streams.add(stream);
      out.on('close', () => this.end(stream));
      out.on('error', () => this.end(stream));
      void this.look(stream);
      return reply;
    });
  }

  close(): void {
    for (const stream of [...this.streams]) this.end(stream);
  }

  private async look(stream: Stream): Promise<void> {
    const { view, out, meter, again } = stream;
    const nowMs = this.clock.monotonic();
    // Who does not read gets what is newest when he does.
    const broker = out.writableNeedDrain ? null : this.currentBroker();
    if (broker !== null) {
      try {
        const call = again(broker);
        call.demand('management');
        meter.begin(nowMs);
        const data = await view.read(call, meter);
        if (stream.closed) return;
        const text = JSON.stringify({ alarms: alarmsOf(broker), data });
        if (text !== stream.last) {
          stream.last = text;
          this.send(stream, `event: view\ndata: {"atMs":${this.clock.now()},"view":${text}}\n\n`, nowMs);
        }
      } catch (error) {
        this.refuse(stream, error);
        return;
      }
    }
    if (nowMs - stream.sentMs >= heartbeatMs) this.send(stream, ': still here\n\n', nowMs);
    stream.timer = this.clock.after(view.everyMs, () => void this.look(stream));
  }

  private send(stream: Stream, text: string, nowMs: number): void {
    stream.sentMs = nowMs;
    stream.out.write(text);
  }

  /** What is gone may come back, and pages ask again; who is not let in any more is told, and has to log in. */
  private refuse(stream: Stream, error: unknown): void {
    if (stream.closed) return;
    const known = error instanceof HttpError;
    const status = known ? error.status : 500;
    const reason = known ? error.message : 'the view failed';
    stream.out.write(`event: refused\ndata: ${JSON.stringify({ status, reason })}\n\n`);
    this.end(stream);
  }

  private end(stream: Stream): void {
    if (stream.closed) return;
    stream.closed = true;
    stream.timer?.cancel();
    this.streams.delete(stream);
    stream.out.end();
  }
}
