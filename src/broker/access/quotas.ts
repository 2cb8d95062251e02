import type { ByteReader } from '../../lib/byte-reader.js';
import type { ByteWriter } from '../../lib/byte-writer.js';
import { Rate } from './rate.js';

/** What can be limited. The order is that of the stored form. */
export const quotaKeys = ['producer_byte_rate', 'consumer_byte_rate', 'request_percentage'] as const;
export type QuotaKey = (typeof quotaKeys)[number];

/** Who is limited: a part that is undefined does not matter, null stands for everybody without a quota of their own. */
export interface QuotaEntity {
  readonly user: string | null | undefined;
  readonly clientId: string | null | undefined;
}

export interface Quota {
  readonly entity: QuotaEntity;
  readonly values: Map<QuotaKey, number>;
}

/** A hundred percent is all the time there is: one thread serves everybody. */
const percentMs = 10;
/** Who asked for too much work waits a second at a time, as in Kafka: it may be one costly request after many cheap ones. */
const requestThrottleMsMax = 1000;

/** Client ids are the clients' to choose: what is remembered of them has a limit. */
const ratesMax = 10_000;

/** Limits on what clients may do in a second, and how much they did. */
export class Quotas {
  private readonly quotas = new Map<string, Quota>();
  private readonly rates = new Map<string, Rate>();
  /** Counts changes: what was looked up under another number is to be looked up again. */
  generation = 0;

  get any(): boolean {
    return this.quotas.size > 0;
  }

  all(): IterableIterator<Quota> {
    return this.quotas.values();
  }

  /** Null takes a limit away. */
  set(entity: QuotaEntity, key: QuotaKey, value: number | null): void {
    const id = idOf(entity);
    const quota = this.quotas.get(id) ?? { entity, values: new Map<QuotaKey, number>() };
    if (value === null) quota.values.delete(key);
    else quota.values.set(key, value);
    if (quota.values.size === 0) this.quotas.delete(id);
    else this.quotas.set(id, quota);
    this.generation++;
  }

  clear(): void {
    this.quotas.clear();
    this.rates.clear();
    this.generation++;
  }

  /**
   * The limit that holds for one client, and what it is measured with: everybody whom the same quota limits as one
   * shares a rate. The narrowest quota wins, as in Kafka: both parts, the user's, the client's; named before default.
   */
  limitOf(user: string, clientId: string, key: QuotaKey): Limit | null {
    for (const entity of [
      { user, clientId },
      { user, clientId: null },
      { user, clientId: undefined },
      { user: null, clientId },
      { user: null, clientId: null },
      { user: null, clientId: undefined },
      { user: undefined, clientId },
      { user: undefined, clientId: null },
    ]) {
      const perSecond = this.quotas.get(idOf(entity))?.values.get(key);
      if (perSecond === undefined) continue;
      const sharers = idOf({
        user: entity.user === undefined ? undefined : user,
        clientId: entity.clientId === undefined ? undefined : clientId,
      });
      return { perSecond, rate: this.rateOf(`${key} ${sharers}`) };
    }
    return null;
  }

  private rateOf(id: string): Rate {
    let rate = this.rates.get(id);
    if (rate === undefined) {
      // The ones seen first make room.
      if (this.rates.size >= ratesMax) this.rates.delete(this.rates.keys().next().value!);
      rate = new Rate();
      this.rates.set(id, rate);
    }
    return rate;
  }
}

export interface Limit {
  /** Bytes, or the percentage of time for requests. */
  readonly perSecond: number;
  readonly rate: Rate;
}

/** One client's limits, looked up once for as long as no quota changes. */
export class ClientLimits {
  private readonly quotas: Quotas;
  readonly user: string;
  readonly clientId: string;
  private generation = -1;
  private producer: Limit | null = null;
  private consumer: Limit | null = null;
  private requests: Limit | null = null;

  constructor(quotas: Quotas, user: string, clientId: string) {
    this.quotas = quotas;
    this.user = user;
    this.clientId = clientId;
  }

  /** Answers how many milliseconds the client has to be kept waiting. */
  produced(bytes: number, nowMs: number): number {
    this.lookUp();
    return this.producer === null ? 0 : this.producer.rate.add(bytes, this.producer.perSecond, nowMs);
  }

  consumed(bytes: number, nowMs: number): number {
    this.lookUp();
    return this.consumer === null ? 0 : this.consumer.rate.add(bytes, this.consumer.perSecond, nowMs);
  }

  /** Milliseconds of work that the client's requests took. */
  worked(durationMs: number, nowMs: number): number {
    this.lookUp();
    if (this.requests === null) return 0;
    const { rate, perSecond: percent } = this.requests;
    return rate.add(durationMs, percent * percentMs, nowMs, requestThrottleMsMax);
  }

  private lookUp(): void {
    if (this.generation === this.quotas.generation) return;
    this.generation = this.quotas.generation;
    this.producer = this.quotas.limitOf(this.user, this.clientId, 'producer_byte_rate');
    this.consumer = this.quotas.limitOf(this.user, this.clientId, 'consumer_byte_rate');
    this.requests = this.quotas.limitOf(this.user, this.clientId, 'request_percentage');
  }
}

function idOf({ user, clientId }: QuotaEntity): string {
  return JSON.stringify([user ?? null, user === undefined, clientId ?? null, clientId === undefined]);
}

const part = { absent: 0, default: 1, named: 2 } as const;

export function writeEntity(into: ByteWriter, { user, clientId }: QuotaEntity): void {
  for (const each of [user, clientId]) {
    into.u8(each === undefined ? part.absent : each === null ? part.default : part.named);
    if (typeof each === 'string') into.string(each);
  }
}

export function readEntity(from: ByteReader): QuotaEntity {
  const read = (): string | null | undefined => {
    const kind = from.u8();
    return kind === part.absent ? undefined : kind === part.default ? null : from.string();
  };
  return { user: read(), clientId: read() };
}
