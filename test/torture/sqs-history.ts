import {
  type Judge,
  type Lane,
  type Place,
  placeName,
  QueueHistory,
  type QueueState,
  type Route,
} from './queue-history.js';

/** Two processes look at the clock, and timers are whole milliseconds. */
const slackMs = 5;

/** One message as it was received. */
export interface Receipt {
  readonly place: Place;
  readonly handle: string;
  /** It is nobody else's until then. */
  untilMs: number;
  /** Received with others. */
  readonly receive: object;
}

export interface ReceivedMessage {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly Attributes?: Record<string, string>;
}

/** What is known of one group of a FIFO queue, or of the messages of a sender to another one. */
interface Known {
  readonly ids: Map<number, string>;
  /** How often each was received, as last told. */
  readonly receives: Map<number, number>;
  /** Not to be seen before. */
  readonly notBeforeMs: Map<number, number>;
  /** Those before it were passed: they must not come any more. */
  passed: number;
}

/** A QueueHistory with what only SQS promises: visibility, groups, counts of receives, ids. */
export class SqsHistory {
  readonly queues: QueueHistory;
  private readonly judge: Judge;
  /** Whether time-outs and delays can be held against the clock here: the broker's own may be stepped. */
  private readonly timed: boolean;
  private readonly known = new Map<Route, Known>();
  private clock = 0;
  /** Receives without an answer yet, the oldest first. */
  private readonly asked = new Set<number>();
  private readonly deletes: { readonly place: Place; readonly before: number }[] = [];
  private readonly inFlight = new Map<Lane, Map<number, Receipt>>();
  /** How many deletes of a message are on their way, without an answer yet. */
  private readonly doomed = new Map<Lane, Map<number, number>>();

  constructor(judge: Judge, timed = true) {
    this.judge = judge;
    this.timed = timed;
    this.queues = new QueueHistory(judge);
  }

  private of(route: Route): Known {
    let known = this.known.get(route);
    if (known === undefined) {
      known = { ids: new Map(), receives: new Map(), notBeforeMs: new Map(), passed: 0 };
      this.known.set(route, known);
    }
    return known;
  }

  delayed(route: Route, number: number, notBeforeMs: number): void {
    if (this.timed) this.of(route).notBeforeMs.set(number, notBeforeMs);
  }

  /** A send was answered; again, perhaps. */
  sent(route: Route, number: number, id: string): void {
    this.queues.confirmed(route, number);
    this.identified(route, number, id, 'the answer');
  }

  private identified(route: Route, number: number, id: string, source: string): void {
    const { ids } = this.of(route);
    const before = ids.get(number);
    if (before !== undefined && before !== id) {
      const name = `message ${number} of stream ${route.id}`;
      this.judge.violation(`${name} is there twice: ${source} calls it ${id}, and it was ${before}`);
    }
    ids.set(number, id);
  }

  /** What one receive was answered. `visibleMs` after `askedMs` others may have it. */
  received(
    queue: QueueState,
    fifo: boolean,
    messages: readonly ReceivedMessage[],
    askedMs: number,
    nowMs: number,
    visibleMs: number,
  ): Receipt[] {
    const receive = {};
    const receipts: Receipt[] = [];
    const lastOf = new Map<Lane, number>();
    for (const message of messages) {
      const count = Number(message.Attributes?.['ApproximateReceiveCount']);
      const place = this.queues.delivered(queue, Buffer.from(message.Body, 'base64'), count > 1, null);
      if (place === undefined) continue;
      const { lane, number } = place;
      // Handed out before the broker came to a delete that is on its way, perhaps: that counts, whether answered or not.
      if (this.deletesOf(place) > 0) this.queues.stillSettling(place);
      this.identified(lane.route, number, message.MessageId, `a receive from ${queue.name}`);
      this.checkTime(place, count, nowMs);
      if (fifo) this.checkGroup(place, receive, lastOf, nowMs);
      else this.checkVisible(place, nowMs);
      // Whoever is answered has the message, and all that was before it is written.
      this.queues.firm(place);
      const receipt = { place, handle: message.ReceiptHandle, untilMs: this.timed ? askedMs + visibleMs : 0, receive };
      this.flights(lane).set(number, receipt);
      receipts.push(receipt);
    }
    return receipts;
  }

  private flights(lane: Lane): Map<number, Receipt> {
    let flights = this.inFlight.get(lane);
    if (flights === undefined) {
      flights = new Map();
      this.inFlight.set(lane, flights);
    }
    return flights;
  }

  private checkTime(place: Place, count: number, nowMs: number): void {
    const { receives, notBeforeMs } = this.of(place.lane.route);
    const before = receives.get(place.number) ?? 0;
    if (!(count > before)) {
      this.judge.violation(`${placeName(place)} says it was received ${count} times, and said ${before} before`);
    }
    receives.set(place.number, count);
    if (nowMs < (notBeforeMs.get(place.number) ?? 0) - slackMs) {
      this.judge.violation(`${placeName(place)} is received before its delay is over`);
    }
  }

  private checkVisible(place: Place, nowMs: number): void {
    const { lane, number } = place;
    // A dead letter was last received where it died.
    for (const each of lane.route.lanes) {
      const flight = this.inFlight.get(each)?.get(number) ?? this.inFlight.get(lane)?.get(number);
      if (flight !== undefined && flight.untilMs > nowMs + slackMs) {
        const earlyMs = Math.round(flight.untilMs - nowMs);
        this.judge.violation(`${placeName(place)} is received ${earlyMs} ms before its time-out is over`);
      }
    }
  }

  private checkGroup(place: Place, receive: object, lastOf: Map<Lane, number>, nowMs: number): void {
    const { lane, number } = place;
    const known = this.of(lane.route);
    const last = lastOf.get(lane);
    lastOf.set(lane, number);
    for (const flight of this.flights(lane).values()) {
      if (flight.receive === receive || flight.untilMs <= nowMs + slackMs) continue;
      this.judge.violation(`${placeName(place)} is received while ${placeName(flight.place)} is in flight`);
    }
    // Dead letters are in the order in which they died.
    if (!lane.route.lanes.includes(lane)) return;
    if (number < known.passed) {
      this.judge.violation(`${placeName(place)} comes after message ${known.passed} of its group`);
    }
    if (last === undefined) known.passed = Math.max(known.passed, number);
    else if (number <= last) this.judge.violation(`${placeName(place)} comes behind message ${last} in one receive`);
  }

  /** The broker was killed: of deletes without an answer those count of which the message never comes back. */
  killed(): void {
    this.doomed.clear();
    this.queues.killed();
  }

  /** A delete is on its way. */
  deleting(receipt: Receipt): void {
    this.queues.settling(receipt.place, 'ack');
    this.count(receipt.place, 1);
    this.landed(receipt);
  }

  private deletesOf({ lane, number }: Place): number {
    return this.doomed.get(lane)?.get(number) ?? 0;
  }

  private count(place: Place, more: 1 | -1): void {
    const { lane, number } = place;
    let counts = this.doomed.get(lane);
    if (counts === undefined) {
      counts = new Map();
      this.doomed.set(lane, counts);
    }
    const count = this.deletesOf(place) + more;
    if (count > 0) counts.set(number, count);
    else counts.delete(number);
  }

  /** Somebody who had it before has deleted it, perhaps: whoever has it now may be told that it is not there. */
  mayBeGone({ place }: Receipt): boolean {
    if (this.deletesOf(place) > 0 || this.queues.isSettled(place)) return true;
    return this.deletes.some((each) => each.place.lane === place.lane && each.place.number === place.number);
  }

  /** The delete did nothing: the message is there, unless somebody else's did. */
  refused({ place }: Receipt): void {
    this.count(place, -1);
    if (this.deletesOf(place) === 0) this.queues.unsettled(place);
  }

  /**
   * It must not come back. What was asked for before, by somebody whose answer is on its way, may still bring it where its
   * time-out was over.
   */
  deleted({ place }: Receipt): void {
    this.count(place, -1);
    if (this.asked.size === 0) this.queues.promised(place);
    else this.deletes.push({ place, before: ++this.clock });
  }

  /** A receive is on its way; to be told when it ends, however it does. */
  asking(): number {
    const number = ++this.clock;
    this.asked.add(number);
    return number;
  }

  ended(number: number): void {
    this.asked.delete(number);
    const [oldest = Number.POSITIVE_INFINITY] = this.asked;
    while (this.deletes.length > 0 && this.deletes[0]!.before < oldest) this.queues.ended(this.deletes.shift()!.place);
  }

  /** Its time-out is on its way to be set to nothing. */
  landed({ place, receive }: Receipt): void {
    const flights = this.flights(place.lane);
    if (flights.get(place.number)?.receive === receive) flights.delete(place.number);
  }
}
