import { nearest } from './nearest.js';
import { expectation, type OptionRow, type OptionValue, parseValue } from './option-value.js';
import { type Options, optionRows } from './options.js';

/** An option that cannot be used, told in a way that says where it came from. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** What the options are made of. Flags carry the names of the table; a flag without a value is a boolean. */
export interface Sources {
  readonly flags: Readonly<Record<string, string | boolean>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The YAML file, already read. */
  readonly file?: { readonly path: string; readonly text: string } | undefined;
}

interface Given {
  readonly text: string;
  /** `--kafka-port`, `NARU_KAFKA_PORT`, `naru.yaml, line 3, kafka-port`: for errors. */
  readonly origin: string;
  /** The higher wins. */
  readonly rank: number;
}

const environmentPrefix = 'NARU_';
/** Secrets are no options: they have no flag and are in no table that could be printed. */
export const adminPasswordVariable = 'NARU_ADMIN_PASSWORD';
/** What the command line reads for itself. */
const otherVariables: ReadonlySet<string> = new Set([adminPasswordVariable, 'NARU_URL', 'NARU_USER', 'NARU_PASSWORD']);

/**
 * What an orchestrator puts into the environment of every container beside a service named naru. They are
 * nobody's mistake, so they are passed over rather than refused.
 */
const serviceLink = /_SERVICE_HOST$|_SERVICE_PORT(_\w+)?$|_PORT_\d+_(TCP|UDP)(_\w+)?$/;

/** Options from flags, environment, file and defaults, in this order of precedence. Throws ConfigError. */
export async function loadOptions(sources: Sources): Promise<Options> {
  const given = new Map<string, Given>();
  if (sources.file !== undefined) await readFile(sources.file, given);
  readEnvironment(sources.environment, given);
  readFlags(sources.flags, given);
  preferFolderOrMemory(given);

  const values = optionRows.map((row): [string, OptionValue] => {
    const found = given.get(row.name);
    return [row.key, readValue(row, found?.text ?? row.default, found?.origin ?? 'default')];
  });
  const options = Object.fromEntries(values) as unknown as Options;
  checkTogether(options);
  return options;
}

/** The configuration file that flags or environment name, with where they do so; it has to be read before the rest. */
export function configFileOf(
  flags: Sources['flags'],
  environment: Sources['environment'],
): { readonly path: string; readonly origin: string } | undefined {
  const flag = flags['config'];
  if (typeof flag === 'string') return { path: flag, origin: '--config' };
  const variable = environment[`${environmentPrefix}CONFIG`];
  return variable === undefined || variable === ''
    ? undefined
    : { path: variable, origin: `${environmentPrefix}CONFIG` };
}

function readFlags(flags: Sources['flags'], given: Map<string, Given>): void {
  for (const [name, value] of Object.entries(flags)) {
    if (!optionRows.some((row) => row.name === name)) throw unknownOption(`--${name}`, flagNames());
    given.set(name, { text: String(value), origin: value === false ? `--no-${name}` : `--${name}`, rank: 3 });
  }
}

/** Every flag there is, as typed. */
export function flagNames(): string[] {
  return optionRows.flatMap((row) =>
    row.type === 'boolean' ? [`--${row.name}`, `--no-${row.name}`] : [`--${row.name}`],
  );
}

function readEnvironment(environment: Sources['environment'], given: Map<string, Given>): void {
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith(environmentPrefix) || value === undefined) continue;
    if (otherVariables.has(variable) || serviceLink.test(variable) || value.startsWith('tcp://')) continue;
    const row = optionRows.find((candidate) => candidate.environment === variable);
    if (row !== undefined) {
      given.set(row.name, { text: value, origin: variable, rank: 2 });
    } else {
      throw unknownOption(
        variable,
        optionRows.map((candidate) => candidate.environment),
      );
    }
  }
}

async function readFile(file: { path: string; text: string }, given: Map<string, Given>): Promise<void> {
  // 40 ms to load: only for those who have a file.
  const { isMap, isScalar, LineCounter, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(file.text, { lineCounter: lines, prettyErrors: false });
  const lineOf = (position: number): string => `${file.path}, line ${lines.linePos(position).line}`;
  const broken = document.errors[0];
  if (broken !== undefined) throw new ConfigError(`${lineOf(broken.pos[0])}: ${broken.message}`);
  if (document.contents === null) return;
  if (!isMap(document.contents)) throw new ConfigError(`${file.path}: lines of the form \`name: value\` expected`);

  for (const pair of document.contents.items) {
    const key = pair.key;
    if (!isScalar(key) || typeof key.value !== 'string') {
      throw new ConfigError(`${file.path}: the name of an option must be a word`);
    }
    const origin = `${lineOf(key.range?.[0] ?? 0)}, ${key.value}`;
    if (!optionRows.some((row) => row.name === key.value)) {
      throw unknownOption(
        origin,
        optionRows.map((row) => row.name),
        key.value,
      );
    }
    if (key.value === 'config') throw new ConfigError(`${origin}: a configuration file cannot name another one`);
    const value = pair.value;
    if (!isScalar(value) || value.value === null) throw new ConfigError(`${origin}: a single value expected`);
    // The text as written: 0644 or 1e3 mean what they look like, not what YAML makes of them.
    given.set(key.value, { text: value.source ?? String(value.value), origin, rank: 1 });
  }
}

/** `--memory` and `--data` exclude each other: the one given closer to the command line wins. */
function preferFolderOrMemory(given: Map<string, Given>): void {
  const folder = given.get('data');
  const memory = given.get('memory');
  if (folder === undefined || memory === undefined || memory.text !== 'true') return;
  if (folder.rank === memory.rank) {
    throw new ConfigError(`${memory.origin} and ${folder.origin} exclude each other: memory keeps nothing in a folder`);
  }
  if (folder.rank > memory.rank) given.delete('memory');
}

function readValue(row: OptionRow, text: string, origin: string): OptionValue {
  const value = parseValue(row, text);
  if (value === undefined) throw new ConfigError(`${origin}: ${JSON.stringify(text)} is not ${expectation(row)}`);
  return value;
}

/** What no single option shows. */
export function checkTogether(options: Options): void {
  if (options.groupSessionTimeoutMinMs > options.groupSessionTimeoutMaxMs) {
    throw new ConfigError('group-session-timeout-min-ms is above group-session-timeout-max-ms');
  }
  checkPorts(options);
  checkSecurity(options);
  // Whether a data folder has users in it shows when it is open.
  const hasUsers = options.adminUser !== '' || knowsOthers(options);
  if (options.memory && needsUsers(options) && !hasUsers) throw new ConfigError(withoutUsers(options));
}

/** Whether clients can say who they are without being among the users: by a certificate or a token. */
export function knowsOthers(options: Options): boolean {
  return options.oauthJwks !== '' || options.tlsClientAuth === 'require';
}

/** Whether strangers could come in if there were no users. */
export function needsUsers(options: Options): boolean {
  return !isLoopback(options.host) && !options.insecure;
}

/** Why it is not started on an address that others reach. */
export function withoutUsers(options: Options): string {
  return (
    `host ${options.host} can be reached from other machines and no users are configured; listen on 127.0.0.1, make ` +
    `an administrator with --admin-user and ${adminPasswordVariable}, or accept that anybody may connect with --insecure`
  );
}

function checkSecurity(options: Options): void {
  if ((options.tlsCert === '') !== (options.tlsKey === '')) {
    throw new ConfigError('tls-cert and tls-key belong together: TLS needs a certificate and its key');
  }
  for (const front of ['http', 'sqs'] as const) {
    if (options[`${front}Tls`] && options.tlsCert === '')
      throw new ConfigError(`${front}-tls needs tls-cert and tls-key`);
  }
  if (options.tlsClientAuth !== 'none' && (options.tlsCert === '' || options.tlsCa === '')) {
    throw new ConfigError(
      'tls-client-auth needs tls-cert, tls-key, and tls-ca to check certificates of clients against',
    );
  }
  if (options.adminPasswordFile !== '' && options.adminUser === '') {
    throw new ConfigError('admin-password-file is the password of admin-user, which is not given');
  }
  const { otlpEndpoint } = options;
  if (otlpEndpoint !== '' && !/^https?:$/.test(URL.canParse(otlpEndpoint) ? new URL(otlpEndpoint).protocol : '')) {
    throw new ConfigError('otlp-endpoint: an address such as http://localhost:4318 is needed');
  }
  const { oauthJwks } = options;
  if (oauthJwks.startsWith('http://') && !isLoopback(new URL(oauthJwks).hostname.replace(/^\[|\]$/g, ''))) {
    throw new ConfigError('oauth-jwks: keys are only fetched over https, or from this machine');
  }
}

function checkPorts(options: Options): void {
  const users = new Map<number, string>();
  for (const front of ['kafka', 'amqp', 'sqs', 'http'] as const) {
    const port = options[`${front}Port`];
    if (!options[front] || port === 0) continue;
    const other = users.get(port);
    if (other !== undefined) {
      throw new ConfigError(`${other}-port and ${front}-port are both ${port}: each front needs a port of its own`);
    }
    users.set(port, front);
  }
}

/** Addresses that only this machine reaches. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

function unknownOption(origin: string, candidates: readonly string[], word: string = origin): ConfigError {
  const meant = nearest(word, candidates);
  return new ConfigError(`${origin}: there is no such option${meant === undefined ? '' : `; did you mean ${meant}?`}`);
}
