import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { Command } from 'commander';
import { StoreError } from '../store/files.js';
import { readTextFile } from '../store/text-file.js';

interface Shared {
  readonly url: string;
  readonly user: string | undefined;
}

interface WithPassword extends Shared {
  readonly passwordFile: string | undefined;
}

interface AddOptions extends WithPassword {
  readonly admin: boolean | undefined;
}

interface UserShape {
  readonly name: string;
  readonly tags: readonly string[];
}

/** What the command line cannot do, told in one line. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
}

/** `naru user …`: users of a running broker, through its admin API. Passwords are never taken from the command line. */
export function userCommand(program: Command): Command {
  const users = new Command('user')
    .copyInheritedSettings(program)
    .description('List, add, change and remove users of a running broker');
  const command = (usage: string, description: string): Command =>
    users
      .command(usage)
      .copyInheritedSettings(program)
      .description(description)
      .option('--url <url>', 'address of the admin API (NARU_URL)', process.env['NARU_URL'] ?? 'http://127.0.0.1:15672')
      .option('--user <name>', 'who to act as, once there are users; the password is in NARU_PASSWORD (NARU_USER)');
  const passwordFile = [
    '--password-file <file>',
    'file with the new password; - or none reads a line of input',
  ] as const;

  command('list', 'List users').action(async (options: Shared) => {
    const listed = (await (await ask(options, 'GET', '')).json()) as readonly UserShape[];
    for (const { name, tags } of listed) print(tags.length === 0 ? name : `${name}\t${tags.join(',')}`);
  });
  command('add <name>', 'Add a user; the first one is an administrator')
    .option('--admin', 'may do everything')
    .option(...passwordFile)
    .action(async (name: string, options: AddOptions) => {
      const tags = options.admin === true ? 'administrator' : '';
      const password = await newPassword(options);
      await ask(options, 'PUT', name, { password, tags }, { 'if-none-match': '*' });
      print(`added ${name}`);
    });
  command('passwd <name>', 'Change a user’s password')
    .option(...passwordFile)
    .action(async (name: string, options: WithPassword) => {
      await ask(options, 'GET', name);
      await ask(options, 'PUT', name, { password: await newPassword(options) });
      print(`changed the password of ${name}`);
    });
  command('remove <name>', 'Remove a user').action(async (name: string, options: Shared) => {
    await ask(options, 'DELETE', name);
    print(`removed ${name}`);
  });
  return users;
}

async function ask(
  { url, user }: Shared,
  method: string,
  name: string,
  body?: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const address = addressOf(url, name);
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
    const text = body === undefined ? null : JSON.stringify(body);
    response = await fetch(address, { method, headers: sent, body: text, redirect: 'error' });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new RequestError(`${url} does not answer: ${cause}; is naru running there? (--url)`, { cause: error });
  }
  if (response.ok) return response;
  const reason = await reasonOf(response);
  if (response.status === 401 && /^Login failed/.test(reason)) {
    throw new RequestError('wrong user or password: give --user and NARU_PASSWORD');
  }
  throw new RequestError(reason);
}

function addressOf(url: string, name: string): URL {
  try {
    return new URL(`/api/users${name === '' ? '' : `/${encodeURIComponent(name)}`}`, url);
  } catch (error) {
    throw new RequestError(`${url} is not an address, such as http://127.0.0.1:15672`, { cause: error });
  }
}

async function reasonOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { reason } = JSON.parse(text) as { readonly reason?: unknown };
    if (typeof reason === 'string') return reason;
  } catch {
    // Not our own server, or a proxy in between: the status says what there is to say.
  }
  return `the server answered ${response.status}`;
}

async function newPassword({ passwordFile }: WithPassword): Promise<string> {
  if (passwordFile !== undefined && passwordFile !== '-') {
    try {
      return readTextFile(passwordFile).replace(/\r?\n$/, '');
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      throw new RequestError(`--password-file: ${error.message}`, { cause: error });
    }
  }
  return readLine('New password: ');
}

/** One line of standard input; at a terminal it is asked for and not shown. */
function readLine(question: string): Promise<string> {
  const terminal = process.stdin.isTTY === true;
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  if (terminal) process.stderr.write(question);
  const lines = createInterface({ input: process.stdin, output: silent, terminal });
  return new Promise((resolve, reject) => {
    let answered = false;
    lines.once('line', (line) => {
      answered = true;
      lines.close();
      resolve(line);
    });
    lines.once('SIGINT', () => lines.close());
    lines.once('close', () => {
      if (terminal) process.stderr.write('\n');
      if (!answered) reject(new RequestError('no password was given'));
    });
  });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
