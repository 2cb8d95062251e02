import type { Identity, Step } from '../../../broker/access/exchange.js';
import { ByteReader } from '../../../lib/byte-reader.js';
import { sleep } from '../../../lib/clock.js';
import {
  type ConnectionStartOk,
  type ConnectionTuneOk,
  writeConnectionOpenOk,
  writeConnectionSecure,
  writeConnectionStart,
  writeConnectionTune,
} from '../codec/connection.js';
import { type FieldTable, readTable, type TableValue } from '../codec/field-table.js';
import { MethodId } from '../codec/methods.js';
import { AmqpError, replyCodes } from '../errors.js';
import type { AmqpSession } from '../session.js';
import { lookAtToken, passwordIn } from './tokens.js';

const protocolHeader = Buffer.from([0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1]);
const headerBytes = 8;
const frameBytesMin = 4096;
/** The user that is there as long as there is none, from this machine only. */
const guest = 'guest';
/** Who does not say who he is, although there are users: for this name permissions can be given. */
const anonymous = 'ANONYMOUS';

/** From the protocol header to an open virtual host. */
export class Handshake {
  private readonly session: AmqpSession;
  private readonly seen: Buffer = Buffer.alloc(headerBytes);
  private seenLength = 0;
  private mechanism = '';

  constructor(session: AmqpSession) {
    this.session = session;
  }

  /** Takes the protocol header. Answers where the chunk goes on behind it. */
  header(chunk: Buffer, start: number, end: number): number {
    const taken = Math.min(headerBytes - this.seenLength, end - start);
    chunk.copy(this.seen, this.seenLength, start, start + taken);
    this.seenLength += taken;
    if (this.seenLength < headerBytes && protocolHeader.compare(this.seen, 0, 4, 0, 4) === 0) return start + taken;
    if (this.seenLength < 4) return start + taken;
    const { session } = this;
    if (protocolHeader.compare(this.seen) !== 0) {
      const { remote } = session.connection.ends;
      session.context.logger.info({ front: 'amqp', remote }, 'a client that does not speak AMQP 0-9-1');
      session.out.raw(protocolHeader);
      session.connection.close('it does not speak AMQP 0-9-1');
      session.state = 'closing';
      return end;
    }
    session.state = 'start';
    this.start();
    return start + taken;
  }

  private start(): void {
    const { session } = this;
    const { settings } = session.context;
    const capabilities = new Map<string, TableValue>();
    for (const name of [
      'publisher_confirms',
      'exchange_exchange_bindings',
      'basic.nack',
      'consumer_cancel_notify',
      'connection.blocked',
      'consumer_priorities',
      'authentication_failure_close',
      'per_consumer_qos',
      'direct_reply_to',
    ]) {
      capabilities.set(name, true);
    }
    const properties = new Map<string, TableValue>([
      ['capabilities', capabilities],
      ['cluster_name', settings.clusterName],
      ['copyright', 'The Naru contributors'],
      ['information', 'A message broker for Kafka, AMQP 0-9-1 and SQS clients'],
      ['platform', `Node.js ${process.version}`],
      ['product', settings.product],
      ['version', settings.version],
    ]);
    session.sendMethod(0, (into) => writeConnectionStart(into, 0, 9, properties, this.mechanisms.join(' '), 'en_US'));
  }

  private get mechanisms(): string[] {
    const { session } = this;
    const names = ['PLAIN', 'AMQPLAIN'];
    if (session.connection.ends.certificateName !== undefined) names.push('EXTERNAL');
    if (session.context.broker.access.options.allowAnonymous) names.push('ANONYMOUS');
    return names;
  }

  startOk(ok: ConnectionStartOk): void {
    const { session } = this;
    if (session.state !== 'start') throw outOfPlace(MethodId.connectionStartOk);
    session.clientProperties = ok.clientProperties;
    session.capabilities = {
      cancelNotify: can(ok.clientProperties, 'consumer_cancel_notify'),
      blocked: can(ok.clientProperties, 'connection.blocked'),
      authenticationFailureClose: can(ok.clientProperties, 'authentication_failure_close'),
    };
    if (!this.mechanisms.includes(ok.mechanism)) {
      throw new AmqpError(
        replyCodes.commandInvalid,
        `unknown authentication mechanism '${ok.mechanism}'`,
        MethodId.connectionStartOk,
      );
    }
    this.mechanism = ok.mechanism;
    this.look(ok.response);
  }

  secureOk(response: Buffer): void {
    if (this.session.state !== 'secure') throw outOfPlace(MethodId.connectionSecureOk);
    this.look(response);
  }

  /** Looks at what the client shows; nothing else of it is handled meanwhile. */
  private look(response: Buffer): void {
    const { session } = this;
    session.hold('login');
    this.step(response).then(
      (step) => this.stepped(step),
      (error: unknown) => session.failed(null, error),
    );
  }

  private async step(response: Buffer): Promise<Step> {
    const { session } = this;
    const { access, mechanisms } = session.context.broker;
    if (this.mechanism === 'ANONYMOUS') return known(access.open ? guest : anonymous);
    if (this.mechanism === 'EXTERNAL') return known(session.connection.ends.certificateName ?? '');
    const plain = this.mechanism === 'PLAIN' ? response : plainOf(response);
    if (plain === null) return { kind: 'refused', reason: 'a malformed AMQPLAIN table' };
    const token = lookAtToken(mechanisms, passwordIn(plain));
    if (token !== null) return token;
    const step = access.open ? this.asGuest(plain) : await mechanisms.begin('PLAIN')!.step(plain);
    return step.kind === 'done' && step.identity.principal === `User:${guest}` ? this.fromHere(step) : step;
  }

  /** Everybody knows of `guest`, and many his password: he is let in from this machine only. */
  private fromHere(step: Step): Step {
    const { connection, context } = this.session;
    if (context.settings.guestFromAnywhere || isLoopback(connection.ends.remote)) return step;
    return { kind: 'refused', reason: `user '${guest}' can only connect via localhost` };
  }

  /** Without users there is one, which everybody knows; who may reach the port at all was decided at the start. */
  private asGuest(plain: Buffer): Step {
    const [, name, password] = plain.toString().split('\0');
    if (name === guest && password === guest) return known(guest);
    return { kind: 'refused', reason: 'there are no users but guest' };
  }

  private async stepped(step: Step): Promise<void> {
    const { session } = this;
    if (session.state === 'closed' || session.state === 'closing') return;
    if (step.kind === 'refused') {
      await this.refused(step.reason);
      return;
    }
    if (step.kind === 'challenge') {
      session.state = 'secure';
      session.sendMethod(0, (into) => writeConnectionSecure(into, step.message));
    } else {
      this.loggedIn(step.identity);
    }
    session.release('login');
  }

  private loggedIn({ principal, expiresMs }: Identity): void {
    const { session } = this;
    const { settings, broker } = session.context;
    session.userName = principal.startsWith('User:') ? principal.slice('User:'.length) : principal;
    session.identityExpiresMs = expiresMs;
    session.impersonates = broker.access.user(session.userName)?.tags.includes('impersonator') ?? false;
    session.state = 'tune';
    session.sendMethod(0, (into) =>
      writeConnectionTune(into, settings.channelsMax, settings.frameBytesMax, settings.heartbeatS),
    );
  }

  /** Clients that say they understand are told; the others find the connection closed, and whoever guesses waits. */
  private async refused(reason: string): Promise<void> {
    const { session } = this;
    const { settings, clock, logger } = session.context;
    const { remote } = session.connection.ends;
    logger.info({ front: 'amqp', remote, mechanism: this.mechanism, reason }, 'authentication failed');
    await sleep(clock, settings.authenticationFailureDelayMs);
    if (session.state === 'closed') return;
    if (session.capabilities.authenticationFailureClose) {
      session.closeFor(
        new AmqpError(
          replyCodes.accessRefused,
          `Login was refused using authentication mechanism ${this.mechanism}. For details see the broker logfile.`,
        ),
      );
    } else session.connection.close('authentication failed');
  }

  tuneOk({ channelMax, frameMax, heartbeat }: ConnectionTuneOk): void {
    const { session } = this;
    if (session.state !== 'tune') throw outOfPlace(MethodId.connectionTuneOk);
    const { settings } = session.context;
    session.channelsMax = negotiated('channel_max', channelMax, settings.channelsMax, 1);
    session.frameBytesMax = negotiated('frame_max', frameMax, settings.frameBytesMax, frameBytesMin);
    session.frames.bytesMax = session.frameBytesMax;
    session.heartbeatMs = heartbeat * 1000;
    session.state = 'open';
  }

  open(name: string): void {
    const { session } = this;
    if (session.state !== 'open') throw outOfPlace(MethodId.connectionOpen);
    const { vhosts, permissions, access } = session.context.broker;
    const vhost = vhosts.get(name);
    const user = session.userName;
    const refuse = (why: string): AmqpError => new AmqpError(replyCodes.notAllowed, why, MethodId.connectionOpen);
    if (vhost === undefined) throw refuse(`vhost ${name} not found`);
    if (!permissions.allowsVhost(user, name)) throw refuse(`access to vhost '${name}' refused for user '${user}'`);
    if (vhost.connectionsFull) {
      throw refuse(
        `access to vhost '${name}' refused for user '${user}': connection limit (${vhost.limits.maxConnections}) is reached`,
      );
    }
    const limit = access.user(user)?.limits.maxConnections ?? null;
    if (limit !== null && connectionsOf(session, user) > limit) {
      throw refuse(`connection refused for user '${user}': user connection limit (${limit}) is reached`);
    }
    session.opened(vhost);
    session.sendMethod(0, writeConnectionOpenOk);
  }
}

function connectionsOf(session: AmqpSession, user: string): number {
  let count = 0;
  for (const other of session.context.sessions) if (other.userName === user) count++;
  return count;
}

/** 0 stands for no limit of the client's own, which is not given where the server has one. */
function negotiated(name: string, asked: number, offered: number, least: number): number {
  const refused = (what: string, than: number): AmqpError => {
    const shown = asked === 0 ? '0 (no limit)' : String(asked);
    return new AmqpError(
      replyCodes.notAllowed,
      `negotiated ${name} = ${shown} is ${what} allowed value (${than})`,
      MethodId.connectionTuneOk,
    );
  };
  if (offered !== 0 && (asked === 0 || asked > offered)) throw refused('higher than the maximum', offered);
  if (asked !== 0 && asked < least) throw refused('lower than the minimum', least);
  return asked;
}

/** `remote` as `Ends` has it: an address and a port. */
function isLoopback(remote: string): boolean {
  return /^(127\.|\[?(::1|::ffff:127\.))/.test(remote);
}

function outOfPlace(method: number): AmqpError {
  return new AmqpError(replyCodes.commandInvalid, 'a method that is not expected now', method);
}

function known(name: string): Step {
  return {
    kind: 'done',
    message: Buffer.alloc(0),
    identity: { principal: `User:${name}`, expiresMs: Number.POSITIVE_INFINITY },
  };
}

/** AMQPLAIN's table, as PLAIN would say it. */
function plainOf(response: Buffer): Buffer | null {
  let fields: FieldTable;
  try {
    const size = Buffer.alloc(4);
    size.writeUInt32BE(response.length);
    fields = readTable(new ByteReader(Buffer.concat([size, response])));
  } catch {
    return null;
  }
  const login = fields.get('LOGIN');
  const password = fields.get('PASSWORD');
  if (login?.tag !== 'S' || password?.tag !== 'S') return null;
  return Buffer.from(`\0${String(login.value)}\0${String(password.value)}`);
}

function can(properties: FieldTable, name: string): boolean {
  const capabilities = properties.get('capabilities');
  if (capabilities?.tag !== 'F') return false;
  const field = capabilities.value.get(name);
  return field?.tag === 't' && field.value;
}
