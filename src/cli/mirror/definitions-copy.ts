import { ask, path, RequestError, readFile } from '../admin-request.js';
import { globFrom } from '../arguments.js';
import { amqpUrlFrom, withoutPassword } from '../place.js';
import type { MirrorRun } from './mirror.js';

/** A queue that is to be copied. */
export interface CopiedQueue {
  readonly name: string;
  /** A stream is read without being emptied. */
  readonly isStream: boolean;
}

interface Defined {
  readonly name: string;
  readonly vhost?: string;
  readonly type?: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
}

interface Binding {
  readonly source: string;
  readonly vhost?: string;
  readonly destination: string;
  readonly destination_type: string;
}

interface Definitions {
  readonly queues?: readonly Defined[];
  readonly exchanges?: readonly Defined[];
  readonly bindings?: readonly Binding[];
  readonly policies?: readonly Defined[];
}

/** Arguments that only Naru knows, and RabbitMQ might refuse. */
const onlyOurs = new Set(['x-partitions', 'x-retention-ms']);

/** Makes queues, exchanges, bindings and policies on the other side; answers the queues whose messages are to follow. */
export async function copyDefinitions(run: MirrorRun): Promise<CopiedQueue[]> {
  const { options, inward } = run;
  const wanted = globFrom(options.queues);
  if (options.definitions === false) {
    if (/[*?]/.test(options.queues)) throw new RequestError('--no-definitions: name the queues with --queues');
    return options.queues.split(',').map((name) => ({ name: name.trim(), isStream: false }));
  }
  const other = vhostOf(run.address);
  const whole =
    typeof options.definitions === 'string'
      ? fromFile(options.definitions, inward ? other : options.vhost)
      : await exported(run, other);
  const definitions = chosen(whole, wanted, inward);
  if (inward) await ask(options, 'POST', path('definitions', options.vhost), definitions);
  else await askOther(run, 'POST', other, definitions);
  return (definitions.queues ?? []).map((queue) => ({ name: queue.name, isStream: typeOf(queue) === 'stream' }));
}

function typeOf({ type, arguments: given }: Defined): unknown {
  return given?.['x-queue-type'] ?? type ?? 'classic';
}

function vhostOf(address: string): string {
  const name = decodeURIComponent(amqpUrlFrom(address).pathname.slice(1));
  return name === '' ? '/' : name;
}

function fromFile(file: string, vhost: string): Definitions {
  let whole: Record<string, readonly Defined[]>;
  try {
    whole = JSON.parse(readFile('--definitions', file)) as Record<string, readonly Defined[]>;
  } catch (error) {
    if (error instanceof RequestError) throw error;
    throw new RequestError(`--definitions: ${file} is not JSON as RabbitMQ exports it`, { cause: error });
  }
  const inVhost = <T extends { readonly vhost?: string }>(list: readonly T[] | undefined): T[] =>
    (list ?? []).filter((each) => each.vhost === undefined || each.vhost === vhost);
  return {
    queues: inVhost(whole['queues']),
    exchanges: inVhost(whole['exchanges']),
    bindings: inVhost(whole['bindings'] as unknown as readonly Binding[]),
    policies: inVhost(whole['policies']),
  };
}

async function exported(run: MirrorRun, other: string): Promise<Definitions> {
  const { options, inward } = run;
  if (!inward) {
    return (await (await ask(options, 'GET', path('definitions', options.vhost))).json()) as Definitions;
  }
  return (await (await askOther(run, 'GET', other)).json()) as Definitions;
}

/** RabbitMQ's management API, as the user of the address. */
async function askOther(run: MirrorRun, method: string, vhost: string, body?: object): Promise<Response> {
  const amqp = amqpUrlFrom(run.address);
  const named = run.options.management ?? `http://${amqp.hostname}:15672`;
  if (!URL.canParse(named)) throw new RequestError(`--management ${named} is no address, such as http://host:15672`);
  const url = new URL(path('definitions', vhost), named);
  const { username, password } = url.username === '' ? amqp : url;
  const credentials = `${decodeURIComponent(username || 'guest')}:${decodeURIComponent(password || 'guest')}`;
  url.username = '';
  url.password = '';
  const shown = withoutPassword(named);
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
  } catch (error) {
    const way = '--management names another address, --definitions FILE does without it';
    throw new RequestError(`the management API at ${shown} does not answer: ${way}`, { cause: error });
  }
  if (response.ok) return response;
  throw new RequestError(
    `the management API at ${shown} answered ${response.status}: ${(await response.text()).slice(0, 300)}`,
  );
}

/** What belongs to the queues that are wanted; everything where all are. */
function chosen(whole: Definitions, wanted: RegExp, inward: boolean): Definitions {
  const bare = <T extends { readonly vhost?: string }>({ vhost: _its, ...rest }: T): Omit<T, 'vhost'> => rest;
  const queues = (whole.queues ?? []).filter(({ name }) => wanted.test(name) && !name.startsWith('__'));
  const names = new Set(queues.map(({ name }) => name));
  const bindings = (whole.bindings ?? []).filter(
    ({ destination, destination_type: kind, source }) => source !== '' && (kind !== 'queue' || names.has(destination)),
  );
  return {
    queues: queues.map((queue) => ({ ...bare(queue), arguments: inward ? (queue.arguments ?? {}) : theirs(queue) })),
    exchanges: (whole.exchanges ?? []).map(bare),
    bindings: bindings.map(bare),
    policies: (whole.policies ?? []).map(bare),
  };
}

function theirs({ arguments: given }: Defined): Record<string, unknown> {
  return Object.fromEntries(Object.entries(given ?? {}).filter(([name]) => !onlyOurs.has(name)));
}
