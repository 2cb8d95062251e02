import {
  type ExchangeProperties,
  type ExchangeType,
  exchangeFault,
  exchangeTypes,
} from '../../../broker/routing/exchange.js';
import { isReservedName } from '../../../broker/vhost.js';
import type { ByteReader } from '../../../lib/byte-reader.js';
import type { AmqpChannel } from '../channel/channel.js';
import {
  decodeExchangeBind,
  decodeExchangeDeclare,
  decodeExchangeDelete,
  decodeExchangeUnbind,
  type ExchangeDeclare,
  writeExchangeBindOk,
  writeExchangeDeclareOk,
  writeExchangeDeleteOk,
  writeExchangeUnbindOk,
} from '../codec/exchange.js';
import { headersOf } from '../codec/field-table.js';
import { MethodId } from '../codec/methods.js';
import { AmqpError, replyCodes } from '../errors.js';
import type { AmqpSession } from '../session.js';
import type { ChannelMethod } from './channel.js';
import { cleanName } from './names.js';
import { noExchange } from './queue.js';

export const exchangeMethods: ReadonlyMap<number, ChannelMethod> = new Map<number, ChannelMethod>([
  [MethodId.exchangeDeclare, declare],
  [MethodId.exchangeDelete, remove],
  [MethodId.exchangeBind, bind],
  [MethodId.exchangeUnbind, unbind],
]);

function refuseDefault(name: string): void {
  if (name === '') throw new AmqpError(replyCodes.accessRefused, 'operation not permitted on the default exchange');
}

function declare(channel: AmqpChannel, from: ByteReader): void {
  const asked = decodeExchangeDeclare(from);
  const { session } = channel;
  const { router, name: vhost } = session.vhost;
  const name = cleanName(asked.exchange);
  const answer = (isNew: boolean): void => {
    if (asked.noWait) return;
    if (isNew && asked.durable) channel.replyDurable(writeExchangeDeclareOk);
    else channel.reply(writeExchangeDeclareOk);
  };
  refuseDefault(name);
  if (asked.passive) {
    if (router.find(name) === undefined) throw noExchange(name, vhost);
    answer(false);
    return;
  }
  const properties = propertiesOf(session, asked, name);
  session.may('configure', name, 'exchange');
  const present = router.find(name);
  if (present === undefined && isReservedName(name)) {
    throw new AmqpError(replyCodes.accessRefused, `exchange name '${name}' contains reserved prefix 'amq.*'`);
  }
  const difference = present?.difference(properties) ?? null;
  if (present !== undefined && difference !== null) throw inequivalent(name, vhost, difference, properties, present);
  if (present === undefined && properties.alternate !== null) {
    session.may('read', name, 'exchange');
    session.mayWrite(properties.alternate);
  }
  answer(router.declare(properties));
}

const argumentNames = {
  type: 'type',
  durable: 'durable',
  autoDelete: 'auto_delete',
  internal: 'internal',
  alternate: 'alternate-exchange',
} as const;

function inequivalent(
  name: string,
  vhost: string,
  difference: keyof typeof argumentNames,
  asked: ExchangeProperties,
  there: ExchangeProperties,
): AmqpError {
  const shown = (properties: ExchangeProperties): string => {
    const value = properties[difference];
    if (difference !== 'alternate') return `'${String(value)}'`;
    return value === null ? 'none' : `the value '${String(value)}' of type 'longstr'`;
  };
  return new AmqpError(
    replyCodes.preconditionFailed,
    `inequivalent arg '${argumentNames[difference]}' for exchange '${name}' in vhost '${vhost}': received ${shown(asked)} but current is ${shown(there)}`,
  );
}

function isExchangeType(name: string): name is ExchangeType {
  return (exchangeTypes as readonly string[]).includes(name);
}

function propertiesOf(session: AmqpSession, asked: ExchangeDeclare, name: string): ExchangeProperties {
  const refuse = (why: string): AmqpError => new AmqpError(replyCodes.preconditionFailed, why);
  if (!isExchangeType(asked.type)) throw refuse(`unknown exchange type '${asked.type}'`);
  const alternate = asked.arguments.get('alternate-exchange');
  if (alternate !== undefined && alternate.tag !== 'S') {
    throw refuse(
      `invalid arg 'alternate-exchange' for exchange '${name}' in vhost '${session.vhost.name}': {unacceptable_type,${alternate.tag}}`,
    );
  }
  const args = headersOf(asked.arguments);
  const properties: ExchangeProperties = {
    name,
    type: asked.type,
    durable: asked.durable,
    autoDelete: asked.autoDelete,
    internal: asked.internal,
    alternate: alternate === undefined ? null : String(alternate.value),
    arguments: args,
  };
  const fault = exchangeFault(properties.type, args);
  if (fault !== null) throw refuse(fault);
  return properties;
}

function remove(channel: AmqpChannel, from: ByteReader): void {
  const asked = decodeExchangeDelete(from);
  const { session } = channel;
  const name = cleanName(asked.exchange);
  refuseDefault(name);
  if (isReservedName(name)) {
    throw new AmqpError(
      replyCodes.accessRefused,
      `deletion of system exchange '${name}' in vhost '${session.vhost.name}' not allowed`,
    );
  }
  session.may('configure', name, 'exchange');
  const { router, name: vhost } = session.vhost;
  const exchange = router.find(name);
  if (asked.ifUnused && exchange !== undefined && exchange.outgoing.size > 0) {
    throw new AmqpError(replyCodes.preconditionFailed, `exchange '${name}' in vhost '${vhost}' in use`);
  }
  const there = router.delete(name);
  if (asked.noWait) return;
  if (there) channel.replyDurable(writeExchangeDeleteOk);
  else channel.reply(writeExchangeDeleteOk);
}

interface Link {
  readonly destination: string;
  readonly source: string;
}

function linkOf(session: AmqpSession, asked: Link): Link {
  const destination = cleanName(asked.destination);
  const source = cleanName(asked.source);
  session.may('write', destination, 'exchange', destination === '' ? 'amq.default' : destination);
  session.may('read', source, 'exchange', source === '' ? 'amq.default' : source);
  refuseDefault(destination);
  refuseDefault(source);
  return { destination, source };
}

function bind(channel: AmqpChannel, from: ByteReader): void {
  const asked = decodeExchangeBind(from);
  const { session } = channel;
  const { destination, source } = linkOf(session, asked);
  const { router, name: vhost } = session.vhost;
  const found = router.find(source);
  if (found === undefined) throw noExchange(source, vhost);
  if (router.find(destination) === undefined) throw noExchange(destination, vhost);
  if (found.routesAs === 'topic') session.mayTopic('read', source, asked.routingKey);
  const isNew = router.bind(source, destination, asked.routingKey, headersOf(asked.arguments));
  if (asked.noWait) return;
  if (isNew) channel.replyDurable(writeExchangeBindOk);
  else channel.reply(writeExchangeBindOk);
}

function unbind(channel: AmqpChannel, from: ByteReader): void {
  const asked = decodeExchangeUnbind(from);
  const { session } = channel;
  const { destination, source } = linkOf(session, asked);
  const was = session.vhost.router.unbind(source, destination, asked.routingKey, headersOf(asked.arguments));
  if (asked.noWait) return;
  if (was) channel.replyDurable(writeExchangeUnbindOk);
  else channel.reply(writeExchangeUnbindOk);
}
