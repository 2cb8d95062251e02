import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Queue } from '../../../broker/queue/queue.js';
import type { AmqpConsumer } from './consumer.js';
import type { Settled } from './transaction.js';
import { Unacked } from './unacked.js';

const queues = [{ name: 'a' }, { name: 'b' }] as unknown as readonly Queue[];
const consumers = [{ tag: 'x' }, { tag: 'y' }, null] as unknown as readonly (AmqpConsumer | null)[];

interface Delivery {
  readonly tag: number;
  readonly offset: number;
  readonly queue: Settled['queue'];
  readonly consumer: AmqpConsumer | null;
}

/** One entry for each delivery, in order. */
class Model {
  list: Delivery[] = [];

  take(wanted: (tag: number) => boolean): Delivery[] {
    const taken = this.list.filter(({ tag }) => wanted(tag));
    this.list = this.list.filter(({ tag }) => !wanted(tag));
    return taken;
  }

  restore(deliveries: readonly Delivery[]): void {
    this.list = [...this.list, ...deliveries].sort((left, right) => left.tag - right.tag);
  }
}

function single({ tag, queue, consumer, from, to }: Settled): Delivery[] {
  return Array.from({ length: to - from }, (_, at) => ({ tag: tag + at, offset: from + at, queue, consumer }));
}

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('add'),
      count: fc.integer({ min: 1, max: 5 }),
      who: fc.nat(5),
      skip: fc.nat(1),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('one'), tag: fc.nat(60) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('to'), tag: fc.nat(60) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restore') }) },
) as fc.Arbitrary<
  { kind: 'add'; count: number; who: number; skip: number } | { kind: 'one' | 'to'; tag: number } | { kind: 'restore' }
>;

test('runs of deliveries are settled and taken back as if each were kept for itself', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const unacked = new Unacked();
      const model = new Model();
      let held: Settled[] = [];
      let lastTag = 0;
      const offsets = [0, 100];
      for (const each of steps) {
        if (each.kind === 'add') {
          const at = each.who % 2;
          const queue = queues[at]!;
          const consumer = consumers[each.who % 3]!;
          const offset = offsets[at]! + each.skip;
          offsets[at] = offset + each.count;
          unacked.add(lastTag + 1, each.count, offset, queue, consumer);
          model.restore(single({ tag: lastTag + 1, queue, consumer, from: offset, to: offset + each.count }));
          lastTag += each.count;
        } else if (each.kind === 'restore') {
          unacked.restore(held);
          model.restore(held.flatMap(single));
          held = [];
        } else {
          const settled: Settled[] = [];
          const keep = (queue: unknown, consumer: AmqpConsumer | null, from: number, to: number, tag: number): void => {
            settled.push({ tag, queue: queue as Queue, consumer, from, to });
          };
          const { tag } = each;
          if (each.kind === 'to') unacked.settleTo(tag, keep);
          else
            assert.equal(
              unacked.settle(tag, keep),
              model.list.some((delivery) => delivery.tag === tag),
            );
          const expected = model.take((other) => (each.kind === 'to' ? other <= tag : other === tag));
          assert.deepEqual(settled.flatMap(single), expected);
          held.push(...settled);
        }
        assert.equal(unacked.count, model.list.length);
        assert.equal(unacked.got, model.list.filter(({ consumer }) => consumer === null).length);
        for (let tag = 1; tag <= lastTag; tag++) {
          assert.equal(
            unacked.has(tag),
            model.list.some((delivery) => delivery.tag === tag),
          );
        }
      }
    }),
  );
});

test('acks from all over many runs leave what is not acknowledged, in order', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(299), { minLength: 100, maxLength: 400 }), (places) => {
      const unacked = new Unacked();
      const left = new Set<number>();
      for (let tag = 1; tag <= 300; tag++) {
        unacked.add(tag, 1, tag < 200 ? tag * 2 : tag, queues[0]!, null);
        left.add(tag);
      }
      for (const place of places)
        assert.equal(
          unacked.settle(place + 1, () => {}),
          left.delete(place + 1),
        );
      const rest: number[] = [];
      assert.equal(unacked.count, left.size);
      unacked.add(301, 1, 1000, queues[1]!, null);
      unacked.settleAll((_queue, _consumer, from, to, tag) => {
        for (let offset = from; offset < to; offset++) rest.push(tag + offset - from);
      });
      assert.deepEqual(rest, [...left, 301]);
    }),
  );
});
