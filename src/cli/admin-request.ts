import { type Command, Option } from 'commander';
import { StoreError } from '../store/files.js';
import { readTextFile } from '../store/text-file.js';

/** What every command that asks a running broker has. */
export interface Shared {
  readonly url: string | undefined;
  readonly user: string | undefined;
  readonly json: boolean | undefined;
}

/** What the command line cannot do, told in one line. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
}

export const defaultUrl = 'http://127.0.0.1:15672';

/** Makes sub-commands that ask the admin API of a running broker. */
export function subcommands(parent: Command): (usage: string, description: string) => Command {
  return (usage, description) =>
    withShared(parent.command(usage).copyInheritedSettings(parent).description(description));
}

/** What a command has that asks the admin API of a running broker. */
export function withShared(command: Command): Command {
  const option = (flags: string, help: string): Option => new Option(flags, help).helpGroup('Broker and form:');
  return command
    .addOption(option('--url <url>', `address of the admin API (NARU_URL, else ${defaultUrl})`))
    .addOption(option('--user <name>', 'who to act as; the password is in NARU_PASSWORD (NARU_USER)'))
    .addOption(option('--json', 'tell it as JSON'));
}

/** A path of the admin API, each part encoded. */
export function path(...parts: readonly string[]): string {
  return `/api/${parts.map(encodeURIComponent).join('/')}`;
}

/** Asks, and throws RequestError unless it went well. `body` is an object, or JSON as it is. */
export async function ask(
  { url: named, user }: Pick<Shared, 'url' | 'user'>,
  method: string,
  where: string,
  body?: object | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const url = urlOf(named);
  const address = addressOf(url, where);
  const sent = new Headers(headers);
  const as = user ?? process.env['NARU_USER'];
  if (as !== undefined) {
    const password = process.env['NARU_PASSWORD'];
    if (password === undefined) throw new RequestError(`to act as ${as}, set NARU_PASSWORD to the password`);
    sent.set('authorization', `Basic ${Buffer.from(`${as}:${password}`).toString('base64')}`);
  }
  if (body !== undefined) sent.set('content-type', 'application/json');
  let response: Response;
  try {
    const text = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body);
    response = await fetch(address, { method, headers: sent, body: text, redirect: 'error' });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new RequestError(`${url} does not answer: ${cause}; is naru running there? (--url)`, { cause: error });
  }
  if (response.ok) {
    // A body that nobody reads would keep its connection, and the process with it.
    const bytes = await response.arrayBuffer();
    return new Response(bytes.byteLength === 0 ? null : bytes, { status: response.status });
  }
  const reason = await reasonOf(response);
  if (response.status === 401 && /^Login failed/.test(reason)) {
    throw new RequestError('wrong user or password: give --user and NARU_PASSWORD');
  }
  throw new RequestError(reason);
}

/** What is there, as JSON. */
export async function read<T>(options: Pick<Shared, 'url' | 'user'>, where: string): Promise<T> {
  return (await (await ask(options, 'GET', where)).json()) as T;
}

/** Where the admin API is. */
export function urlOf(named: string | undefined): string {
  return named ?? process.env['NARU_URL'] ?? defaultUrl;
}

function addressOf(url: string, where: string): URL {
  try {
    return new URL(where, url);
  } catch (error) {
    throw new RequestError(`${url} is not an address, such as http://127.0.0.1:15672`, { cause: error });
  }
}

async function reasonOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { reason } = JSON.parse(text) as { readonly reason?: unknown };
    if (typeof reason === 'string') return reason.trim().replaceAll(/\s*\n\s*/g, ': ');
  } catch {
    // Not our own server, or a proxy in between: the status says what there is to say.
  }
  return `the server answered ${response.status}`;
}

/** A file that an option names. */
export function readFile(option: string, file: string): string {
  try {
    return readTextFile(file);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new RequestError(`${option}: ${error.message}`, { cause: error });
  }
}
