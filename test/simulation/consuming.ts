import type { Ledger } from '../../src/broker/queue/ledger.js';
import type { LedgerModel } from '../../src/broker/queue/ledger-model.js';
import { deathReasons, Runs } from '../../src/broker/queue/runs.js';
import { appendTo, freshContent, placesOf } from './publishing.js';
import type { Place } from './roster.js';
import { Violation } from './trace.js';
import type { World } from './world.js';

interface Lock {
  readonly holder: number;
  readonly untilMs: number;
}

/**
 * Consumers of all queues. They know by themselves, without the model's help, what they have and what was acked for
 * good: no message is theirs twice at once, and none comes back.
 */
export class Consumers {
  private readonly world: World;
  private generation = -1;
  private readonly locks = new Map<Place, Map<number, Lock>>();
  /** By what the record says, for its offset may be another's after a crash. */
  private readonly ackedForGood = new Set<string>();
  private readonly runs = new Runs();

  constructor(world: World) {
    this.world = world;
  }

  private locksOf(place: Place): Map<number, Lock> {
    if (this.generation !== this.world.generation) {
      this.generation = this.world.generation;
      this.locks.clear();
    }
    let locks = this.locks.get(place);
    if (locks === undefined) {
      locks = new Map();
      this.locks.set(place, locks);
    }
    return locks;
  }

  private queue(): Place | undefined {
    const places = placesOf(this.world, 'queue');
    return places.length === 0 ? undefined : this.world.random.pick(places);
  }

  private get nowMs(): number {
    return this.world.clock.now();
  }

  acquire(): void {
    const place = this.queue();
    if (place === undefined) return;
    const { world, nowMs } = this;
    const { random } = world;
    const holder = 1 + random.below(3);
    const count = 1 + random.below(8);
    const bytes = random.chance(0.3) ? 1 + random.below(20) : Number.POSITIVE_INFINITY;
    const deadline = random.chance(0.5) ? Number.POSITIVE_INFINITY : nowMs + 1 + random.below(400);
    world.stretch(`${holder} takes up to ${count} of ${place.log.name} until ${deadline}`, () => {
      let expected: number[][] = [];
      const got = world.ledger(
        place,
        (ledger) => ledger.acquire(holder, count, bytes, deadline, nowMs, this.runs),
        (model) => {
          const taken = model.acquire(holder, count, bytes, deadline, nowMs);
          expected = taken.map((one) => [one.offset, one.deliveries]);
          return taken.length;
        },
      );
      this.taken(place, holder, deadline, expected);
      world.trace.counts.acquired += got;
    });
    if (random.chance(0.2)) world.promise('durable');
  }

  private taken(place: Place, holder: number, untilMs: number, expected: readonly number[][]): void {
    const locks = this.locksOf(place);
    const { runs, world } = this;
    const got: number[][] = [];
    for (let index = 0; index < runs.count; index++) {
      for (let offset = runs.from[index]!; offset < runs.to[index]!; offset++) {
        got.push([offset, runs.deliveries[index]!]);
        const other = locks.get(offset);
        if (other !== undefined && other.untilMs > this.nowMs) {
          throw new Violation(
            'no message is locked by two',
            `${place.log.name}@${offset}: ${holder} and ${other.holder}`,
          );
        }
        const name = world.model.log(place.log.id).nameOf(offset);
        if (this.ackedForGood.has(`${place.log.id}/${name}`)) {
          throw new Violation('no acked message comes back', `${place.log.name}@${offset}`);
        }
        locks.set(offset, { holder, untilMs });
      }
    }
    if (JSON.stringify(got) !== JSON.stringify(expected)) {
      throw new Violation('a ledger does as its model', `${JSON.stringify(got)} not ${JSON.stringify(expected)}`);
    }
  }

  /** Some of what a holder has, or some range that may be anybody's. */
  private range(place: Place): { holder: number; from: number; to: number } {
    const { random } = this.world;
    const locks = [...this.locksOf(place)];
    const end = place.log.endOffset;
    if (locks.length === 0 || random.chance(0.1)) {
      const from = random.below(end + 1);
      return { holder: random.below(4), from, to: Math.min(end, from + random.below(6)) };
    }
    const [offset, lock] = random.pick(locks);
    const from = Math.max(0, offset - random.below(3));
    return { holder: random.chance(0.1) ? 0 : lock.holder, from, to: Math.min(end, offset + 1 + random.below(5)) };
  }

  settle(): void {
    const place = this.queue();
    if (place === undefined) return;
    const way = this.world.random.below(20);
    if (way < 12) this.ack(place);
    else this.handBack(place, way);
  }

  private ack(place: Place): void {
    const { world } = this;
    const { holder, from, to } = this.range(place);
    let names: string[] = [];
    const taken = world.stretch(`${holder} acks ${from} to ${to} of ${place.log.name}`, () => {
      names = this.apply(
        place,
        from,
        to,
        holder,
        (ledger) => ledger.ack(holder, from, to),
        (model) => model.ack(holder, from, to),
      );
      if (names.length > 0) this.trim(place);
    });
    if (!taken || names.length === 0) return;
    world.trace.counts.acked += names.length;
    if (world.random.chance(0.6)) {
      world.promise('durable', () => {
        for (const name of names) this.ackedForGood.add(name);
      });
    }
  }

  /** Does it on both sides, forgets the locks it ends, and answers the names of what it was about. */
  private apply(
    place: Place,
    from: number,
    to: number,
    holder: number,
    live: (ledger: Ledger) => number,
    same: (model: LedgerModel) => number,
  ): string[] {
    const { world } = this;
    const log = world.model.log(place.log.id);
    const held = log.ledger!.all.slice(from, to).filter((one) => one.state === 'locked');
    const names = held
      .filter((one) => holder === 0 || one.holder === holder)
      .map((one) => `${place.log.id}/${log.nameOf(one.offset)}`);
    world.ledger(place, live, same);
    this.refreshLocks(place);
    return names;
  }

  /** Who has no lock any more says the ledger's answer; here it is enough to forget what is not locked. */
  private refreshLocks(place: Place): void {
    const locks = this.locksOf(place);
    const all = this.world.model.log(place.log.id).ledger!.all;
    for (const offset of [...locks.keys()]) if (all[offset]!.state !== 'locked') locks.delete(offset);
  }

  private handBack(place: Place, way: number): void {
    const { world, nowMs } = this;
    const { random } = world;
    const { holder, from, to } = this.range(place);
    const counts = random.chance(0.5);
    const reason = random.pick(deathReasons);
    const what = `${from} to ${to} of ${place.log.name}`;
    if (way < 16) {
      const dueMs = random.chance(0.4) ? nowMs + 1 + random.below(300) : 0;
      world.stretch(`${holder} releases ${what} until ${dueMs}`, () => {
        this.apply(
          place,
          from,
          to,
          holder,
          (ledger) => ledger.release(holder, from, to, dueMs, counts),
          (model) => model.release(holder, from, to, dueMs, counts),
        );
      });
    } else if (way < 18) {
      world.stretch(`${holder} rejects ${what}`, () => {
        this.apply(
          place,
          from,
          to,
          holder,
          (ledger) => ledger.reject(holder, from, to, reason),
          (model) => model.reject(holder, from, to, reason),
        );
      });
    } else {
      const deadline = random.chance(0.3) ? Number.POSITIVE_INFINITY : nowMs + 1 + random.below(500);
      world.stretch(`${holder} extends ${what} until ${deadline}`, () => {
        world.ledger(
          place,
          (ledger) => ledger.extend(holder, from, to, deadline),
          (model) => model.extend(holder, from, to, deadline),
        );
        const locks = this.locksOf(place);
        const all = world.model.log(place.log.id).ledger!.all;
        for (const [offset, lock] of locks) locks.set(offset, { ...lock, untilMs: all[offset]!.until });
      });
    }
    if (random.chance(0.3)) world.promise('durable');
  }

  rare(): void {
    const place = this.queue();
    if (place === undefined) return;
    const { world, nowMs } = this;
    const { random } = world;
    const { from, to } = this.range(place);
    const holder = 1 + random.below(3);
    const flag = random.chance(0.5);
    const limit = random.below(5) - 1;
    const reason = random.pick(deathReasons);
    const end = place.log.endOffset;
    const way = random.below(6);
    const what = ['purge', 'expire', 'kill', 'discard', 'forget holder', 'limit'][way]!;
    world.stretch(`${what} ${from} to ${to} of ${place.log.name}`, () => {
      this.apply(
        place,
        0,
        0,
        0,
        (ledger) => {
          if (way === 0) return ledger.purge(flag);
          if (way === 1) return ledger.expire(nowMs);
          if (way === 2) return ledger.kill(from, to, reason);
          if (way === 3) return ledger.discard(from, to);
          if (way === 4) return ledger.releaseHolder(holder, flag);
          ledger.deliveryLimit = limit;
          return limit;
        },
        (model) => {
          if (way === 0) return model.purge(flag);
          if (way === 1) {
            model.expire(nowMs);
            return model.nextDueMs;
          }
          if (way === 2) return model.kill(from, to, reason);
          if (way === 3) return model.discard(from, to);
          if (way === 4) return model.release(holder, 0, end, 0, flag);
          model.limit = limit;
          return limit;
        },
      );
      this.trim(place);
    });
    if (random.chance(0.3)) world.promise('durable');
  }

  /** Ack here, publish there: to one or two logs, with a common name in all of them. Dead letters go the same way. */
  mixed(): void {
    const place = this.queue();
    const { world } = this;
    const { random } = world;
    const targets = placesOf(world, 'stream', 'queue').filter((other) => other !== place && random.chance(0.6));
    if (place === undefined || targets.length === 0) return;
    const buries = random.chance(0.3);
    const { holder, from, to } = this.range(place);
    const content = freshContent(world, false);
    const publish = (): void => {
      for (const target of targets) appendTo(world, target, content);
    };
    const act = (): void => {
      if (buries) {
        const end = place.log.endOffset;
        this.apply(
          place,
          0,
          0,
          0,
          (ledger) => ledger.buried(0, end),
          (model) => model.buried(0, end),
        );
      } else {
        this.apply(
          place,
          from,
          to,
          holder,
          (ledger) => ledger.ack(holder, from, to),
          (model) => model.ack(holder, from, to),
        );
      }
    };
    const names = targets.map((target) => target.log.name).join(' ');
    world.stretch(`${place.log.name} ${buries ? 'buries' : `acks ${from} to ${to}`} and ${names} get the rest`, () => {
      act();
      publish();
      this.trim(place);
    });
    if (random.chance(0.6)) world.promise('durable');
  }

  /** A queue's log lets go of what all are done with. */
  private trim(place: Place): void {
    const { world } = this;
    if (!world.random.chance(0.5)) return;
    trimToDone(world, place);
  }
}

export function trimToDone(world: World, place: Place): void {
  const done = place.ledger!.doneBefore;
  if (world.settings.recordsTrims) place.log.trim(done);
  else {
    place.log.trimmed(done);
    const log = world.model.log(place.log.id);
    log.start = Math.max(log.start, done);
  }
}
