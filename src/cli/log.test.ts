import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog } from './log.js';

test('each event is one JSON record with level, time, fields and a sentence', async () => {
  const lines: string[] = [];
  const log = await createLog({ logLevel: 'info', logFormat: 'json' }, (line) => lines.push(line));
  log.debug({}, 'not this one');
  log.warn({ front: 'kafka', text: 'two\nlines' }, 'something happened');
  assert.equal(lines.length, 1);
  assert.equal(lines[0]!.indexOf('\n'), lines[0]!.length - 1);
  const { time, ...rest } = JSON.parse(lines[0]!) as Record<string, unknown>;
  assert.match(String(time), /^\d{4}-\d\d-\d\dT/);
  assert.deepEqual(rest, { level: 'warn', front: 'kafka', text: 'two\nlines', msg: 'something happened' });
});

test('for people an event is one line too', async () => {
  const lines: string[] = [];
  const log = await createLog({ logLevel: 'info', logFormat: 'text' }, (line) => lines.push(line));
  log.info({ front: 'kafka', port: 9092 }, 'listening');
  assert.equal(lines.length, 1);
  assert.match(lines[0]!, /INFO.*listening.*"front":"kafka".*"port":9092.*\n$/);
  assert.equal(lines[0]!.indexOf('\n'), lines[0]!.length - 1);
});

test('secrets are not logged, in either format', async () => {
  for (const logFormat of ['text', 'json'] as const) {
    const lines: string[] = [];
    const log = await createLog({ logLevel: 'debug', logFormat }, (line) => lines.push(line));
    log.info({ password: 'hunter2', user: { name: 'a', password: 'hunter2', token: 'hunter2' } }, 'connected');
    assert.match(lines[0]!, /\(secret\)/);
    assert.doesNotMatch(lines[0]!, /hunter2/);
  }
});

test('an error comes with its stack and its cause', async () => {
  const lines: string[] = [];
  const log = await createLog({ logLevel: 'info', logFormat: 'json' }, (line) => lines.push(line));
  log.error({ err: new Error('outer', { cause: new Error('inner') }) }, 'failed');
  const { err } = JSON.parse(lines[0]!) as { err: { message: string; stack: string } };
  assert.match(err.message, /outer/);
  assert.match(err.stack, /inner/);
});

test('for people the stack of an error stands below its line, with its cause', async () => {
  const lines: string[] = [];
  const log = await createLog({ logLevel: 'info', logFormat: 'text' }, (line) => lines.push(line));
  log.error({ err: new Error('outer', { cause: new Error('inner') }), front: 'kafka' }, 'failed');
  assert.match(lines[0]!, /^\[[-\d]{10} [:.\d]{12}\] ERROR: failed \{"front":"kafka"\}\n {4}Error: outer\n/);
  assert.match(lines[0]!, /caused by: Error: inner/);
});

test('what cannot be written as JSON ends nobody', async () => {
  const lines: string[] = [];
  const log = await createLog({ logLevel: 'info', logFormat: 'json' }, (line) => lines.push(line));
  const round: Record<string, unknown> = {};
  round['self'] = round;
  log.info({ round }, 'round');
  log.info({ big: 7n }, 'big');
  assert.match(lines[0]!, /unreadable/);
  assert.equal((JSON.parse(lines[1]!) as { big: string }).big, '7');
});
