import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ByteReader, DecodeError } from '../../src/lib/byte-reader.js';
import { ByteWriter } from '../../src/lib/byte-writer.js';
import {
  decodeBasicAck,
  decodeBasicConsume,
  decodeBasicPublish,
  writeBasicAck,
  writeBasicDeliver,
  writeBasicReturn,
} from '../../src/protocols/amqp/codec/basic.js';
import {
  decodeConnectionOpen,
  decodeConnectionStartOk,
  decodeConnectionTuneOk,
  writeConnectionClose,
  writeConnectionTune,
} from '../../src/protocols/amqp/codec/connection.js';
import { decodeExchangeDeclare } from '../../src/protocols/amqp/codec/exchange.js';
import { METHOD_NAMES, METHODS, MethodId } from '../../src/protocols/amqp/codec/methods.js';
import { shortTextOf } from '../../src/protocols/amqp/codec/primitives.js';
import { decodeQueueDeclare, decodeQueuePurge, writeQueueDeclareOk } from '../../src/protocols/amqp/codec/queue.js';
import { METHOD_CLASSES } from '../../src/protocols/amqp/schema.js';
import { ALL_METHODS, type AnyMethod, bytesOf, damaged, methodValue } from './values.js';

function written(write: (into: ByteWriter) => void): Buffer {
  // A small one, so that growing in the middle of a value is met too.
  const into = new ByteWriter(1);
  write(into);
  return into.copy();
}

/** What decoding begins at: behind the ids. */
function fieldsOf(bytes: Buffer): ByteReader {
  return new ByteReader(bytes, 4);
}

function everyMethod(what: string, check: (codec: AnyMethod) => void): void {
  for (const [name, codec] of ALL_METHODS) test(`${name} ${what}`, () => check(codec));
}

describe('the list of methods', () => {
  test('has every declared one under its number', () => {
    const declared = Object.entries(METHOD_CLASSES).flatMap(([className, { id, methods }]) =>
      Object.entries(methods).map(([name, method]) => [(id << 16) | method.id, `${className}.${name}`] as const),
    );
    assert.deepEqual(new Map(METHOD_NAMES), new Map(declared));
    assert.equal(METHODS.length, declared.length);
    assert.equal(new Set(Object.values(MethodId)).size, declared.length);
  });

  test('knows what answers what', () => {
    const answers = new Map(
      METHODS.map(({ name, answeredBy }) => [name, answeredBy.map((id) => METHOD_NAMES.get(id))] as const),
    );
    assert.deepEqual(answers.get('queue.declare'), ['queue.declare-ok']);
    assert.deepEqual(answers.get('basic.get'), ['basic.get-ok', 'basic.get-empty']);
    assert.deepEqual(answers.get('exchange.unbind'), ['exchange.unbind-ok']);
    assert.deepEqual(answers.get('basic.publish'), []);
    assert.deepEqual(answers.get('basic.recover-async'), []);
  });

  test('knows what carries a message', () => {
    const carrying = METHODS.filter(({ hasContent }) => hasContent).map(({ name }) => name);
    assert.deepEqual(carrying, ['basic.publish', 'basic.return', 'basic.deliver', 'basic.get-ok']);
  });
});

describe('round trips', () => {
  everyMethod('reads back as it was written', (codec) => {
    fc.assert(
      fc.property(methodValue(codec), (value) => {
        const bytes = written((into) => codec.write(into, value));
        assert.equal(bytes.readUInt32BE(0), codec.id);
        // Bytes around the method: nothing may be read from outside it.
        const reader = new ByteReader(Buffer.concat([bytes, Buffer.alloc(9, 0xff)]), 4, bytes.length);
        assert.deepEqual(codec.decode(reader), value);
        assert.equal(reader.remaining, 0);
      }),
      { numRuns: 50 },
    );
  });
});

describe('damage', () => {
  everyMethod('cut anywhere, or with a byte too many, is a DecodeError', (codec) => {
    for (const value of fc.sample(methodValue(codec), { numRuns: 5, seed: codec.id })) {
      const bytes = written((into) => codec.write(into, value));
      for (let end = 4; end < bytes.length; end++) {
        assert.throws(() => codec.decode(new ByteReader(bytes, 4, end)), DecodeError, `cut at ${end}`);
      }
      assert.throws(() => codec.decode(fieldsOf(Buffer.concat([bytes, Buffer.alloc(1)]))), DecodeError);
    }
  });

  everyMethod('with a byte changed reads as something or is a DecodeError', (codec) => {
    for (const value of fc.sample(methodValue(codec), { numRuns: 2, seed: codec.id })) {
      for (const bytes of damaged(written((into) => codec.write(into, value)))) {
        try {
          codec.decode(fieldsOf(bytes));
        } catch (error) {
          if (!(error instanceof DecodeError)) throw error;
        }
      }
    }
  });
});

describe('by hand', () => {
  test('connection.start-ok', () => {
    const bytes = bytesOf(`
      000a 000b
      00000009 07 70726f64756374 56   // client properties: "product", void
      05 504c41494e                   // PLAIN
      0000000c 00 6775657374 00 6775657374
      05 656e5f5553                   // en_US`);
    assert.deepEqual(decodeConnectionStartOk(fieldsOf(bytes)), {
      clientProperties: new Map([['product', { tag: 'V', value: null }]]),
      mechanism: 'PLAIN',
      response: Buffer.from('\0guest\0guest'),
      locale: 'en_US',
    });
  });

  test('connection.tune and tune-ok', () => {
    const bytes = bytesOf('000a 001e 07ff 00020000 003c');
    assert.deepEqual(
      written((into) => writeConnectionTune(into, 2047, 131072, 60)),
      bytes,
    );
    assert.deepEqual(decodeConnectionTuneOk(fieldsOf(bytes)), { channelMax: 2047, frameMax: 131072, heartbeat: 60 });
  });

  test('connection.open steps over what 0-9-1 no longer says', () => {
    const bytes = bytesOf('000a 0028 01 2f 03 616263 01');
    assert.deepEqual(decodeConnectionOpen(fieldsOf(bytes)), { virtualHost: '/' });
  });

  test('connection.close', () => {
    assert.deepEqual(
      written((into) => writeConnectionClose(into, 530, 'NOT_ALLOWED', 10, 40)),
      bytesOf('000a 0032 0212 0b 4e4f545f414c4c4f574544 000a 0028'),
    );
  });

  test('exchange.declare has five bits in one octet', () => {
    const bytes = bytesOf(`
      0028 000a
      0000              // ticket
      01 78             // "x"
      06 646972656374   // direct
      1a                // durable, internal, no-wait
      00000000`);
    assert.deepEqual(decodeExchangeDeclare(fieldsOf(bytes)), {
      exchange: 'x',
      type: 'direct',
      passive: false,
      durable: true,
      autoDelete: false,
      internal: true,
      noWait: true,
      arguments: new Map(),
    });
  });

  test('queue.declare and declare-ok', () => {
    const bytes = bytesOf(`
      0032 000a
      0000
      01 71
      0a                                              // durable, auto-delete
      00000012 0c 782d6d61782d6c656e677468 49 0000000a   // x-max-length: 10, 32 bits`);
    assert.deepEqual(decodeQueueDeclare(fieldsOf(bytes)), {
      queue: 'q',
      passive: false,
      durable: true,
      exclusive: false,
      autoDelete: true,
      noWait: false,
      arguments: new Map([['x-max-length', { tag: 'I', value: 10 }]]),
    });
    assert.deepEqual(
      written((into) => writeQueueDeclareOk(into, 'q', 7, 4294967295)),
      bytesOf('0032 000b 01 71 00000007 ffffffff'),
    );
  });

  test('basic.publish', () => {
    const bytes = bytesOf('003c 0028 0000 06 6f7264657273 03 612e62 01');
    assert.deepEqual(decodeBasicPublish(fieldsOf(bytes)), {
      exchange: 'orders',
      routingKey: 'a.b',
      mandatory: true,
      immediate: false,
    });
  });

  test('basic.consume', () => {
    const bytes = bytesOf('003c 0014 0000 01 71 03 746167 0d 00000000');
    assert.deepEqual(decodeBasicConsume(fieldsOf(bytes)), {
      queue: 'q',
      consumerTag: 'tag',
      noLocal: true,
      noAck: false,
      exclusive: true,
      noWait: true,
      arguments: new Map(),
    });
  });

  test('basic.deliver', () => {
    assert.deepEqual(
      written((into) => writeBasicDeliver(into, 'tag', 258, true, '', 'q')),
      bytesOf('003c 003c 03 746167 0000000000000102 01 00 01 71'),
    );
  });

  test('basic.ack goes both ways', () => {
    const bytes = bytesOf('003c 0050 0000000000000005 01');
    assert.deepEqual(
      written((into) => writeBasicAck(into, 5, true)),
      bytes,
    );
    assert.deepEqual(decodeBasicAck(fieldsOf(bytes)), { deliveryTag: 5, multiple: true });
  });

  test('a delivery tag past every real one stays past them', () => {
    const { deliveryTag } = decodeBasicAck(fieldsOf(bytesOf('003c 0050 ffffffffffffffff 00')));
    assert.ok(deliveryTag > Number.MAX_SAFE_INTEGER);
  });

  test('basic.return', () => {
    assert.deepEqual(
      written((into) => writeBasicReturn(into, 312, 'NO_ROUTE', 'x', 'k')),
      bytesOf('003c 0032 0138 08 4e4f5f524f555445 01 78 01 6b'),
    );
  });
});

describe('short strings', () => {
  test('that are no UTF-8 are refused, but for those that go with a message, as in RabbitMQ', () => {
    assert.throws(() => decodeQueuePurge(fieldsOf(bytesOf('0032 001e 0000 01 ff 00'))), {
      name: 'DecodeError',
      message: 'Malformed UTF-8 in shortstr',
    });
    assert.equal(decodeBasicPublish(fieldsOf(bytesOf('003c 0028 0000 00 02 61ff 00'))).routingKey, 'a\ufffd');
  });

  test('are cut between characters when an explanation is too long for one', () => {
    for (const [text, bytes] of [
      ['a'.repeat(255), 255],
      ['a'.repeat(256), 255],
      ['ö'.repeat(128), 255],
      ['€'.repeat(100), 255],
      [`a${'😀'.repeat(80)}`, 252],
    ] as const) {
      const short = shortTextOf(text);
      assert.equal(Buffer.byteLength(short), bytes);
      assert.ok(Buffer.byteLength(text) <= 255 ? short === text : text.startsWith(short.replace(/\.\.\.$/, '')));
    }
  });
});
