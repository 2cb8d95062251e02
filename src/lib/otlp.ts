import type { Clock, Timer } from './clock.js';
import type { Logger } from './logger.js';
import { version } from './version.js';

export type AttributeValue = string | number | boolean;

/** One finished span. Ids are lower-case hex, as `traceparent` has them. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: readonly (readonly [string, AttributeValue])[];
  /** What went wrong; null for nothing. */
  readonly failure: string | null;
}

/** Kinds of spans, as OTLP numbers them. */
export const spanKind = { server: 2, producer: 4, consumer: 5 } as const;

export interface OtlpSettings {
  /** Without the path: `/v1/traces` is put behind it, unless it ends so. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
  readonly instanceId: string;
  readonly everyMs: number;
}

/** So many in one request, and so many may wait: what comes while the collector does not answer is dropped, and counted. */
const batchMax = 512;
const waitingMax = 8192;
const requestMs = 10_000;
const retriesMax = 3;
const statusError = 2;

/**
 * Sends spans to a collector over OTLP/HTTP in JSON: what gathered since the last time, now and then. Whoever is traced
 * never waits for it.
 */
export class OtlpExporter {
  private readonly settings: OtlpSettings;
  private readonly clock: Clock;
  private readonly log: Logger;
  private readonly url: string;
  private waiting: Span[] = [];
  private dropped = 0;
  private timer: Timer | null = null;
  private sending: Promise<void> | null = null;
  private readonly ending = new AbortController();

  constructor(settings: OtlpSettings, clock: Clock, log: Logger) {
    this.settings = settings;
    this.clock = clock;
    this.log = log;
    const base = settings.endpoint.replace(/\/+$/, '');
    this.url = base.endsWith('/v1/traces') ? base : `${base}/v1/traces`;
  }

  add(span: Span): void {
    if (this.waiting.length >= waitingMax) {
      this.dropped++;
      return;
    }
    this.waiting.push(span);
    if (this.waiting.length >= batchMax) this.send();
    else this.timer ??= this.clock.after(this.settings.everyMs, () => this.send());
  }

  /** Sends what is left, once; a collector that is gone is not waited for longer than `withinMs`. */
  async close(withinMs: number): Promise<void> {
    this.timer?.cancel();
    const limit = this.clock.after(withinMs, () => this.ending.abort());
    await this.sending;
    this.send();
    await this.sending;
    limit.cancel();
    this.ending.abort();
    this.timer?.cancel();
  }

  private send(): void {
    this.timer?.cancel();
    this.timer = null;
    if (this.sending !== null || this.waiting.length === 0) return;
    this.sending = this.sendAll().finally(() => {
      this.sending = null;
    });
  }

  private async sendAll(): Promise<void> {
    while (this.waiting.length > 0 && !this.ending.signal.aborted) {
      const batch = this.waiting.splice(0, batchMax);
      const lost = await this.sendBatch(encoded(batch, this.settings));
      if (lost !== null) this.dropped += batch.length;
      if (this.dropped > 0) {
        const why = lost ?? 'more came than the collector took';
        this.log.warn({ spans: this.dropped, endpoint: this.settings.endpoint, why }, 'spans were dropped');
        this.dropped = 0;
      }
    }
  }

  /** Null when they are there, else why they are not. What a collector asks for again is sent again. */
  private async sendBatch(body: string): Promise<string | null> {
    for (let attempt = 0; ; attempt++) {
      const outcome = await this.post(body);
      if (outcome === null || !outcome.again || attempt === retriesMax || this.ending.signal.aborted) {
        return outcome === null ? null : outcome.why;
      }
      await this.pause(500 * 2 ** attempt);
    }
  }

  private async post(body: string): Promise<{ readonly why: string; readonly again: boolean } | null> {
    try {
      const headers = { ...this.settings.headers, 'content-type': 'application/json' };
      const signal = AbortSignal.any([this.ending.signal, AbortSignal.timeout(requestMs)]);
      const response = await fetch(this.url, { method: 'POST', headers, body, signal, redirect: 'error' });
      await response.arrayBuffer();
      if (response.ok) return null;
      const again = response.status === 429 || (response.status >= 502 && response.status <= 504);
      return { why: `the collector answered ${response.status}`, again };
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      return { why: cause, again: true };
    }
  }

  private pause(ms: number): Promise<void> {
    const { signal } = this.ending;
    return new Promise((resolve) => {
      const timer = this.clock.after(ms, resolve);
      signal.addEventListener('abort', () => {
        timer.cancel();
        resolve();
      });
    });
  }
}

/** An ExportTraceServiceRequest in OTLP's JSON: ids in hex, 64-bit numbers as text. */
function encoded(spans: readonly Span[], { serviceName, instanceId }: OtlpSettings): string {
  const resource = {
    attributes: [
      attribute('service.name', serviceName),
      attribute('service.version', version),
      attribute('service.instance.id', instanceId),
    ],
  };
  const scopeSpans = [{ scope: { name: 'naru', version }, spans: spans.map(spanJson) }];
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans }] });
}

function spanJson(span: Span): object {
  const { traceId, spanId, parentSpanId, name, kind, startMs, endMs, attributes, failure } = span;
  return {
    traceId,
    spanId,
    parentSpanId,
    name,
    kind,
    startTimeUnixNano: nanoseconds(startMs),
    endTimeUnixNano: nanoseconds(Math.max(startMs, endMs)),
    attributes: attributes.map(([key, value]) => attribute(key, value)),
    status: failure === null ? {} : { code: statusError, message: failure },
  };
}

function nanoseconds(timeMs: number): string {
  return `${Math.floor(timeMs * 1000)}000`;
}

function attribute(key: string, value: AttributeValue): object {
  if (typeof value === 'string') return { key, value: { stringValue: value } };
  if (typeof value === 'boolean') return { key, value: { boolValue: value } };
  return { key, value: Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value } };
}
