import assert from 'node:assert/strict';
import { METHOD_NAMES, METHODS } from '../../src/protocols/amqp/codec/methods.js';
import type { MethodAnswers, MethodValues } from '../amqp-codec/codec/table.js';
import type { MethodName, Received } from './wire-frames.js';

/** How long a test waits for what must come. */
export const patienceMs = 5000;

/** How a close is expected to look; what is left out may be anything. */
export interface Expected {
  readonly code: number;
  readonly text?: string | RegExp;
  /** The method that failed. */
  readonly method?: MethodName;
}

/** A close that nobody expected, in what was waited for instead. */
export class Closed extends Error {
  override readonly name = 'Closed';
  readonly code: number;
  readonly text: string;

  constructor(waitedFor: string, by: string, code: number, text: string) {
    super(`${waitedFor} was waited for; ${by} came: ${code} ${text}`);
    this.code = code;
    this.text = text;
  }
}

interface Waiter {
  readonly wants: (received: Received) => boolean;
  readonly resolve: (received: Received) => void;
  readonly reject: (error: Error) => void;
  readonly what: string;
}

/** What came on one channel, in order, until somebody takes it. */
export class Inbox {
  /** Every method that came, by name, taken or not. */
  readonly heard: MethodName[] = [];
  private readonly waiting: Received[] = [];
  private readonly waiters: Waiter[] = [];
  private failure: ((waitedFor: string) => Error) | null = null;
  private over = false;

  put(received: Received): void {
    this.heard.push(received.name);
    const at = this.waiters.findIndex(({ wants }) => wants(received));
    if (at >= 0) this.waiters.splice(at, 1)[0]!.resolve(received);
    else this.waiting.push(received);
  }

  /**
   * Nothing more will come; who waits, or will wait, is told why. Of a close that is not `over` yet, because it may have
   * crossed another one, the answer may still come.
   */
  fail(why: (waitedFor: string) => Error, over: boolean): void {
    this.over ||= over;
    this.failure ??= why;
    const hopeless = this.waiters.filter(({ what }) => this.isHopeless(what));
    for (const waiter of hopeless) {
      this.waiters.splice(this.waiters.indexOf(waiter), 1);
      waiter.reject(this.failure(waiter.what));
    }
  }

  private isHopeless(what: string): boolean {
    return this.failure !== null && (this.over || !what.endsWith('.close-ok'));
  }

  /** The first of these names, leaving what else came before it; of any name when none is given. */
  take<Name extends MethodName>(names: readonly Name[], timeoutMs: number = patienceMs): Promise<Received<Name>> {
    const wants = (received: Received): boolean => names.length === 0 || names.includes(received.name as Name);
    const at = this.waiting.findIndex(wants);
    const what = names.length === 0 ? 'a method' : names.join(' or ');
    if (at >= 0) return Promise.resolve(this.waiting.splice(at, 1)[0] as Received<Name>);
    if (this.failure !== null && this.isHopeless(what)) return Promise.reject(this.failure(what));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiters.splice(this.waiters.indexOf(waiter), 1);
        const came = this.waiting.map(({ name }) => name).join(', ');
        reject(new Error(`${what} did not come in ${timeoutMs} ms${came === '' ? '' : `, but ${came}`}`));
      }, timeoutMs);
      const settled =
        <Value>(then: (value: Value) => void) =>
        (value: Value) => {
          clearTimeout(timer);
          then(value);
        };
      const waiter: Waiter = {
        wants,
        what,
        resolve: settled(resolve as (received: Received) => void),
        reject: settled(reject),
      };
      this.waiters.push(waiter);
    });
  }

  /** What came and nobody has taken, of this name, taken now. */
  taken<Name extends MethodName>(name: Name): Received<Name>[] {
    const found = this.waiting.filter((received) => received.name === name);
    for (const each of found) this.waiting.splice(this.waiting.indexOf(each), 1);
    return found as Received[] as Received<Name>[];
  }

  /** What came and nobody has taken, of these names. */
  untaken(...names: MethodName[]): Received[] {
    return this.waiting.filter(({ name }) => names.includes(name));
  }
}

export function because({
  name,
  values,
}: Received<'connection.close' | 'channel.close'>): (waitedFor: string) => Error {
  return (waitedFor) => new Closed(waitedFor, name, values.replyCode, values.replyText);
}

export function answersOf<Name extends keyof MethodAnswers>(name: Name): MethodAnswers[Name][] {
  const { answeredBy } = METHODS.find((method) => method.name === name)!;
  return answeredBy.map((id) => METHOD_NAMES.get(id) as MethodAnswers[Name]);
}

/** Code, text and the method that failed, as the close says them. */
export function checkClose(
  close: MethodValues['connection.close' | 'channel.close'],
  { code, text, method }: Expected,
): void {
  const said = `${close.replyCode} ${close.replyText}`;
  assert.equal(close.replyCode, code, said);
  if (typeof text === 'string') assert.equal(close.replyText, text);
  else if (text !== undefined) assert.match(close.replyText, text);
  assert.ok(Buffer.byteLength(close.replyText) <= 255);
  if (method !== undefined) {
    const failed = (close.failedClassId << 16) | close.failedMethodId;
    assert.equal(METHOD_NAMES.get(failed) ?? failed, method, said);
  }
}
