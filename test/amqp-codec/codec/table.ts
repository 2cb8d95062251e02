// Generated from src/protocols/amqp/schema.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import { decodeConnectionClose, decodeConnectionCloseOk, decodeConnectionOpen, decodeConnectionSecureOk, decodeConnectionStartOk, decodeConnectionTuneOk, decodeConnectionUpdateSecret, type ConnectionClose, type ConnectionOpen, type ConnectionSecureOk, type ConnectionStartOk, type ConnectionTuneOk, type ConnectionUpdateSecret, writeConnectionBlocked, writeConnectionClose, writeConnectionCloseOk, writeConnectionOpenOk, writeConnectionSecure, writeConnectionStart, writeConnectionTune, writeConnectionUnblocked, writeConnectionUpdateSecretOk } from '../../../src/protocols/amqp/codec/connection.js';
import { decodeConnectionBlocked, decodeConnectionOpenOk, decodeConnectionSecure, decodeConnectionStart, decodeConnectionTune, decodeConnectionUnblocked, decodeConnectionUpdateSecretOk, type ConnectionBlocked, type ConnectionSecure, type ConnectionStart, type ConnectionTune, writeConnectionOpen, writeConnectionSecureOk, writeConnectionStartOk, writeConnectionTuneOk, writeConnectionUpdateSecret } from './connection.js';
import { decodeChannelClose, decodeChannelCloseOk, decodeChannelFlow, decodeChannelFlowOk, decodeChannelOpen, type ChannelClose, type ChannelFlow, type ChannelFlowOk, writeChannelClose, writeChannelCloseOk, writeChannelFlow, writeChannelFlowOk, writeChannelOpenOk } from '../../../src/protocols/amqp/codec/channel.js';
import { decodeChannelOpenOk, writeChannelOpen } from './channel.js';
import { decodeAccessRequest, type AccessRequest, writeAccessRequestOk } from '../../../src/protocols/amqp/codec/access.js';
import { decodeAccessRequestOk, type AccessRequestOk, writeAccessRequest } from './access.js';
import { decodeExchangeBind, decodeExchangeDeclare, decodeExchangeDelete, decodeExchangeUnbind, type ExchangeBind, type ExchangeDeclare, type ExchangeDelete, type ExchangeUnbind, writeExchangeBindOk, writeExchangeDeclareOk, writeExchangeDeleteOk, writeExchangeUnbindOk } from '../../../src/protocols/amqp/codec/exchange.js';
import { decodeExchangeBindOk, decodeExchangeDeclareOk, decodeExchangeDeleteOk, decodeExchangeUnbindOk, writeExchangeBind, writeExchangeDeclare, writeExchangeDelete, writeExchangeUnbind } from './exchange.js';
import { decodeQueueBind, decodeQueueDeclare, decodeQueueDelete, decodeQueuePurge, decodeQueueUnbind, type QueueBind, type QueueDeclare, type QueueDelete, type QueuePurge, type QueueUnbind, writeQueueBindOk, writeQueueDeclareOk, writeQueueDeleteOk, writeQueuePurgeOk, writeQueueUnbindOk } from '../../../src/protocols/amqp/codec/queue.js';
import { decodeQueueBindOk, decodeQueueDeclareOk, decodeQueueDeleteOk, decodeQueuePurgeOk, decodeQueueUnbindOk, type QueueDeclareOk, type QueueDeleteOk, type QueuePurgeOk, writeQueueBind, writeQueueDeclare, writeQueueDelete, writeQueuePurge, writeQueueUnbind } from './queue.js';
import { decodeBasicAck, decodeBasicCancel, decodeBasicCancelOk, decodeBasicConsume, decodeBasicGet, decodeBasicNack, decodeBasicPublish, decodeBasicQos, decodeBasicRecover, decodeBasicRecoverAsync, decodeBasicReject, type BasicAck, type BasicCancel, type BasicCancelOk, type BasicConsume, type BasicGet, type BasicNack, type BasicPublish, type BasicQos, type BasicRecover, type BasicRecoverAsync, type BasicReject, writeBasicAck, writeBasicCancel, writeBasicCancelOk, writeBasicConsumeOk, writeBasicDeliver, writeBasicGetEmpty, writeBasicGetOk, writeBasicNack, writeBasicQosOk, writeBasicRecoverOk, writeBasicReturn } from '../../../src/protocols/amqp/codec/basic.js';
import { decodeBasicConsumeOk, decodeBasicDeliver, decodeBasicGetEmpty, decodeBasicGetOk, decodeBasicQosOk, decodeBasicRecoverOk, decodeBasicReturn, type BasicConsumeOk, type BasicDeliver, type BasicGetOk, type BasicReturn, writeBasicConsume, writeBasicGet, writeBasicPublish, writeBasicQos, writeBasicRecover, writeBasicRecoverAsync, writeBasicReject } from './basic.js';
import { decodeConfirmSelect, type ConfirmSelect, writeConfirmSelectOk } from '../../../src/protocols/amqp/codec/confirm.js';
import { decodeConfirmSelectOk, writeConfirmSelect } from './confirm.js';
import { decodeTxCommit, decodeTxRollback, decodeTxSelect, writeTxCommitOk, writeTxRollbackOk, writeTxSelectOk } from '../../../src/protocols/amqp/codec/tx.js';
import { decodeTxCommitOk, decodeTxRollbackOk, decodeTxSelectOk, writeTxCommit, writeTxRollback, writeTxSelect } from './tx.js';

/** The fields of a method that has none. */
export interface Nothing {}

/** What each method says. */
export interface MethodValues {
  'connection.start': ConnectionStart;
  'connection.start-ok': ConnectionStartOk;
  'connection.secure': ConnectionSecure;
  'connection.secure-ok': ConnectionSecureOk;
  'connection.tune': ConnectionTune;
  'connection.tune-ok': ConnectionTuneOk;
  'connection.open': ConnectionOpen;
  'connection.open-ok': Nothing;
  'connection.close': ConnectionClose;
  'connection.close-ok': Nothing;
  'connection.blocked': ConnectionBlocked;
  'connection.unblocked': Nothing;
  'connection.update-secret': ConnectionUpdateSecret;
  'connection.update-secret-ok': Nothing;
  'channel.open': Nothing;
  'channel.open-ok': Nothing;
  'channel.flow': ChannelFlow;
  'channel.flow-ok': ChannelFlowOk;
  'channel.close': ChannelClose;
  'channel.close-ok': Nothing;
  'access.request': AccessRequest;
  'access.request-ok': AccessRequestOk;
  'exchange.declare': ExchangeDeclare;
  'exchange.declare-ok': Nothing;
  'exchange.delete': ExchangeDelete;
  'exchange.delete-ok': Nothing;
  'exchange.bind': ExchangeBind;
  'exchange.bind-ok': Nothing;
  'exchange.unbind': ExchangeUnbind;
  'exchange.unbind-ok': Nothing;
  'queue.declare': QueueDeclare;
  'queue.declare-ok': QueueDeclareOk;
  'queue.bind': QueueBind;
  'queue.bind-ok': Nothing;
  'queue.purge': QueuePurge;
  'queue.purge-ok': QueuePurgeOk;
  'queue.delete': QueueDelete;
  'queue.delete-ok': QueueDeleteOk;
  'queue.unbind': QueueUnbind;
  'queue.unbind-ok': Nothing;
  'basic.qos': BasicQos;
  'basic.qos-ok': Nothing;
  'basic.consume': BasicConsume;
  'basic.consume-ok': BasicConsumeOk;
  'basic.cancel': BasicCancel;
  'basic.cancel-ok': BasicCancelOk;
  'basic.publish': BasicPublish;
  'basic.return': BasicReturn;
  'basic.deliver': BasicDeliver;
  'basic.get': BasicGet;
  'basic.get-ok': BasicGetOk;
  'basic.get-empty': Nothing;
  'basic.ack': BasicAck;
  'basic.reject': BasicReject;
  'basic.recover-async': BasicRecoverAsync;
  'basic.recover': BasicRecover;
  'basic.recover-ok': Nothing;
  'basic.nack': BasicNack;
  'confirm.select': ConfirmSelect;
  'confirm.select-ok': Nothing;
  'tx.select': Nothing;
  'tx.select-ok': Nothing;
  'tx.commit': Nothing;
  'tx.commit-ok': Nothing;
  'tx.rollback': Nothing;
  'tx.rollback-ok': Nothing;
}

/** What answers a method that is answered. */
export interface MethodAnswers {
  'connection.start': 'connection.start-ok';
  'connection.secure': 'connection.secure-ok';
  'connection.tune': 'connection.tune-ok';
  'connection.open': 'connection.open-ok';
  'connection.close': 'connection.close-ok';
  'connection.update-secret': 'connection.update-secret-ok';
  'channel.open': 'channel.open-ok';
  'channel.flow': 'channel.flow-ok';
  'channel.close': 'channel.close-ok';
  'access.request': 'access.request-ok';
  'exchange.declare': 'exchange.declare-ok';
  'exchange.delete': 'exchange.delete-ok';
  'exchange.bind': 'exchange.bind-ok';
  'exchange.unbind': 'exchange.unbind-ok';
  'queue.declare': 'queue.declare-ok';
  'queue.bind': 'queue.bind-ok';
  'queue.purge': 'queue.purge-ok';
  'queue.delete': 'queue.delete-ok';
  'queue.unbind': 'queue.unbind-ok';
  'basic.qos': 'basic.qos-ok';
  'basic.consume': 'basic.consume-ok';
  'basic.cancel': 'basic.cancel-ok';
  'basic.get': 'basic.get-ok' | 'basic.get-empty';
  'basic.recover': 'basic.recover-ok';
  'confirm.select': 'confirm.select-ok';
  'tx.select': 'tx.select-ok';
  'tx.commit': 'tx.commit-ok';
  'tx.rollback': 'tx.rollback-ok';
}

export type WireType = 'bit' | 'octet' | 'short' | 'long' | 'longlong' | 'shortstr' | 'longstr' | 'bytes' | 'table';

export interface MethodCodec<Value> {
  readonly id: number;
  readonly from: 'client' | 'server' | 'both';
  readonly hasContent: boolean;
  readonly fields: { readonly [Name in keyof Value]: WireType };
  /** Behind the ids. */
  readonly decode: (from: ByteReader) => Value;
  /** The ids too. */
  readonly write: (into: ByteWriter, value: Value) => void;
}

export const METHOD_CODECS: { readonly [Name in keyof MethodValues]: MethodCodec<MethodValues[Name]> } = {
  'connection.start': {
    id: 0x000a000a,
    from: 'server',
    hasContent: false,
    fields: { versionMajor: 'octet', versionMinor: 'octet', serverProperties: 'table', mechanisms: 'longstr', locales: 'longstr' },
    decode: decodeConnectionStart,
    write: (into, value) => writeConnectionStart(into, value.versionMajor, value.versionMinor, value.serverProperties, value.mechanisms, value.locales),
  },
  'connection.start-ok': {
    id: 0x000a000b,
    from: 'client',
    hasContent: false,
    fields: { clientProperties: 'table', mechanism: 'shortstr', response: 'bytes', locale: 'shortstr' },
    decode: decodeConnectionStartOk,
    write: (into, value) => writeConnectionStartOk(into, value.clientProperties, value.mechanism, value.response, value.locale),
  },
  'connection.secure': {
    id: 0x000a0014,
    from: 'server',
    hasContent: false,
    fields: { challenge: 'bytes' },
    decode: decodeConnectionSecure,
    write: (into, value) => writeConnectionSecure(into, value.challenge),
  },
  'connection.secure-ok': {
    id: 0x000a0015,
    from: 'client',
    hasContent: false,
    fields: { response: 'bytes' },
    decode: decodeConnectionSecureOk,
    write: (into, value) => writeConnectionSecureOk(into, value.response),
  },
  'connection.tune': {
    id: 0x000a001e,
    from: 'server',
    hasContent: false,
    fields: { channelMax: 'short', frameMax: 'long', heartbeat: 'short' },
    decode: decodeConnectionTune,
    write: (into, value) => writeConnectionTune(into, value.channelMax, value.frameMax, value.heartbeat),
  },
  'connection.tune-ok': {
    id: 0x000a001f,
    from: 'client',
    hasContent: false,
    fields: { channelMax: 'short', frameMax: 'long', heartbeat: 'short' },
    decode: decodeConnectionTuneOk,
    write: (into, value) => writeConnectionTuneOk(into, value.channelMax, value.frameMax, value.heartbeat),
  },
  'connection.open': {
    id: 0x000a0028,
    from: 'client',
    hasContent: false,
    fields: { virtualHost: 'shortstr' },
    decode: decodeConnectionOpen,
    write: (into, value) => writeConnectionOpen(into, value.virtualHost),
  },
  'connection.open-ok': {
    id: 0x000a0029,
    from: 'server',
    hasContent: false,
    fields: {},
    decode: (from) => { decodeConnectionOpenOk(from); return {}; },
    write: (into) => writeConnectionOpenOk(into),
  },
  'connection.close': {
    id: 0x000a0032,
    from: 'both',
    hasContent: false,
    fields: { replyCode: 'short', replyText: 'shortstr', failedClassId: 'short', failedMethodId: 'short' },
    decode: decodeConnectionClose,
    write: (into, value) => writeConnectionClose(into, value.replyCode, value.replyText, value.failedClassId, value.failedMethodId),
  },
  'connection.close-ok': {
    id: 0x000a0033,
    from: 'both',
    hasContent: false,
    fields: {},
    decode: (from) => { decodeConnectionCloseOk(from); return {}; },
    write: (into) => writeConnectionCloseOk(into),
  },
  'connection.blocked': {
    id: 0x000a003c,
    from: 'server',
    hasContent: false,
    fields: { reason: 'shortstr' },
    decode: decodeConnectionBlocked,
    write: (into, value) => writeConnectionBlocked(into, value.reason),
  },
  'connection.unblocked': {
    id: 0x000a003d,
    from: 'server',
    hasContent: false,
    fields: {},
    decode: (from) => { decodeConnectionUnblocked(from); return {}; },
    write: (into) => writeConnectionUnblocked(into),
  },
  'connection.update-secret': {
    id: 0x000a0046,
    from: 'client',
    hasContent: false,
    fields: { newSecret: 'bytes', reason: 'shortstr' },
    decode: decodeConnectionUpdateSecret,
    write: (into, value) => writeConnectionUpdateSecret(into, value.newSecret, value.reason),
  },
  'connection.update-secret-ok': {
    id: 0x000a0047,
    from: 'server',
    hasContent: false,
    fields: {},
    decode: (from) => { decodeConnectionUpdateSecretOk(from); return {}; },
    write: (into) => writeConnectionUpdateSecretOk(into),
  },
  'channel.open': {
    id: 0x0014000a,
    from: 'client',
    hasContent: false,
    fields: {},
    decode: (from) => { decodeChannelOpen(from); return {}; },
    write: (into) => writeChannelOpen(into),
  },
  'channel.open-ok': {
    id: 0x0014000b,
    from: 'server',
    hasContent: false,
    fields: {},
    decode: (from) => { decodeChannelOpenOk(from); return {}; },
    write: (into) => writeChannelOpenOk(into),
  },
  'channel.flow': {
    id: 0x00140014,
    from: 'both',
    hasContent: false,
    fields: { active: 'bit' },
    decode: decodeChannelFlow,
    write: (into, value) => writeChannelFlow(into, value.active),
  },
  'channel.flow-ok': {
    id: 0x00140015,
    from: 'both',
    hasContent: false,
    fields: { active: 'bit' },
    decode: decodeChannelFlowOk,
    write: (into, value) => writeChannelFlowOk(into, value.active),
  },
  'channel.close': {
    id: 0x00140028,
    from: 'both',
    hasContent: false,
    fields: { replyCode: 'short', replyText: 'shortstr', failedClassId: 'short', failedMethodId: 'short' },
    decode: decodeChannelClose,
    write: (into, value) => writeChannelClose(into, value.replyCode, value.replyText, value.failedClassId, value.failedMethodId),
  },
  'channel.close-ok': {
    id: 0x00140029,
    from: 'both',
    hasContent: false,
    fields: {},
    decode: (from) => { decodeChannelCloseOk(from); return {}; },
    write: (into) => writeChannelCloseOk(into),
  },
  'access.request': {
    id: 0x001e000a,
    from: 'client',
    hasContent: false,
    fields: { realm: 'shortstr', exclusive: 'bit', passive: 'bit', active: 'bit', write: 'bit', read: 'bit' },
    decode: decodeAccessRequest,
    write: (into, value) => writeAccessRequest(into, value.realm, value.exclusive, value.passive, value.active, value.write, value.read),
  },
  'access.request-ok': {
    id: 0x001e000b,
    from: 'server',
    hasContent: false,
    fields: { ticket: 'short' },
    decode: decodeAccessRequestOk,
    write: (into, value) => writeAccessRequestOk(into, value.ticket),
  },
  'exchange.declare': {
    id: 0x0028000a,
    from: 'client',
    hasContent: false,
    fields: { exchange: 'shortstr', type: 'shortstr', passive: 'bit', durable: 'bit', autoDelete: 'bit', internal: 'bit', noWait: 'bit', arguments: 'table' },
    decode: decodeExchangeDeclare,
    write: (into, value) => writeExchangeDeclare(into, value.exchange, value.type, value.passive, value.durable, value.autoDelete, value.internal, value.noWait, value.arguments),
  },
  'exchange.declare-ok': {
    id: 0x0028000b,
    from: 'server',
    hasContent: false,
    fields: {},
    decode: (from) => { decodeExchangeDeclareOk(from); return {}; },
    write: (into) => writeExchangeDeclareOk(into),
  },
  'exchange.delete': {
    id: 0x00280014,
    from: 'client',
    hasContent: false,
    fields: { exchange: 'shortstr', ifUnused: 'bit', noWait: 'bit' },
    decode: decodeExchangeDelete,
    write: (into, value) => writeExchangeDelete(into, value.exchange, value.ifUnused, value.noWait),
  },
  'exchange.delete-ok': {
    id: 0x00280015,
    from: 'server',
    hasContent: false,
    fields: {},
    decode: (from) => { decodeExchangeDeleteOk(from); return {}; },
    write: (into) => writeExchangeDeleteOk(into),
  },
  'exchange.bind': {
    id: 0x0028001e,
    from: 'client',
    hasContent: false,
    fields: { destination: 'shortstr', source: 'shortstr', routingKey: 'shortstr', noWait: 'bit', arguments: 'table' },
    decode: decodeExchangeBind,
    write: (into, value) => writeExchangeBind(into, value.destination, value.source, value.routingKey, value.noWait, value.arguments),
  },
  'exchange.bind-ok': {
    id: 0x0028001f,
    from: 'server',
    hasContent: false,
    fields: {},
    decode: (from) => { decodeExchangeBindOk(from); return {}; },
    write: (into) => writeExchangeBindOk(into),
  },
  'exchange.unbind': {
    id: 0x00280028,
    from: 'client',
    hasContent: false,
    fields: { destination: 'shortstr', source: 'shortstr', routingKey: 'shortstr', noWait: 'bit', arguments: 'table' },
    decode: decodeExchangeUnbind,
    write: (into, value) => writeExchangeUnbind(into, value.destination, value.source, value.routingKey, value.noWait, value.arguments),
  },
  'exchange.unbind-ok': {
    id: 0x00280033,
    from: 'server',
    hasContent: false,
    fields: {},
    decode: (from) => { decodeExchangeUnbindOk(from); return {}; },
    write: (into) => writeExchangeUnbindOk(into),
  },
  'queue.declare': {
    id: 0x0032000a,
    from: 'client',
    hasContent: false,
    fields: { queue: 'shortstr', passive: 'bit', durable: 'bit', exclusive: 'bit', autoDelete: 'bit', noWait: 'bit', arguments: 'table' },
    decode: decodeQueueDeclare,
    write: (into, value) => writeQueueDeclare(into, value.queue, value.passive, value.durable, value.exclusive, value.autoDelete, value.noWait, value.arguments),
  },
  'queue.declare-ok': {
    id: 0x0032000b,
    from: 'server',
    hasContent: false,
    fields: { queue: 'shortstr', messageCount: 'long', consumerCount: 'long' },
    decode: decodeQueueDeclareOk,
    write: (into, value) => writeQueueDeclareOk(into, value.queue, value.messageCount, value.consumerCount),
  },
  'queue.bind': {
    id: 0x00320014,
    from: 'client',
    hasContent: false,
    fields: { queue: 'shortstr', exchange: 'shortstr', routingKey: 'shortstr', noWait: 'bit', arguments: 'table' },
    decode: decodeQueueBind,
    write: (into, value) => writeQueueBind(into, value.queue, value.exchange, value.routingKey, value.noWait, value.arguments),
  },
  'queue.bind-ok': {
    id: 0x00320015,
    from: 'server',
    hasContent: false,
    fields: {},
    decode: (from) => { decodeQueueBindOk(from); return {}; },
    write: (into) => writeQueueBindOk(into),
  },
  'queue.purge': {
    id: 0x0032001e,
    from: 'client',
    hasContent: false,
    fields: { queue: 'shortstr', noWait: 'bit' },
    decode: decodeQueuePurge,
    write: (into, value) => writeQueuePurge(into, value.queue, value.noWait),
  },
  'queue.purge-ok': {
    id: 0x0032001f,
    from: 'server',
    hasContent: false,
    fields: { messageCount: 'long' },
    decode: decodeQueuePurgeOk,
    write: (into, value) => writeQueuePurgeOk(into, value.messageCount),
  },
  'queue.delete': {
    id: 0x00320028,
    from: 'client',
    hasContent: false,
    fields: { queue: 'shortstr', ifUnused: 'bit', ifEmpty: 'bit', noWait: 'bit' },
    decode: decodeQueueDelete,
    write: (into, value) => writeQueueDelete(into, value.queue, value.ifUnused, value.ifEmpty, value.noWait),
  },
  'queue.delete-ok': {
    id: 0x00320029,
    from: 'server',
    hasContent: false,
    fields: { messageCount: 'long' },
    decode: decodeQueueDeleteOk,
    write: (into, value) => writeQueueDeleteOk(into, value.messageCount),
  },
  'queue.unbind': {
    id: 0x00320032,
    from: 'client',
    hasContent: false,
    fields: { queue: 'shortstr', exchange: 'shortstr', routingKey: 'shortstr', arguments: 'table' },
    decode: decodeQueueUnbind,
    write: (into, value) => writeQueueUnbind(into, value.queue, value.exchange, value.routingKey, value.arguments),
  },
  'queue.unbind-ok': {
    id: 0x00320033,
    from: 'server',
    hasContent: false,
    fields: {},
    decode: (from) => { decodeQueueUnbindOk(from); return {}; },
    write: (into) => writeQueueUnbindOk(into),
  },
  'basic.qos': {
    id: 0x003c000a,
    from: 'client',
    hasContent: false,
    fields: { prefetchSize: 'long', prefetchCount: 'short', global: 'bit' },
    decode: decodeBasicQos,
    write: (into, value) => writeBasicQos(into, value.prefetchSize, value.prefetchCount, value.global),
  },
  'basic.qos-ok': {
    id: 0x003c000b,
    from: 'server',
    hasContent: false,
    fields: {},
    decode: (from) => { decodeBasicQosOk(from); return {}; },
    write: (into) => writeBasicQosOk(into),
  },
  'basic.consume': {
    id: 0x003c0014,
    from: 'client',
    hasContent: false,
    fields: { queue: 'shortstr', consumerTag: 'shortstr', noLocal: 'bit', noAck: 'bit', exclusive: 'bit', noWait: 'bit', arguments: 'table' },
    decode: decodeBasicConsume,
    write: (into, value) => writeBasicConsume(into, value.queue, value.consumerTag, value.noLocal, value.noAck, value.exclusive, value.noWait, value.arguments),
  },
  'basic.consume-ok': {
    id: 0x003c0015,
    from: 'server',
    hasContent: false,
    fields: { consumerTag: 'shortstr' },
    decode: decodeBasicConsumeOk,
    write: (into, value) => writeBasicConsumeOk(into, value.consumerTag),
  },
  'basic.cancel': {
    id: 0x003c001e,
    from: 'both',
    hasContent: false,
    fields: { consumerTag: 'shortstr', noWait: 'bit' },
    decode: decodeBasicCancel,
    write: (into, value) => writeBasicCancel(into, value.consumerTag, value.noWait),
  },
  'basic.cancel-ok': {
    id: 0x003c001f,
    from: 'both',
    hasContent: false,
    fields: { consumerTag: 'shortstr' },
    decode: decodeBasicCancelOk,
    write: (into, value) => writeBasicCancelOk(into, value.consumerTag),
  },
  'basic.publish': {
    id: 0x003c0028,
    from: 'client',
    hasContent: true,
    fields: { exchange: 'shortstr', routingKey: 'shortstr', mandatory: 'bit', immediate: 'bit' },
    decode: decodeBasicPublish,
    write: (into, value) => writeBasicPublish(into, value.exchange, value.routingKey, value.mandatory, value.immediate),
  },
  'basic.return': {
    id: 0x003c0032,
    from: 'server',
    hasContent: true,
    fields: { replyCode: 'short', replyText: 'shortstr', exchange: 'shortstr', routingKey: 'shortstr' },
    decode: decodeBasicReturn,
    write: (into, value) => writeBasicReturn(into, value.replyCode, value.replyText, value.exchange, value.routingKey),
  },
  'basic.deliver': {
    id: 0x003c003c,
    from: 'server',
    hasContent: true,
    fields: { consumerTag: 'shortstr', deliveryTag: 'longlong', redelivered: 'bit', exchange: 'shortstr', routingKey: 'shortstr' },
    decode: decodeBasicDeliver,
    write: (into, value) => writeBasicDeliver(into, value.consumerTag, value.deliveryTag, value.redelivered, value.exchange, value.routingKey),
  },
  'basic.get': {
    id: 0x003c0046,
    from: 'client',
    hasContent: false,
    fields: { queue: 'shortstr', noAck: 'bit' },
    decode: decodeBasicGet,
    write: (into, value) => writeBasicGet(into, value.queue, value.noAck),
  },
  'basic.get-ok': {
    id: 0x003c0047,
    from: 'server',
    hasContent: true,
    fields: { deliveryTag: 'longlong', redelivered: 'bit', exchange: 'shortstr', routingKey: 'shortstr', messageCount: 'long' },
    decode: decodeBasicGetOk,
    write: (into, value) => writeBasicGetOk(into, value.deliveryTag, value.redelivered, value.exchange, value.routingKey, value.messageCount),
  },
  'basic.get-empty': {
    id: 0x003c0048,
    from: 'server',
    hasContent: false,
    fields: {},
    decode: (from) => { decodeBasicGetEmpty(from); return {}; },
    write: (into) => writeBasicGetEmpty(into),
  },
  'basic.ack': {
    id: 0x003c0050,
    from: 'both',
    hasContent: false,
    fields: { deliveryTag: 'longlong', multiple: 'bit' },
    decode: decodeBasicAck,
    write: (into, value) => writeBasicAck(into, value.deliveryTag, value.multiple),
  },
  'basic.reject': {
    id: 0x003c005a,
    from: 'client',
    hasContent: false,
    fields: { deliveryTag: 'longlong', requeue: 'bit' },
    decode: decodeBasicReject,
    write: (into, value) => writeBasicReject(into, value.deliveryTag, value.requeue),
  },
  'basic.recover-async': {
    id: 0x003c0064,
    from: 'client',
    hasContent: false,
    fields: { requeue: 'bit' },
    decode: decodeBasicRecoverAsync,
    write: (into, value) => writeBasicRecoverAsync(into, value.requeue),
  },
  'basic.recover': {
    id: 0x003c006e,
    from: 'client',
    hasContent: false,
    fields: { requeue: 'bit' },
    decode: decodeBasicRecover,
    write: (into, value) => writeBasicRecover(into, value.requeue),
  },
  'basic.recover-ok': {
    id: 0x003c006f,
    from: 'server',
    hasContent: false,
    fields: {},
    decode: (from) => { decodeBasicRecoverOk(from); return {}; },
    write: (into) => writeBasicRecoverOk(into),
  },
  'basic.nack': {
    id: 0x003c0078,
    from: 'both',
    hasContent: false,
    fields: { deliveryTag: 'longlong', multiple: 'bit', requeue: 'bit' },
    decode: decodeBasicNack,
    write: (into, value) => writeBasicNack(into, value.deliveryTag, value.multiple, value.requeue),
  },
  'confirm.select': {
    id: 0x0055000a,
    from: 'client',
    hasContent: false,
    fields: { noWait: 'bit' },
    decode: decodeConfirmSelect,
    write: (into, value) => writeConfirmSelect(into, value.noWait),
  },
  'confirm.select-ok': {
    id: 0x0055000b,
    from: 'server',
    hasContent: false,
    fields: {},
    decode: (from) => { decodeConfirmSelectOk(from); return {}; },
    write: (into) => writeConfirmSelectOk(into),
  },
  'tx.select': {
    id: 0x005a000a,
    from: 'client',
    hasContent: false,
    fields: {},
    decode: (from) => { decodeTxSelect(from); return {}; },
    write: (into) => writeTxSelect(into),
  },
  'tx.select-ok': {
    id: 0x005a000b,
    from: 'server',
    hasContent: false,
    fields: {},
    decode: (from) => { decodeTxSelectOk(from); return {}; },
    write: (into) => writeTxSelectOk(into),
  },
  'tx.commit': {
    id: 0x005a0014,
    from: 'client',
    hasContent: false,
    fields: {},
    decode: (from) => { decodeTxCommit(from); return {}; },
    write: (into) => writeTxCommit(into),
  },
  'tx.commit-ok': {
    id: 0x005a0015,
    from: 'server',
    hasContent: false,
    fields: {},
    decode: (from) => { decodeTxCommitOk(from); return {}; },
    write: (into) => writeTxCommitOk(into),
  },
  'tx.rollback': {
    id: 0x005a001e,
    from: 'client',
    hasContent: false,
    fields: {},
    decode: (from) => { decodeTxRollback(from); return {}; },
    write: (into) => writeTxRollback(into),
  },
  'tx.rollback-ok': {
    id: 0x005a001f,
    from: 'server',
    hasContent: false,
    fields: {},
    decode: (from) => { decodeTxRollbackOk(from); return {}; },
    write: (into) => writeTxRollbackOk(into),
  },
};
