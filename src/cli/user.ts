import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { Command } from 'commander';
import { ask, path, RequestError, read, readFile, type Shared, subcommands } from './admin-request.js';
import { wholeFrom } from './arguments.js';
import { type Column, done, fields, list, print, printJson } from './output.js';

interface WithPassword extends Shared {
  readonly passwordFile: string | undefined;
}

interface AddOptions extends WithPassword {
  readonly admin: boolean | undefined;
}

interface InVhost extends Shared {
  readonly vhost: string;
}

interface AddKeyOptions extends Shared {
  readonly id: string | undefined;
  readonly secretFile: string | undefined;
}

interface KeyShape {
  readonly id: string;
  readonly user: string;
  readonly secret?: string;
}

interface UserShape {
  readonly name: string;
  readonly tags: readonly string[];
}

const userColumns: readonly Column<UserShape>[] = [
  { name: 'name', value: ({ name }) => name },
  { name: 'tags', value: ({ tags }) => tags.join(',') },
];

/** Where the default virtual host is meant unless another is named. */
const vhostOption = ['--vhost <vhost>', 'virtual host', '/'] as const;

/** `naru user …`: users of a running broker, through its admin API. Passwords are never taken from the command line. */
export function userCommand(program: Command): Command {
  const users = new Command('user')
    .copyInheritedSettings(program)
    .description('List, add, change and remove users of a running broker, and say what they may do');
  const command = subcommands(users);
  const passwordFile = [
    '--password-file <file>',
    'file with the new password; - or none reads a line of input',
  ] as const;

  command('list', 'List users')
    .alias('list_users')
    .action(async (options: Shared) => {
      list(options, userColumns, await read<readonly UserShape[]>(options, path('users')));
    });
  command('add <name>', 'Add a user; the first one is an administrator')
    .alias('add_user')
    .option('--admin', 'may do everything')
    .option(...passwordFile)
    .action(async (name: string, options: AddOptions) => {
      const tags = options.admin === true ? 'administrator' : '';
      const password = await newPassword(options);
      await ask(options, 'PUT', path('users', name), { password, tags }, { 'if-none-match': '*' });
      done(options, 'added', name);
    });
  command('passwd <name>', 'Change a user’s password')
    .alias('change_password')
    .option(...passwordFile)
    .action(async (name: string, options: WithPassword) => {
      await ask(options, 'GET', path('users', name));
      await ask(options, 'PUT', path('users', name), { password: await newPassword(options) });
      done(options, 'changed the password of', name);
    });
  command('remove <name>', 'Remove a user')
    .alias('delete_user')
    .action(async (name: string, options: Shared) => {
      await ask(options, 'DELETE', path('users', name));
      done(options, 'removed', name);
    });
  command('tag <name> [tags...]', 'Give a user these tags and no others; administrator may do everything')
    .alias('set_user_tags')
    .action(async (name: string, tags: readonly string[], options: Shared) => {
      await ask(options, 'GET', path('users', name));
      await ask(options, 'PUT', path('users', name), { tags });
      done(options, 'tagged', name);
    });
  command('limit <name> <limit> <value>', 'Limit max-connections or max-channels of a user; -1 takes the limit away')
    .alias('set_user_limits')
    .action(async (name: string, limit: string, value: string, options: Shared) => {
      await ask(options, 'PUT', path('user-limits', name, limit), { value: wholeFrom(value) });
      done(options, 'limited', name);
    });
  permissionCommands(command);
  keyCommands(command);
  return users;
}

/** Access keys: what Amazon SQS clients sign with. */
function keyCommands(command: (usage: string, description: string) => Command): void {
  command('keys [name]', 'List access keys, with which Amazon SQS clients sign: user, id')
    .alias('list_access_keys')
    .action(async (name: string | undefined, options: Shared) => {
      const where = name === undefined ? path('access-keys') : path('users', name, 'access-keys');
      list(options, fields('user', 'id'), await read<readonly KeyShape[]>(options, where));
    });
  command('add-key <name>', 'Give a user an access key; its id and its secret are printed, the secret this once')
    .alias('add_access_key')
    .option('--id <id>', 'bring a key along instead of making one')
    .option('--secret-file <file>', 'file with the secret of the key that is brought along; - or none reads a line')
    .action(async (name: string, options: AddKeyOptions) => {
      const { id, secretFile } = options;
      const body = id === undefined ? {} : { id, secret: await newSecret('New secret: ', '--secret-file', secretFile) };
      const made = (await (await ask(options, 'POST', path('users', name, 'access-keys'), body)).json()) as KeyShape;
      if (options.json === true) printJson(made);
      else print(made.id, made.secret ?? '');
    });
  command('remove-key <id>', 'Remove an access key')
    .alias('delete_access_key')
    .action(async (id: string, options: Shared) => {
      const keys = await read<readonly KeyShape[]>(options, path('access-keys'));
      const key = keys.find((other) => other.id === id);
      if (key === undefined) throw new RequestError(`there is no access key ${id}`);
      await ask(options, 'DELETE', path('users', key.user, 'access-keys', id));
      done(options, 'removed', id);
    });
}

function permissionCommands(command: (usage: string, description: string) => Command): void {
  command('allow <name> <configure> <write> <read>', 'Let a user do this in a virtual host: patterns of names')
    .alias('set_permissions')
    .option(...vhostOption)
    .action(async (name: string, configure: string, write: string, reading: string, options: InVhost) => {
      await ask(options, 'PUT', path('permissions', options.vhost, name), { configure, write, read: reading });
      done(options, 'allowed', name, ` in ${options.vhost}`);
    });
  command('deny <name>', 'Close a virtual host to a user')
    .alias('clear_permissions')
    .option(...vhostOption)
    .action(async (name: string, options: InVhost) => {
      await ask(options, 'DELETE', path('permissions', options.vhost, name));
      done(options, 'denied', name, ` in ${options.vhost}`);
    });
  command('permissions [name]', 'List what users may do where: user, virtual host, configure, write, read')
    .alias('list_permissions')
    .action(async (name: string | undefined, options: Shared) => {
      const where = name === undefined ? path('permissions') : path('users', name, 'permissions');
      list(
        options,
        fields('user', 'vhost', 'configure', 'write', 'read'),
        await read<readonly object[]>(options, where),
      );
    });
  command('allow-topic <name> <exchange> <write> <read>', 'Let a user use these routing keys of a topic exchange')
    .alias('set_topic_permissions')
    .option(...vhostOption)
    .action(async (name: string, exchange: string, write: string, reading: string, options: InVhost) => {
      const body = { exchange, write, read: reading };
      await ask(options, 'PUT', path('topic-permissions', options.vhost, name), body);
      done(options, 'allowed', name, ` in ${options.vhost}`);
    });
  command('deny-topic <name> [exchange]', 'Forget what was said of routing keys, of one exchange or all')
    .alias('clear_topic_permissions')
    .option(...vhostOption)
    .action(async (name: string, exchange: string | undefined, options: InVhost) => {
      const parts = exchange === undefined ? [name] : [name, exchange];
      await ask(options, 'DELETE', path('topic-permissions', options.vhost, ...parts));
      done(options, 'forgot the routing keys of', name, ` in ${options.vhost}`);
    });
  command('topic-permissions [name]', 'List routing keys: user, virtual host, exchange, write, read')
    .alias('list_topic_permissions')
    .action(async (name: string | undefined, options: Shared) => {
      const where = name === undefined ? path('topic-permissions') : path('users', name, 'topic-permissions');
      const columns = fields('user', 'vhost', 'exchange', 'write', 'read');
      list(options, columns, await read<readonly object[]>(options, where));
    });
}

function newPassword({ passwordFile }: WithPassword): Promise<string> {
  return newSecret('New password: ', '--password-file', passwordFile);
}

async function newSecret(question: string, option: string, file: string | undefined): Promise<string> {
  if (file !== undefined && file !== '-') return readFile(option, file).replace(/\r?\n$/, '');
  return readLine(question);
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
