import { identityIn, nameOf } from './record.js';

/** Where broken promises are told. */
export interface Judge {
  /** There may be no room on the disk: whatever is refused for that reason may have been done or not. */
  readonly mayRefuse?: boolean;
  violation(message: string): void;
}

/** What is known of a message, wherever it is. */
const fate = {
  /** The broker said that it has it. */
  confirmed: 1,
  /** It was never sent as a whole, or taken back: nobody may ever see it. */
  forbidden: 2,
  /** It outlived a kill, or something later did: the broker has it although nobody was told. */
  exists: 4,
} as const;

/** What is known of a message in one queue. */
const mark = {
  seen: 1,
  /** Its ack was sent; nobody knows whether it counted. */
  settled: 2,
  /** The same for a reject that makes a dead letter of it. */
  rejected: 4,
  /** Its ack or reject counts: it never comes back. */
  gone: 8,
  /** It was handed out before something that was promised: a kill does not make that undone. */
  firm: 16,
  /** Somebody has it and did not settle it. */
  held: 32,
} as const;

/** Flags by number. */
class Flags {
  private bytes = new Uint8Array(64);

  at(number: number): number {
    return this.bytes[number] ?? 0;
  }

  set(number: number, bits: number): void {
    if (number >= this.bytes.length) {
      const larger = new Uint8Array(Math.max(number + 1, this.bytes.length * 2));
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes[number]! |= bits;
  }

  clear(number: number, bits: number): void {
    if (number < this.bytes.length) this.bytes[number]! &= ~bits;
  }

  /** Another value altogether. */
  put(number: number, value: number): void {
    this.set(number, 0);
    this.bytes[number] = value;
  }
}

export class QueueState {
  readonly name: string;
  /** Where its dead letters go. */
  readonly dead: QueueState | null;
  /** What is handed out too often becomes a dead letter without anybody rejecting it. */
  readonly buriesByItself: boolean;
  readonly lanes: Map<number, Lane> = new Map();

  constructor(name: string, dead: QueueState | null, buriesByItself: boolean) {
    this.name = name;
    this.dead = dead;
    this.buriesByItself = buriesByItself;
  }
}

/** The messages of one route in one queue. */
export class Lane {
  readonly route: Route;
  readonly queue: QueueState;
  /** The same messages as dead letters. */
  readonly dead: Lane | null;
  readonly marks: Flags = new Flags();
  /** The last life in which it was seen, by number; lives are counted modulo 256. */
  readonly lastLives: Flags = new Flags();
  /** Transactions of which nobody knows whether they settled this number. */
  readonly doubts: Map<number, Transaction> = new Map();

  constructor(route: Route, queue: QueueState, dead: Lane | null) {
    this.route = route;
    this.queue = queue;
    this.dead = dead;
  }
}

/** Messages that one connection publishes one after another to the same queues. */
export class Route {
  readonly id: number;
  readonly lanes: Lane[] = [];
  readonly fates: Flags = new Flags();
  /** Numbers before it were given to messages. */
  sent = 0;
  /** The life in which the message from that number on was sent. */
  private readonly livesFrom: { number: number; life: number }[] = [];
  /** Before it everything was found, or found not to be there. */
  resolved = 0;
  readonly doubts: Map<number, Transaction> = new Map();

  constructor(id: number) {
    this.id = id;
  }

  send(life: number): number {
    if (this.livesFrom.at(-1)?.life !== life) this.livesFrom.push({ number: this.sent, life });
    return this.sent++;
  }

  lifeOf(number: number): number {
    return this.livesFrom.findLast((each) => each.number <= number)?.life ?? 0;
  }
}

/** One message in one queue. */
export interface Place {
  readonly lane: Lane;
  readonly number: number;
}

export interface Published {
  readonly route: Route;
  readonly number: number;
}

/** Publishes and acks of which all count, or none. */
export interface Transaction {
  readonly name: string;
  readonly life: number;
  readonly published: readonly Published[];
  readonly acked: readonly Place[];
  /** What was found of one whose commit had no answer. */
  found: 'nothing' | 'done' | 'undone';
  readonly returned: Set<string>;
}

/** Whoever is handed messages over one connection: to him those that nobody had before come in order. */
export class Taker {
  readonly lastNumbers: Map<Lane, number> = new Map();
}

export interface QueueCounts {
  sent: number;
  confirmed: number;
  delivered: number;
  redelivered: number;
  settled: number;
  /** Settled, and known to count. */
  promised: number;
  deadLetters: number;
  returned: number;
  cuts: number;
  committed: number;
  inDoubt: number;
  drained: number;
}

export function noQueueCounts(): QueueCounts {
  return {
    sent: 0,
    confirmed: 0,
    delivered: 0,
    redelivered: 0,
    settled: 0,
    promised: 0,
    deadLetters: 0,
    returned: 0,
    cuts: 0,
    committed: 0,
    inDoubt: 0,
    drained: 0,
  };
}

/**
 * All that a broker has promised of its queues, and every promise that turned out broken. Like History it is only told.
 *
 * A queue may hand out what is not durable yet, and after a kill that never was. So of a message that was not confirmed
 * nothing is known until it is seen in a later life, or something that came after it was promised.
 */
export class QueueHistory {
  readonly counts: QueueCounts = noQueueCounts();
  private readonly judge: Judge;
  private readonly queues: QueueState[] = [];
  private readonly routes = new Map<number, Route>();
  private readonly unresolved = new Set<Route>();
  private readonly transactions = new Set<Transaction>();
  private life = 1;
  private ending = false;

  constructor(judge: Judge) {
    this.judge = judge;
  }

  /** The broker was killed: what it had not promised may not have happened. */
  killed(): void {
    this.life++;
    this.ending = false;
  }

  /** The broker ends connections one by one: others may be handed what was theirs before anybody here knows. */
  stopping(): void {
    this.ending = true;
  }

  queue(name: string, dead: QueueState | null = null, buriesByItself = false): QueueState {
    const queue = new QueueState(name, dead, buriesByItself);
    this.queues.push(queue);
    return queue;
  }

  route(queues: readonly QueueState[]): Route {
    const route = new Route(this.routes.size + 1);
    for (const queue of queues) {
      let dead: Lane | null = null;
      if (queue.dead !== null) {
        dead = new Lane(route, queue.dead, null);
        queue.dead.lanes.set(route.id, dead);
      }
      const lane = new Lane(route, queue, dead);
      queue.lanes.set(route.id, lane);
      route.lanes.push(lane);
    }
    this.routes.set(route.id, route);
    this.unresolved.add(route);
    return route;
  }

  // --- publishing ---

  sending(route: Route): number {
    this.counts.sent++;
    this.unresolved.add(route);
    return route.send(this.life);
  }

  confirmed(route: Route, number: number): void {
    this.counts.confirmed++;
    route.fates.set(number, fate.confirmed);
  }

  /** It was not sent as a whole, or was rolled back. */
  forbidden(route: Route, number: number): void {
    route.fates.set(number, fate.forbidden);
  }

  // --- being handed messages ---

  /** A queue handed out a message. Undefined when that is none it could have. */
  delivered(queue: QueueState, body: Buffer, redelivered: boolean, taker: Taker | null): Place | undefined {
    this.counts.delivered++;
    if (redelivered) this.counts.redelivered++;
    const identity = identityIn(body, 0, body.length);
    if (identity === undefined) {
      this.judge.violation(`${queue.name}: a message of ${body.length} bytes is not as it was sent`);
      return undefined;
    }
    const lane = queue.lanes.get(Math.floor(identity / 4294967296));
    const number = identity % 4294967296;
    if (lane === undefined || number >= lane.route.sent) {
      this.judge.violation(`${queue.name}: ${nameOf(identity)} does not belong here`);
      return undefined;
    }
    this.checkDelivery(lane, number, redelivered);
    // Dead letters come in the order in which they died.
    if (!redelivered && taker !== null && lane.route.lanes.includes(lane)) this.checkOrder(taker, lane, number);
    this.note(lane, number);
    return { lane, number };
  }

  private checkDelivery(lane: Lane, number: number, redelivered: boolean): void {
    const bits = lane.marks.at(number);
    const wrong = (what: string): void => this.judge.violation(`${placeName({ lane, number })} ${what}`);
    if (lane.route.fates.at(number) & fate.forbidden)
      wrong('is there, and was never sent as a whole or was taken back');
    if (bits & mark.gone) wrong('comes back, although what settled it counts');
    if (bits & mark.held && !this.ending) {
      wrong(`is with two at a time, in life ${this.life}${redelivered ? ', and says it was before' : ''}`);
    }
    if (bits & mark.firm && !redelivered) wrong('was handed out before, and does not say so');
    const { dead } = lane;
    if (dead === null) return;
    const buried = dead.marks.at(number);
    const sameLife = buried & mark.seen && dead.lastLives.at(number) === this.life % 256;
    if (buried & mark.firm || sameLife) wrong(`comes back, and is a dead letter in ${dead.queue.name}`);
  }

  private checkOrder(taker: Taker, lane: Lane, number: number): void {
    const last = taker.lastNumbers.get(lane);
    if (last !== undefined && number <= last) {
      this.judge.violation(`${placeName({ lane, number })} comes behind number ${last}, to the same consumer`);
    }
    taker.lastNumbers.set(lane, number);
  }

  private note(lane: Lane, number: number): void {
    const { route, marks, lastLives } = lane;
    // It is back, so whatever settled it did not count.
    marks.clear(number, mark.settled | mark.rejected);
    marks.set(number, mark.seen);
    // Where it had been a dead letter, and nothing was promised of that, it is none now.
    lane.dead?.marks.clear(number, mark.seen | mark.settled);
    lastLives.put(number, this.life % 256);
    if (route.lifeOf(number) < this.life) this.exists(route, number);
    const doubt = lane.doubts.get(number);
    if (doubt === undefined) return;
    doubt.returned.add(placeName({ lane, number }));
    this.find(doubt, 'undone', placeName({ lane, number }));
  }

  private exists(route: Route, number: number): void {
    route.fates.set(number, fate.exists);
    const doubt = route.doubts.get(number);
    if (doubt !== undefined) this.find(doubt, 'done', `message ${number} of stream ${route.id}`);
  }

  private find(transaction: Transaction, found: 'done' | 'undone', by: string): void {
    if (transaction.found === 'nothing') transaction.found = found;
    else if (transaction.found !== found) {
      this.judge.violation(`${transaction.name} is both done and undone, as ${by} shows`);
    }
  }

  hold({ lane, number }: Place): void {
    lane.marks.set(number, mark.held);
  }

  /** Nobody has it any more: it was given back, or whoever had it is gone. */
  released({ lane, number }: Place): void {
    lane.marks.clear(number, mark.held);
  }

  /** An ack, or a reject that makes a dead letter of it, is on its way. */
  settling({ lane, number }: Place, how: 'ack' | 'reject'): void {
    this.counts.settled++;
    lane.marks.clear(number, mark.held);
    lane.marks.set(number, how === 'ack' ? mark.settled : mark.rejected);
  }

  /** It was handed out again, and what settled it may count all the same. */
  stillSettling({ lane, number }: Place): void {
    lane.marks.set(number, mark.settled);
  }

  /** What settles it was sent, and nothing shows that it did not count. */
  isSettled({ lane, number }: Place): boolean {
    return (lane.marks.at(number) & (mark.settled | mark.gone)) !== 0;
  }

  /** What was to settle it had no effect. */
  unsettled({ lane, number }: Place): void {
    if (!(lane.marks.at(number) & mark.gone)) lane.marks.clear(number, mark.settled);
  }

  /** Something that came after what settled it was promised. */
  promised({ lane, number }: Place): void {
    this.counts.promised++;
    lane.marks.set(number, mark.gone | mark.firm);
    this.exists(lane.route, number);
  }

  /** Something that came after it was handed out was promised. */
  firm({ lane, number }: Place): void {
    lane.marks.set(number, mark.firm);
    this.exists(lane.route, number);
  }

  /** It was handed out again while that which settled it was on its way: it was settled all the same. */
  ended({ lane, number }: Place): void {
    lane.marks.set(number, mark.settled);
    this.promised({ lane, number });
  }

  /** Whether something was rejected that is to be a dead letter and was not seen as one yet. */
  get awaitsDeadLetters(): boolean {
    for (const route of this.unresolved) {
      for (const lane of route.lanes) {
        for (let number = route.resolved; number < route.sent; number++) {
          const bits = lane.marks.at(number);
          if (bits & mark.rejected && !(bits & mark.settled) && !((lane.dead?.marks.at(number) ?? 0) & mark.seen))
            return true;
        }
      }
    }
    return false;
  }

  /** Whether something that is known to be there was not settled yet, where it was sent or as a dead letter. */
  get awaitsMessages(): boolean {
    for (const route of this.unresolved) {
      for (let number = route.resolved; number < route.sent; number++) {
        if (!(route.fates.at(number) & (fate.confirmed | fate.exists))) continue;
        for (const { marks, dead } of route.lanes) {
          if (!((marks.at(number) | (dead?.marks.at(number) ?? 0)) & mark.settled)) return true;
        }
      }
    }
    return false;
  }

  // --- transactions ---

  /** The commit is on its way. */
  committing(name: string, published: readonly Published[], acked: readonly Place[]): Transaction {
    const transaction: Transaction = {
      name,
      life: this.life,
      published,
      acked,
      found: 'nothing',
      returned: new Set(),
    };
    for (const place of acked) {
      this.settling(place, 'ack');
      place.lane.doubts.set(place.number, transaction);
    }
    for (const { route, number } of published) route.doubts.set(number, transaction);
    this.transactions.add(transaction);
    return transaction;
  }

  committed(transaction: Transaction): void {
    this.counts.committed++;
    this.forget(transaction);
    for (const { route, number } of transaction.published) this.confirmed(route, number);
    for (const place of transaction.acked) this.promised(place);
  }

  private forget(transaction: Transaction): void {
    this.transactions.delete(transaction);
    for (const { lane, number } of transaction.acked) lane.doubts.delete(number);
    for (const { route, number } of transaction.published) route.doubts.delete(number);
  }

  // --- when all queues were drained, and what was in them is known to be settled ---

  drained(): void {
    for (const transaction of this.transactions) this.resolveTransaction(transaction);
    for (const route of this.unresolved) {
      for (; route.resolved < route.sent; route.resolved++) this.resolve(route, route.resolved);
      this.unresolved.delete(route);
    }
  }

  private resolveTransaction(transaction: Transaction): void {
    this.counts.inDoubt++;
    const { name, published, acked, found, returned } = transaction;
    const lanes = published.flatMap(({ route, number }) => route.lanes.map((lane) => ({ lane, number })));
    const missing = lanes.filter(({ lane, number }) => !(lane.marks.at(number) & mark.seen));
    if (found === 'done' && missing.length > 0) {
      this.judge.violation(`${name} is done, but ${placeName(missing[0]!)} is not there`);
    }
    const stayed = acked.filter(
      (place) =>
        place.lane.route.fates.at(place.number) & (fate.confirmed | fate.exists) && !returned.has(placeName(place)),
    );
    if (missing.length > 0 && stayed.length > 0) {
      this.judge.violation(`${name} is not done, but ${placeName(stayed[0]!)}, which it acked, did not come back`);
    }
    if (found === 'done' && returned.size > 0)
      this.judge.violation(`${name} is done, and ${returned.size} acks are not`);
    this.forget(transaction);
  }

  private resolve(route: Route, number: number): void {
    const known = route.fates.at(number);
    if (known & fate.forbidden) return;
    let seen = 0;
    const missing: Lane[] = [];
    for (const lane of route.lanes) {
      if ((lane.marks.at(number) | (lane.dead?.marks.at(number) ?? 0)) & mark.seen) seen++;
      else missing.push(lane);
    }
    const exists = (known & (fate.confirmed | fate.exists)) !== 0;
    if (exists) {
      for (const lane of missing) {
        const why = known & fate.confirmed ? 'was confirmed' : `is in ${seen} other queues it was sent to`;
        this.judge.violation(`${placeName({ lane, number })} is lost; it ${why}`);
      }
      for (const lane of route.lanes) this.checkEnd(lane, number);
    }
    for (const lane of route.lanes) {
      lane.marks.set(number, mark.gone);
      lane.dead?.marks.set(number, mark.gone);
    }
    if (!exists && seen === 0) route.fates.set(number, fate.forbidden);
  }

  /** It was seen: was it settled, too, or did it vanish? */
  private checkEnd(lane: Lane, number: number): void {
    const bits = lane.marks.at(number);
    const buried = lane.dead?.marks.at(number) ?? 0;
    if (!(bits & mark.seen) && !(buried & mark.seen)) return;
    if (buried & mark.seen) {
      this.counts.deadLetters++;
      if (!(bits & (mark.rejected | mark.settled)) && !lane.queue.buriesByItself) {
        this.judge.violation(`${placeName({ lane, number })} is a dead letter that nobody rejected`);
      }
      if (!(buried & mark.settled))
        this.judge.violation(`${placeName({ lane: lane.dead!, number })} is lost, unsettled`);
      return;
    }
    if (bits & mark.settled) return;
    const why = bits & mark.rejected ? 'was rejected and is no dead letter' : 'was handed out and not settled';
    this.judge.violation(`${placeName({ lane, number })} is lost; it ${why}`);
  }
}

export function placeName({ lane, number }: Place): string {
  return `${lane.queue.name}: message ${number} of stream ${lane.route.id}`;
}
