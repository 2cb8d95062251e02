import { path, RequestError, read, type Shared, urlOf } from './admin-request.js';

/** Where a Kafka broker is, and how to come in. */
export interface KafkaPlace {
  readonly brokers: readonly string[];
  readonly tls: boolean;
  readonly login: KafkaLogin | null;
}

export interface KafkaLogin {
  readonly user: string;
  readonly password: string;
  readonly mechanism: string;
}

/** Options of commands that speak a client protocol themselves. */
export interface WireOptions extends Shared {
  readonly kafka?: string | undefined;
  readonly amqp?: string | undefined;
}

interface Listener {
  readonly protocol: string;
  readonly ip_address: string;
  readonly port: number;
}

const mechanisms: readonly string[] = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'];

/**
 * `kafka://user:password@host:9092,host:9092?mechanism=PLAIN`, `kafkas://` over TLS, or hosts with ports alone. Certificates
 * that Node does not know are named by its own NODE_EXTRA_CA_CERTS.
 */
export function kafkaPlaceFrom(text: string): KafkaPlace {
  const match = /^(?:(kafkas?):\/\/)?(?:([^@/]*)@)?([^/?@]+)\/?(?:\?mechanism=([\w-]+))?$/.exec(text);
  const brokers = (match?.[3] ?? '').split(',').map((broker) => (/:\d+$/.test(broker) ? broker : `${broker}:9092`));
  if (match === null || brokers.some((broker) => !/^(\[[\da-f:]+\]|[^:]+):\d+$/i.test(broker))) {
    throw new RequestError(`${withoutPassword(text)} is no address of Kafka, such as kafka://127.0.0.1:9092`);
  }
  const [, scheme, credentials, , mechanism = 'SCRAM-SHA-256'] = match;
  const tls = scheme === 'kafkas';
  if (!mechanisms.includes(mechanism)) {
    throw new RequestError(`mechanism=${mechanism}: give one of ${mechanisms.join(', ')}`);
  }
  if (credentials === undefined) return { brokers, tls, login: null };
  const at = credentials.indexOf(':');
  const [user, password] = at < 0 ? [credentials, ''] : [credentials.slice(0, at), credentials.slice(at + 1)];
  return { brokers, tls, login: { user: decodeURIComponent(user), password: decodeURIComponent(password), mechanism } };
}

/** What may be printed of an address. */
export function withoutPassword(address: string): string {
  return address.replace(/\/\/[^@/]*@/, '//');
}

/** Naru's own Kafka front: named, or as the admin API tells. */
export async function ownKafka(options: WireOptions): Promise<KafkaPlace> {
  const named = options.kafka ?? process.env['NARU_KAFKA'];
  const place = kafkaPlaceFrom(named ?? `kafka${tlsAsHttp(options)}://${await frontAt(options, 'kafka')}`);
  const login = loginOf(options);
  if (place.login !== null || login === null) return place;
  return { ...place, login: { ...login, mechanism: 'SCRAM-SHA-256' } };
}

/** Naru's own AMQP front, with who comes in and the virtual host in the address. */
export async function ownAmqp(options: WireOptions, vhost: string): Promise<string> {
  const named = options.amqp ?? process.env['NARU_AMQP'];
  const url = amqpUrlFrom(named ?? `amqp${tlsAsHttp(options)}://${await frontAt(options, 'amqp')}`);
  const login = loginOf(options);
  if (url.username === '' && login !== null) {
    url.username = encodeURIComponent(login.user);
    url.password = encodeURIComponent(login.password);
  }
  if (url.pathname === '' || url.pathname === '/') url.pathname = `/${encodeURIComponent(vhost)}`;
  return url.href;
}

/** HTTP over TLS is there only where the other fronts have it as well. */
function tlsAsHttp({ url }: Shared): 's' | '' {
  return urlOf(url).startsWith('https:') ? 's' : '';
}

export function amqpUrlFrom(text: string): URL {
  if (/^amqps?:\/\//.test(text) && URL.canParse(text)) return new URL(text);
  throw new RequestError(`${withoutPassword(text)} is no address of AMQP, such as amqp://127.0.0.1:5672`);
}

function loginOf({ user }: Shared): { readonly user: string; readonly password: string } | null {
  const as = user ?? process.env['NARU_USER'];
  if (as === undefined) return null;
  const password = process.env['NARU_PASSWORD'];
  if (password === undefined) throw new RequestError(`to act as ${as}, set NARU_PASSWORD to the password`);
  return { user: as, password };
}

/** The API tells ports; the host is the one the API was reached by, unless a front listens somewhere else alone. */
export async function frontAt(options: Shared, protocol: string): Promise<string> {
  const { listeners } = await read<{ readonly listeners: readonly Listener[] }>(options, path('overview'));
  const found = listeners.find((listener) => listener.protocol === protocol);
  if (found === undefined) {
    const why = listeners.length === 0 ? 'this user may not see where it listens' : `the ${protocol} front is off`;
    throw new RequestError(`${why}: give its address with --${protocol}`);
  }
  const { hostname } = new URL(urlOf(options.url));
  const everywhere = ['0.0.0.0', '::', ''].includes(found.ip_address);
  const host = everywhere || found.ip_address === hostname ? hostname : bracketed(found.ip_address);
  return `${host}:${found.port}`;
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
