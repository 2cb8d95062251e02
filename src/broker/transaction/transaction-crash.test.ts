import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '../../lib/random.js';
import { BatchBuilder } from '../../log/records.js';
import type { StorageOptions } from '../../log/storage.js';
import type { CrashKind } from '../../store/memory-disk.js';
import { type TestProducer, TransactionWorld } from './transaction-world.test.support.js';

/** Crashes everywhere: what a transaction wrote is there with its offsets and markers, or none of it is. */

interface Variant {
  readonly name: string;
  readonly committed: boolean;
  readonly kind: CrashKind;
  /** The outputs are durable before the end, or in one bundle with it. */
  readonly durableFirst: boolean;
  readonly checkpoint: boolean;
  readonly storage: Partial<StorageOptions>;
}

const variants: Variant[] = [];
for (const committed of [true, false]) {
  for (const kind of ['power', 'process'] as const) {
    for (const durableFirst of [true, false]) {
      for (const direct of [false, true]) {
        const name = `${committed ? 'commit' : 'abort'}, ${kind}, ${durableFirst ? 'durable' : 'fresh'} outputs${
          direct ? ' straight to segments' : ''
        }`;
        const storage = direct ? { directBytesMin: 1000 } : {};
        variants.push({ name, committed, kind, durableFirst, checkpoint: durableFirst && direct, storage });
      }
    }
  }
}

const large = 'x'.repeat(2000);

async function begun(variant: Variant, seed: number): Promise<{ at: TransactionWorld; producer: TestProducer }> {
  const at = await new TransactionWorld({}, variant.storage, seed).open('t', 'u');
  const producer = at.producer('a').init();
  await at.world.durable();
  if (variant.checkpoint) await at.world.run(at.world.storage.checkpoint());
  assert.equal(producer.send('t', large), 'ok');
  assert.equal(producer.send('u', large), 'ok');
  assert.equal(producer.offset('g', 't', 5), null);
  if (variant.durableFirst) await at.world.durable();
  return { at, producer };
}

async function checkWhole(at: TransactionWorld, { committed }: Variant): Promise<void> {
  const expected = committed ? [large] : [];
  for (const topic of ['t', 'u']) {
    assert.deepEqual(await at.values(topic), expected);
    assert.equal(at.partition(topic).lastStableOffset, 2);
    assert.deepEqual(await at.uncommittedValues(topic), [large]);
  }
  assert.equal(at.committed('g', 't'), committed ? 5 : -1);
  assert.equal(at.transactions.holds('g', 't', 0), false);
}

async function checkNone(at: TransactionWorld): Promise<void> {
  for (const topic of ['t', 'u']) assert.deepEqual(await at.values(topic), []);
  assert.equal(at.committed('g', 't'), -1);
}

for (const variant of variants) {
  test(`a crash at every step of an end leaves all of it or nothing (${variant.name})`, async () => {
    const found = new Set<string>();
    for (let steps = 0; ; steps++) {
      const { at, producer } = await begun(variant, steps + 1);
      const before = { ...producer.who };
      const outcome = at.transactions.end(before, variant.committed, true);
      assert.equal(outcome.refusal, null);
      let told = false;
      at.world.storage.whenDurable({
        settled: (error) => {
          told = error === null;
        },
      });
      for (let left = steps; left > 0; left--) await at.world.clock.step();
      if (told) await checkWhole(at, variant);
      await at.restart(variant.kind);
      const state = at.transactions.get('a')!.state;
      found.add(state);
      if (state === 'ongoing') {
        assert.equal(told, false, 'what was answered is there');
        await checkNone(at);
        const again = at.transactions.end(before, variant.committed, true);
        assert.equal(again.refusal, null);
        await at.world.durable();
      } else if (state === 'empty') {
        // The outputs were not durable either, nor anybody told of them.
        assert.equal(variant.durableFirst || told, false);
        await checkNone(at);
        continue;
      }
      await checkWhole(at, variant);
      await at.restartDurable();
      await checkWhole(at, variant);
      if (told) break;
    }
    assert.ok(found.has(variant.committed ? 'committed' : 'aborted'));
    assert.ok(found.size > 1, 'crashes before and after were met');
  });
}

/** Moves records from its own input to two shared outputs, exactly once whatever happens. */
class Mover {
  readonly name: string;
  private readonly at: TransactionWorld;
  private producer: TestProducer;

  constructor(at: TransactionWorld, name: string) {
    this.at = at;
    this.name = name;
    this.producer = at.producer(name).init();
  }

  /** A new process in the place of this one, or this one again if it was only slow. */
  restarted(): void {
    this.producer = this.at.producer(this.name).init();
  }

  get group(): string {
    return `group-${this.name}`;
  }

  get input(): string {
    return `in-${this.name}`;
  }

  /** One attempt; says nothing of its success. */
  async step(random: SeededRandom): Promise<void> {
    const { at, producer, group, input } = this;
    if (at.transactions.holds(group, input, 0)) return;
    const position = Math.max(0, at.committed(group, input));
    const available = (await at.readCommitted(input, position)).slice(0, 1 + random.below(3));
    if (available.length === 0) return;
    // While it read, the end of its last transaction may have become durable.
    if (at.committed(group, input) > position) return;
    for (const { value } of available) {
      for (const output of ['a', 'b']) if (producer.send(output, value) !== 'ok') return;
    }
    if (producer.offset(group, input, available.at(-1)!.offset + 1) !== null) return;
    const choice = random.below(10);
    if (choice === 0) return;
    producer.end(choice > 2);
  }
}

for (const seed of [1, 2, 3, 4, 5, 6]) {
  test(`movers between topics are exactly-once over crashes, aborts, zombies and time-outs (seed ${seed})`, async () => {
    const random = new SeededRandom(seed);
    const storage = { directBytesMin: seed % 2 === 0 ? 300 : 1 << 18, checkpointEveryMs: 5_000 };
    const at = await new TransactionWorld({}, storage, seed).open('a', 'b', 'in-x', 'in-y', 'in-z');
    const movers = ['x', 'y', 'z'].map((name) => new Mover(at, name));
    const counts = new Map<string, number>();
    for (let round = 0; round < 400; round++) {
      const mover = movers[random.below(movers.length)]!;
      const kind = random.below(100);
      if (kind < 20) feed(at, mover, counts);
      else if (kind < 60) await mover.step(random);
      else if (kind < 90) for (let left = random.below(12); left > 0; left--) await at.world.clock.step();
      else if (kind < 92) mover.restarted();
      else if (kind < 94) await at.world.clock.advance(61_000);
      else if (kind < 96) {
        await at.world.durable();
        await at.world.run(at.world.storage.checkpoint());
      } else {
        for (let left = random.below(8); left > 0; left--) await at.world.clock.step();
        await at.restart(random.below(2) === 0 ? 'power' : 'process');
        // Some go on as they were: what they began may be gone, or be open still.
        for (const each of movers) if (random.below(2) === 0) each.restarted();
        for (const each of movers) counts.set(each.name, await inputsOf(at, each));
      }
    }
    await drain(at, movers, random);
    for (const output of ['a', 'b']) {
      const values = await at.values(output);
      for (const mover of movers) {
        const own = values.filter((value) => value.startsWith(`${mover.name}-`)).map((value) => value.split(' ')[0]);
        const expected = (await at.values(mover.input)).map((value) => value.split(' ')[0]);
        assert.deepEqual(own, expected, `${output} has each record of ${mover.name} once, in order`);
      }
    }
    const all = await at.uncommittedValues('a');
    const kept = await at.values('a');
    assert.ok(kept.length > 20, 'something was moved');
    assert.ok(all.length > kept.length, 'something was aborted');
  });
}

function feed(at: TransactionWorld, mover: Mover, counts: Map<string, number>): void {
  const count = counts.get(mover.name) ?? 0;
  const builder = new BatchBuilder();
  builder.add(null, Buffer.from(`${mover.name}-${count} ${'.'.repeat(count % 7 === 0 ? 400 : 0)}`), 1_700_000_000_000);
  const batch = builder.build();
  assert.equal(at.partition(mover.input).append(batch, 0, batch.length), 'ok');
  counts.set(mover.name, count + 1);
}

/** Inputs that a power cut took back are fed again under the same numbers. */
async function inputsOf(at: TransactionWorld, mover: Mover): Promise<number> {
  return (await at.values(mover.input)).length;
}

async function drain(at: TransactionWorld, movers: readonly Mover[], random: SeededRandom): Promise<void> {
  for (const mover of movers) {
    mover.restarted();
    await at.world.durable();
    while (Math.max(0, at.committed(mover.group, mover.input)) < at.partition(mover.input).log.endOffset) {
      await mover.step(random);
      // It may have left its transaction open.
      if (at.transactions.holds(mover.group, mover.input, 0) && at.transactions.get(mover.name)!.state === 'ongoing') {
        mover.restarted();
      }
      await at.world.durable();
    }
    await at.world.durable();
  }
}
