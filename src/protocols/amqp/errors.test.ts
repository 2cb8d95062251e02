import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { BrokerError } from '../../broker/errors.js';
import { AmqpError, amqpCodes, type ReplyCode, replyCodes, told } from './errors.js';

test('the table of errors lists every code with what AMQP clients are told', () => {
  const page = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8');
  const listed: Record<string, number> = {};
  for (const [, code, number] of page.matchAll(/^\| `([a-z-]+)` \| [^|]* \| (\d+) \|/gm))
    listed[code!] = Number(number);
  assert.deepEqual(listed, amqpCodes);
});

test('soft errors end the channel, and all others the connection', () => {
  const soft: readonly ReplyCode[] = [312, 313, 403, 404, 405, 406];
  for (const code of Object.values(replyCodes)) {
    assert.equal(new AmqpError(code, 'why').endsConnection, !soft.includes(code), `${code}`);
  }
});

test('an error says its name first, and the method that failed first stays the one that failed', () => {
  const error = new AmqpError(replyCodes.notFound, "no queue 'q' in vhost '/'");
  assert.equal(error.message, "NOT_FOUND - no queue 'q' in vhost '/'");
  const failed = error.of(0x003c0046);
  assert.deepEqual([failed.method, failed.message, failed.code], [0x003c0046, error.message, 404]);
  assert.equal(failed.of(0x00320014), failed);
});

test('what is no business of a client is not told', () => {
  assert.equal(told(new TypeError('undefined is not a function')), null);
  assert.equal(told(new BrokerError('exchange-in-use', 'it is used'))?.code, 406);
});
