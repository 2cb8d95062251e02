import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeadLetters, type DeadLetterTarget, type DeadRecords } from './dead-letters.js';
import { Ledger } from './ledger.js';
import { Runs } from './runs.js';

/** Ten offsets, locked by holder 1. */
function lockedLedger(): Ledger {
  const ledger = new Ledger();
  ledger.arrived(10);
  ledger.acquire(1, 10, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0, new Runs());
  return ledger;
}

class Taken implements DeadLetterTarget<DeadRecords> {
  readonly list: string[] = [];
  room = true;

  take(_records: DeadRecords, from: number, to: number, reason: string, deliveries: number): boolean {
    if (this.room) this.list.push(`${from}-${to} ${reason} after ${deliveries}`);
    return this.room;
  }
}

const whole = { read: (_from: number, to: number): DeadRecords => ({ to }) };

test('each dead run is handed on with its reason and count, and is then done', async () => {
  const ledger = lockedLedger();
  ledger.reject(1, 2, 4);
  ledger.reject(1, 5, 6, 'expired');
  const target = new Taken();
  assert.equal(await new DeadLetters(ledger, whole, target).move(), 3);
  assert.deepEqual(target.list, ['2-4 rejected after 1', '5-6 expired after 1']);
  assert.deepEqual([ledger.dead, ledger.stateOf(2)], [0, 'done']);
});

test('a run that is read in parts moves in parts', async () => {
  const ledger = lockedLedger();
  ledger.reject(1, 2, 7);
  const target = new Taken();
  const source = { read: async (from: number, to: number) => ({ to: Math.min(to, from + 2) }) };
  assert.equal(await new DeadLetters(ledger, source, target).move(), 5);
  assert.deepEqual(target.list, ['2-4 rejected after 1', '4-6 rejected after 1', '6-7 rejected after 1']);
});

test('what is settled otherwise while it is read is not handed on', async () => {
  const ledger = lockedLedger();
  ledger.reject(1, 2, 4);
  const target = new Taken();
  const source = {
    read: async (_from: number, to: number) => {
      ledger.discard(2, 3);
      return { to };
    },
  };
  assert.equal(await new DeadLetters(ledger, source, target).move(), 1);
  assert.deepEqual(target.list, ['3-4 rejected after 1']);
});

test('a target without room leaves the dead where they are until the next move', async () => {
  const ledger = lockedLedger();
  ledger.reject(1, 2, 4);
  const target = new Taken();
  const letters = new DeadLetters(ledger, whole, target);
  target.room = false;
  assert.equal(await letters.move(), 0);
  assert.equal(ledger.dead, 2);
  target.room = true;
  assert.equal(await letters.move(), 2);
});

test('a failed read loses nothing, and two moves at a time are one', async () => {
  const ledger = lockedLedger();
  ledger.reject(1, 0, 1);
  const target = new Taken();
  let fails = true;
  const source = {
    read: async (_from: number, to: number) => {
      if (fails) throw new Error('disk');
      return { to };
    },
  };
  const letters = new DeadLetters(ledger, source, target);
  await assert.rejects(letters.move(), /disk/);
  assert.equal(ledger.dead, 1);
  fails = false;
  assert.deepEqual(await Promise.all([letters.move(), letters.move()]), [1, 1]);
  assert.deepEqual(target.list, ['0-1 rejected after 1']);
});
