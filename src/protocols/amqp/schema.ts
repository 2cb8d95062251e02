/**
 * AMQP 0-9-1 as RabbitMQ speaks it, declared once: `scripts/generate-codec.ts` turns it into plain functions, and the
 * tests and the documents take their lists from it.
 *
 * Fields are written in the order of their declaration; bits that follow one another share an octet, the first in its
 * lowest bit. A reserved field is read and written, and nobody is shown it.
 */
export type ValueType =
  | 'bit'
  | 'octet'
  | 'short'
  | 'long'
  | 'longlong'
  /** Text of at most 255 bytes. */
  | 'shortstr'
  /** A long string that is text. */
  | 'longstr'
  /** A long string that is not: what SASL exchanges. */
  | 'bytes'
  | 'table';

export type FieldType = ValueType | `reserved ${'bit' | 'short' | 'shortstr' | 'longstr'}`;

export type Side = 'client' | 'server' | 'both';

export interface Method {
  readonly id: number;
  /** Who sends it. */
  readonly from: Side;
  /** The methods of the same class that answer it: it is synchronous exactly when there are any. */
  readonly answeredBy?: readonly string[];
  /** A header frame and body frames follow. */
  readonly content?: true;
  readonly fields: Readonly<Record<string, FieldType>>;
}

export interface MethodClass {
  readonly id: number;
  readonly methods: Readonly<Record<string, Method>>;
}

const closing = {
  replyCode: 'short',
  replyText: 'shortstr',
  failedClassId: 'short',
  failedMethodId: 'short',
} as const;

/** All of it goes over channel 0. */
const connection: MethodClass = {
  id: 10,
  methods: {
    start: {
      id: 10,
      from: 'server',
      answeredBy: ['start-ok'],
      fields: {
        versionMajor: 'octet',
        versionMinor: 'octet',
        serverProperties: 'table',
        mechanisms: 'longstr',
        locales: 'longstr',
      },
    },
    'start-ok': {
      id: 11,
      from: 'client',
      fields: { clientProperties: 'table', mechanism: 'shortstr', response: 'bytes', locale: 'shortstr' },
    },
    secure: { id: 20, from: 'server', answeredBy: ['secure-ok'], fields: { challenge: 'bytes' } },
    'secure-ok': { id: 21, from: 'client', fields: { response: 'bytes' } },
    tune: {
      id: 30,
      from: 'server',
      answeredBy: ['tune-ok'],
      fields: { channelMax: 'short', frameMax: 'long', heartbeat: 'short' },
    },
    'tune-ok': { id: 31, from: 'client', fields: { channelMax: 'short', frameMax: 'long', heartbeat: 'short' } },
    open: {
      id: 40,
      from: 'client',
      answeredBy: ['open-ok'],
      fields: { virtualHost: 'shortstr', capabilities: 'reserved shortstr', insist: 'reserved bit' },
    },
    'open-ok': { id: 41, from: 'server', fields: { knownHosts: 'reserved shortstr' } },
    close: { id: 50, from: 'both', answeredBy: ['close-ok'], fields: closing },
    'close-ok': { id: 51, from: 'both', fields: {} },
    blocked: { id: 60, from: 'server', fields: { reason: 'shortstr' } },
    unblocked: { id: 61, from: 'server', fields: {} },
    'update-secret': {
      id: 70,
      from: 'client',
      answeredBy: ['update-secret-ok'],
      fields: { newSecret: 'bytes', reason: 'shortstr' },
    },
    'update-secret-ok': { id: 71, from: 'server', fields: {} },
  },
};

const channel: MethodClass = {
  id: 20,
  methods: {
    open: { id: 10, from: 'client', answeredBy: ['open-ok'], fields: { outOfBand: 'reserved shortstr' } },
    'open-ok': { id: 11, from: 'server', fields: { channelId: 'reserved longstr' } },
    flow: { id: 20, from: 'both', answeredBy: ['flow-ok'], fields: { active: 'bit' } },
    'flow-ok': { id: 21, from: 'both', fields: { active: 'bit' } },
    close: { id: 40, from: 'both', answeredBy: ['close-ok'], fields: closing },
    'close-ok': { id: 41, from: 'both', fields: {} },
  },
};

/** Gone from 0-9-1, and still answered: clients of 0-8 ask for a ticket before they do anything. */
const access: MethodClass = {
  id: 30,
  methods: {
    request: {
      id: 10,
      from: 'client',
      answeredBy: ['request-ok'],
      fields: {
        realm: 'shortstr',
        exclusive: 'bit',
        passive: 'bit',
        active: 'bit',
        write: 'bit',
        read: 'bit',
      },
    },
    'request-ok': { id: 11, from: 'server', fields: { ticket: 'short' } },
  },
};

const exchangeBinding = {
  ticket: 'reserved short',
  destination: 'shortstr',
  source: 'shortstr',
  routingKey: 'shortstr',
  noWait: 'bit',
  arguments: 'table',
} as const;

const exchange: MethodClass = {
  id: 40,
  methods: {
    declare: {
      id: 10,
      from: 'client',
      answeredBy: ['declare-ok'],
      fields: {
        ticket: 'reserved short',
        exchange: 'shortstr',
        type: 'shortstr',
        passive: 'bit',
        durable: 'bit',
        autoDelete: 'bit',
        internal: 'bit',
        noWait: 'bit',
        arguments: 'table',
      },
    },
    'declare-ok': { id: 11, from: 'server', fields: {} },
    delete: {
      id: 20,
      from: 'client',
      answeredBy: ['delete-ok'],
      fields: { ticket: 'reserved short', exchange: 'shortstr', ifUnused: 'bit', noWait: 'bit' },
    },
    'delete-ok': { id: 21, from: 'server', fields: {} },
    bind: { id: 30, from: 'client', answeredBy: ['bind-ok'], fields: exchangeBinding },
    'bind-ok': { id: 31, from: 'server', fields: {} },
    unbind: { id: 40, from: 'client', answeredBy: ['unbind-ok'], fields: exchangeBinding },
    // 51, not 41: the number is RabbitMQ's, from before there was a rule.
    'unbind-ok': { id: 51, from: 'server', fields: {} },
  },
};

const queue: MethodClass = {
  id: 50,
  methods: {
    declare: {
      id: 10,
      from: 'client',
      answeredBy: ['declare-ok'],
      fields: {
        ticket: 'reserved short',
        queue: 'shortstr',
        passive: 'bit',
        durable: 'bit',
        exclusive: 'bit',
        autoDelete: 'bit',
        noWait: 'bit',
        arguments: 'table',
      },
    },
    'declare-ok': {
      id: 11,
      from: 'server',
      fields: { queue: 'shortstr', messageCount: 'long', consumerCount: 'long' },
    },
    bind: {
      id: 20,
      from: 'client',
      answeredBy: ['bind-ok'],
      fields: {
        ticket: 'reserved short',
        queue: 'shortstr',
        exchange: 'shortstr',
        routingKey: 'shortstr',
        noWait: 'bit',
        arguments: 'table',
      },
    },
    'bind-ok': { id: 21, from: 'server', fields: {} },
    purge: {
      id: 30,
      from: 'client',
      answeredBy: ['purge-ok'],
      fields: { ticket: 'reserved short', queue: 'shortstr', noWait: 'bit' },
    },
    'purge-ok': { id: 31, from: 'server', fields: { messageCount: 'long' } },
    delete: {
      id: 40,
      from: 'client',
      answeredBy: ['delete-ok'],
      fields: { ticket: 'reserved short', queue: 'shortstr', ifUnused: 'bit', ifEmpty: 'bit', noWait: 'bit' },
    },
    'delete-ok': { id: 41, from: 'server', fields: { messageCount: 'long' } },
    unbind: {
      id: 50,
      from: 'client',
      answeredBy: ['unbind-ok'],
      fields: {
        ticket: 'reserved short',
        queue: 'shortstr',
        exchange: 'shortstr',
        routingKey: 'shortstr',
        arguments: 'table',
      },
    },
    'unbind-ok': { id: 51, from: 'server', fields: {} },
  },
};

const basic: MethodClass = {
  id: 60,
  methods: {
    qos: {
      id: 10,
      from: 'client',
      answeredBy: ['qos-ok'],
      fields: { prefetchSize: 'long', prefetchCount: 'short', global: 'bit' },
    },
    'qos-ok': { id: 11, from: 'server', fields: {} },
    consume: {
      id: 20,
      from: 'client',
      answeredBy: ['consume-ok'],
      fields: {
        ticket: 'reserved short',
        queue: 'shortstr',
        consumerTag: 'shortstr',
        noLocal: 'bit',
        noAck: 'bit',
        exclusive: 'bit',
        noWait: 'bit',
        arguments: 'table',
      },
    },
    'consume-ok': { id: 21, from: 'server', fields: { consumerTag: 'shortstr' } },
    // The server says it too, to a client that wants to hear that its queue is gone; then nothing answers it.
    cancel: {
      id: 30,
      from: 'both',
      answeredBy: ['cancel-ok'],
      fields: { consumerTag: 'shortstr', noWait: 'bit' },
    },
    'cancel-ok': { id: 31, from: 'both', fields: { consumerTag: 'shortstr' } },
    publish: {
      id: 40,
      from: 'client',
      content: true,
      fields: {
        ticket: 'reserved short',
        exchange: 'shortstr',
        routingKey: 'shortstr',
        mandatory: 'bit',
        immediate: 'bit',
      },
    },
    return: {
      id: 50,
      from: 'server',
      content: true,
      fields: { replyCode: 'short', replyText: 'shortstr', exchange: 'shortstr', routingKey: 'shortstr' },
    },
    deliver: {
      id: 60,
      from: 'server',
      content: true,
      fields: {
        consumerTag: 'shortstr',
        deliveryTag: 'longlong',
        redelivered: 'bit',
        exchange: 'shortstr',
        routingKey: 'shortstr',
      },
    },
    get: {
      id: 70,
      from: 'client',
      answeredBy: ['get-ok', 'get-empty'],
      fields: { ticket: 'reserved short', queue: 'shortstr', noAck: 'bit' },
    },
    'get-ok': {
      id: 71,
      from: 'server',
      content: true,
      fields: {
        deliveryTag: 'longlong',
        redelivered: 'bit',
        exchange: 'shortstr',
        routingKey: 'shortstr',
        messageCount: 'long',
      },
    },
    'get-empty': { id: 72, from: 'server', fields: { clusterId: 'reserved shortstr' } },
    ack: { id: 80, from: 'both', fields: { deliveryTag: 'longlong', multiple: 'bit' } },
    reject: { id: 90, from: 'client', fields: { deliveryTag: 'longlong', requeue: 'bit' } },
    'recover-async': { id: 100, from: 'client', fields: { requeue: 'bit' } },
    recover: { id: 110, from: 'client', answeredBy: ['recover-ok'], fields: { requeue: 'bit' } },
    'recover-ok': { id: 111, from: 'server', fields: {} },
    nack: { id: 120, from: 'both', fields: { deliveryTag: 'longlong', multiple: 'bit', requeue: 'bit' } },
  },
};

const confirm: MethodClass = {
  id: 85,
  methods: {
    select: { id: 10, from: 'client', answeredBy: ['select-ok'], fields: { noWait: 'bit' } },
    'select-ok': { id: 11, from: 'server', fields: {} },
  },
};

const tx: MethodClass = {
  id: 90,
  methods: {
    select: { id: 10, from: 'client', answeredBy: ['select-ok'], fields: {} },
    'select-ok': { id: 11, from: 'server', fields: {} },
    commit: { id: 20, from: 'client', answeredBy: ['commit-ok'], fields: {} },
    'commit-ok': { id: 21, from: 'server', fields: {} },
    rollback: { id: 30, from: 'client', answeredBy: ['rollback-ok'], fields: {} },
    'rollback-ok': { id: 31, from: 'server', fields: {} },
  },
};

export const METHOD_CLASSES: Readonly<Record<string, MethodClass>> = {
  connection,
  channel,
  access,
  exchange,
  queue,
  basic,
  confirm,
  tx,
};
