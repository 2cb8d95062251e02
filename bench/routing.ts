/**
 * What a route costs: remembered answers, and topic keys matched afresh against 1,000 bindings.
 * `node dist/bench/routing.js`; results are printed, one line each.
 */

import assert from 'node:assert/strict';
import type { ExchangeType } from '../src/broker/routing/exchange.js';
import { type HeaderValue, noHeaders } from '../src/broker/routing/headers.js';
import { Router } from '../src/broker/routing/router.js';
import { ByteWriter } from '../src/lib/byte-writer.js';
import { systemClock } from '../src/lib/clock.js';
import { SeededRandom } from '../src/lib/random.js';
import type { Recorder } from '../src/log/state.js';
import { load } from './machine.js';
import { type Figure, tellFigures } from './results.js';

class Discard implements Recorder {
  private readonly writer = new ByteWriter();

  begin(): ByteWriter {
    this.writer.clear();
    return this.writer;
  }

  end(): void {}
}

const loadBefore = load();
const figures: Figure[] = [];
const discard = new Discard();
const random = new SeededRandom(7);
const words = ['order', 'invoice', 'eu', 'us', 'asia', 'created', 'paid', 'sent', 'lost', 'gold', 'silver', 'retail'];

function declare(router: Router, name: string, type: ExchangeType): void {
  router.declare({
    name,
    type,
    durable: true,
    autoDelete: false,
    internal: false,
    alternate: null,
    arguments: noHeaders,
  });
}

function keys(count: number, length: number): string[] {
  const made: string[] = [];
  for (let at = 0; at < count; at++) {
    const parts = Array.from({ length }, () => random.pick(words));
    // Through a buffer, as keys come off the wire: a fresh, flat string that was never hashed.
    made.push(Buffer.from(`${parts.join('.')}.${at}`).toString('latin1'));
  }
  return made;
}

function measure(name: string, count: number, run: (count: number) => number): void {
  run(Math.min(count, 50_000));
  const startMs = systemClock.monotonic();
  const sum = run(count);
  const elapsedMs = systemClock.monotonic() - startMs;
  assert(sum >= 0);
  figures.push({ name, value: (elapsedMs * 1e6) / count, runs: [], unit: 'ns' });
}

function benchRemembered(): void {
  const router = new Router(discard);
  declare(router, 'direct', 'direct');
  declare(router, 'fanout', 'fanout');
  const known = keys(1000, 3);
  known.forEach((key, at) => {
    router.bind('direct', at, key);
    router.addDestination(key, at);
  });
  for (let id = 0; id < 10; id++) router.bind('fanout', id, '');
  const routeAll =
    (exchange: string) =>
    (count: number): number => {
      let sum = 0;
      for (let at = 0; at < count; at++) {
        sum += router.route(exchange, known[at % 1000]!, null)!.destinations[0]!;
      }
      return sum;
    };
  measure('direct, remembered, 1,000 keys in turn', 5_000_000, routeAll('direct'));
  measure('default exchange, 1,000 queues in turn', 5_000_000, routeAll(''));
  measure('fanout to 10, remembered', 5_000_000, routeAll('fanout'));
}

function benchTopic(): void {
  const router = new Router(discard, { cachedRoutesMax: 65_536, cachedResultsMax: 65_536 });
  declare(router, 'topic', 'topic');
  for (let id = 0; id < 1000; id++) {
    const pattern = Array.from({ length: 4 }, () => {
      const chance = random.fraction();
      return chance < 0.15 ? '#' : chance < 0.35 ? '*' : random.pick(words);
    });
    router.bind('topic', id, pattern.join('.'));
  }
  const few = keys(1000, 3);
  const many = keys(200_000, 3);
  const run =
    (from: string[]) =>
    (count: number): number => {
      let sum = 0;
      for (let at = 0; at < count; at++)
        sum += router.route('topic', from[at % from.length]!, null)!.destinations.length;
      return sum;
    };
  measure('topic with 1,000 bindings, remembered, 1,000 keys', 5_000_000, run(few));
  measure('topic with 1,000 bindings, every key new', 200_000, run(many));
}

function benchHeaders(): void {
  const router = new Router(discard);
  declare(router, 'headers', 'headers');
  for (let id = 0; id < 100; id++) {
    router.bind(
      'headers',
      id,
      '',
      new Map<string, HeaderValue>([
        ['kind', words[id % words.length]!],
        ['n', id],
      ]),
    );
  }
  const given = new Map<string, HeaderValue>([
    ['kind', 'eu'],
    ['n', 2],
    ['other', true],
  ]);
  measure('headers with 100 bindings', 200_000, (count) => {
    let sum = 0;
    for (let at = 0; at < count; at++) sum += router.route('headers', '', given)!.destinations.length;
    return sum;
  });
}

function benchChurn(): void {
  const router = new Router(discard);
  declare(router, 'topic', 'topic');
  for (let id = 0; id < 1000; id++) router.bind('topic', id, `a.${id}.#`);
  measure('bind, route, unbind on a topic with 1,000 bindings', 100_000, (count) => {
    let sum = 0;
    for (let at = 0; at < count; at++) {
      router.bind('topic', 5000, 'b.*.c');
      sum += router.route('topic', 'b.x.c', null)!.destinations.length;
      router.unbind('topic', 5000, 'b.*.c');
    }
    return sum;
  });
}

benchRemembered();
benchTopic();
benchHeaders();
benchChurn();
tellFigures('routing', loadBefore, figures);
