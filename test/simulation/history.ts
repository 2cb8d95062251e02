import type { CrashKind } from '../../src/store/memory-disk.js';
import { Consumers, trimToDone } from './consuming.js';
import { compareAll } from './contents.js';
import { nothingIsLeftOver } from './leftovers.js';
import { fanOut, placesOf, publish } from './publishing.js';
import { compareLedger, findCut } from './recovered.js';
import type { ActionName } from './settings.js';
import { type Trace, Violation } from './trace.js';
import * as upkeep from './upkeep.js';
import type { Breakage } from './watched-storage.js';
import { World } from './world.js';

export interface Outcome {
  readonly seed: number;
  readonly trace: Trace;
  readonly failure: Error | null;
}

/** Lives through one history; whatever happens in it follows from the seed. */
export async function runHistory(seed: number, breakage: Breakage = 'none'): Promise<Outcome> {
  const history = new History(seed, breakage);
  return history.run();
}

class History {
  private readonly seed: number;
  private readonly world: World;
  private readonly consumers: Consumers;
  private readonly names: ActionName[];
  private readonly totalWeight: number;

  constructor(seed: number, breakage: Breakage) {
    this.seed = seed;
    this.world = new World(seed, breakage);
    this.consumers = new Consumers(this.world);
    const { weights } = this.world.settings;
    this.names = Object.keys(weights) as ActionName[];
    this.totalWeight = this.names.reduce((sum, name) => sum + weights[name], 0);
  }

  async run(): Promise<Outcome> {
    const { world } = this;
    world.trace.counts.histories = 1;
    world.trace.say(`seed ${this.seed} ${JSON.stringify(world.settings)}`);
    try {
      await this.start();
      for (let action = 0; action < world.settings.actions; action++) {
        await this.act();
        this.stopIfFailed();
        if (world.random.chance(world.settings.crashChance)) await this.crashAndStart();
        this.stopIfFailed();
      }
      await this.end();
    } catch (error) {
      world.fail(error as Error);
    }
    world.trace.say(`ends with ${world.disk.usedBytes} bytes`);
    return { seed: this.seed, trace: world.trace, failure: world.failure };
  }

  private stopIfFailed(): void {
    if (this.world.failure !== null) throw this.world.failure;
  }

  private async act(): Promise<void> {
    const { world } = this;
    const { random, settings } = world;
    let at = random.fraction() * this.totalWeight;
    const name = this.names.find((each) => {
      at -= settings.weights[each];
      return at < 0;
    });
    await this.perform(name ?? 'publish');
    await world.tasks(random.below(settings.tasksMax + 1));
    for (const log of world.storage.logs.values()) {
      const inOrder =
        log.startOffset <= log.endOffset &&
        log.flushedOffset <= log.endOffset &&
        log.durableOffset <= log.endOffset &&
        log.endOffset === world.model.log(log.id).end;
      world.check(inOrder, 'offsets are in order', () => `${log.name} ${log.durableOffset} ${log.endOffset}`);
    }
  }

  private async perform(name: ActionName): Promise<void> {
    const { world, consumers } = this;
    const { random } = world;
    switch (name) {
      case 'publish':
        return publish(world);
      case 'fanOut':
        return fanOut(world);
      case 'mixed':
        return consumers.mixed();
      case 'acquire':
        return consumers.acquire();
      case 'settle':
        return consumers.settle();
      case 'rare':
        return consumers.rare();
      case 'read':
        return random.chance(0.15) ? upkeep.lookUpTime(world) : upkeep.read(world);
      case 'retain':
        return upkeep.retain(world);
      case 'compact':
        return upkeep.compactSome(world);
      case 'checkpoint':
        return world.storage.requestCheckpoint();
      case 'wait':
        return world.advance(random.pick([0.5, 20, 300, 3000]));
      case 'trim':
        return upkeep.trim(world);
      case 'create':
        return upkeep.create(world);
      case 'remove':
        return upkeep.remove(world);
      case 'fault':
        return upkeep.fault(world);
      case 'room':
        return upkeep.room(world);
      case 'pace':
        return upkeep.pace(world);
    }
  }

  // Starts.

  private async start(): Promise<void> {
    await this.world.outcome(this.world.storage.open(), 'a start ends');
    this.takeOver(0, false);
    const { settings, random } = this.world;
    this.world.stretch('the first logs', () => {
      const some = (count: number, use: 'stream' | 'compacted' | 'queue'): void => {
        for (let number = 0; number < count; number++) {
          this.world.create(`${use}-${number}`, use, random.below(settings.policies.length));
        }
      };
      some(settings.streams, 'stream');
      some(settings.compacted, 'compacted');
      some(settings.queues, 'queue');
    });
  }

  private async crashAndStart(): Promise<void> {
    const { world } = this;
    const { random, settings } = world;
    let floor = 0;
    if (random.chance(settings.cleanShare)) {
      await this.close();
      floor = this.crashed('process');
      world.trace.counts.cleanStarts++;
    } else {
      await world.tasks(random.below(4));
      floor = this.crashed(random.chance(settings.powerShare) ? 'power' : 'process');
    }
    let attempts = 0;
    for (;;) {
      const opening = world.storage.open();
      let settled: 'open' | 'refused' | null = null;
      opening.then(
        () => {
          settled = 'open';
        },
        (error: Error) => {
          world.trace.say(`the start fails: ${error.message}`);
          settled = 'refused';
          if (!world.explains(String(error))) world.fail(error);
        },
      );
      if (attempts < 3 && random.chance(settings.crashInRecovery)) await world.tasks(random.below(30));
      else await world.until(() => settled !== null, 'a start ends');
      this.stopIfFailed();
      if (settled === 'open') break;
      attempts++;
      if (settled === 'refused') {
        world.check(attempts < 30, 'a start succeeds in the end', () => 'thirty were refused');
        if (attempts > 5) this.mend();
      } else {
        world.trace.counts.crashesInRecovery++;
      }
      floor = Math.min(floor, this.crashed(random.chance(settings.powerShare) ? 'power' : 'process'));
    }
    this.takeOver(floor, true);
    if (random.chance(0.5)) await this.compareEverything();
  }

  private crashed(kind: CrashKind): number {
    const { world } = this;
    world.crash(kind);
    if (kind === 'power') world.trace.counts.powerCuts++;
    else world.trace.counts.processCrashes++;
    world.trace.say(kind === 'power' ? '*** the power is cut' : '*** the process is killed');
    return kind === 'power' ? world.floorDurable : world.floorWritten;
  }

  /** What a broker does when its storage is open: sees what it has, and ends what the last run left undone. */
  private takeOver(floor: number, restarted: boolean): void {
    const { world } = this;
    const count = findCut(world, floor);
    world.trace.say(`back are ${count} of ${world.stretches.length} stretches`);
    world.rebase(count);
    if (!restarted) return;
    for (const place of placesOf(world, 'queue')) trimToDone(world, place);
    const now = world.clock.now();
    world.stretch('queues begin again', () => {
      for (const place of placesOf(world, 'queue')) {
        const { startOffset, endOffset } = place.log;
        world.ledger(
          place,
          (ledger) => {
            ledger.restarted(startOffset, endOffset, now);
            return 0;
          },
          (model) => {
            model.restarted(startOffset, endOffset, now);
            return 0;
          },
        );
      }
    });
  }

  private async compareEverything(): Promise<void> {
    const { world } = this;
    for (const place of [...world.roster.places.values()]) {
      if (!world.roster.places.has(place.log.id)) continue;
      try {
        await world.outcome(compareAll(world, place, world.random.pick([300, 100_000])), 'a reader gets to the end');
      } catch (error) {
        if (!world.explains(String(error))) throw error;
        world.trace.say(`  cannot read ${place.log.name}: ${(error as Error).message}`);
      }
    }
  }

  private async close(): Promise<void> {
    const { world } = this;
    world.trace.say('closing');
    // Whoever still works would find the storage closed: the process waits for them first.
    await world.until(() => world.errands.size === 0, 'errands end');
    await world.outcome(world.storage.close(), 'a close ends');
  }

  private async tidy(): Promise<void> {
    const { world } = this;
    for (let round = 0; round < 3; round++) {
      const { checkpoints } = world.trace.counts;
      world.storage.requestCheckpoint();
      await world.until(() => world.trace.counts.checkpoints > checkpoints, 'a checkpoint ends');
      await world.advance(1000);
    }
    await nothingIsLeftOver(world);
  }

  /** The disk is well again. */
  private mend(): void {
    const { faults } = this.world;
    faults.capacityBytes = Number.POSITIVE_INFINITY;
    faults.failObjects = 0;
    faults.failReads = 0;
    faults.failSyncs = 0;
    faults.failWrites = 0;
    faults.latencyMsMin = 0;
    faults.latencyMsMax = Math.min(faults.latencyMsMax, 10);
  }

  private async everythingDurable(): Promise<void> {
    const { world } = this;
    world.promise('durable');
    await world.until(() => world.waiting === 0, 'everybody who waits is answered');
  }

  /** In the end all is well again: everybody is answered, and after a power cut everything is there. */
  private async end(): Promise<void> {
    const { world } = this;
    this.mend();
    await world.advance(3000);
    await this.everythingDurable();
    await world.until(() => world.errands.size === 0, 'errands end');
    // A compaction lets go of what it left nothing of when it ends.
    await this.everythingDurable();
    this.stopIfFailed();
    await this.compareEverything();
    if (world.random.chance(0.3)) await this.close();
    const floor = this.crashed('power');
    await world.outcome(world.storage.open(), 'a start ends');
    world.check(floor === world.lastNumber, 'all was promised', () => `#${floor} of #${world.lastNumber}`);
    this.takeOver(floor, true);
    await this.compareEverything();
    this.stopIfFailed();
    await this.everythingDurable();
    const list: string[] = [];
    for (const place of placesOf(world, 'queue')) compareLedger(place, world.model.log(place.log.id), list);
    if (list.length > 0) throw new Violation('a ledger does as its model', list.join('; '));
    if (!world.everTroubled) await this.tidy();
    world.countBundles();
  }
}
