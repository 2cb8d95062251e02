import { Command } from 'commander';
import { ConfigError, configFileOf, loadOptions, needsUsers } from '../config/load.js';
import { type Options, optionRows } from '../config/options.js';
import { systemClock } from '../lib/clock.js';
import { type FolderState, inspectFolder, measureSync } from '../store/folder-check.js';
import { RequestError, readFile, type Shared } from './admin-request.js';
import { type Finding, findingLines, type Grade } from './doctor-finding.js';
import { examples, explain } from './help.js';
import { flagsGiven, flagsOf } from './option-flags.js';
import { bytesShown, durationShown, printJson, surfaceOf } from './output.js';

/** Fewer take the broker’s own files and the first clients. */
const filesMin = 1024;
const syncMsFine = 10;
const syncMsBad = 50;
const skewMsMax = 60_000;
const probeMs = 1000;
const leaseName = 'data-directory';
const notBefore = Date.parse('2024-01-01T00:00:00Z');

const shownFlags = ['data', 'config', 'host'];

/** `naru doctor` */
export function doctorCommand(program: Command): Command {
  const command = new Command('doctor')
    .copyInheritedSettings(program)
    .description('Check whether a broker can run here: configuration, ports, disk, limits, clock, data')
    .option('--json', 'tell it as JSON');
  for (const row of optionRows) {
    for (const option of flagsOf(row)) {
      command.addOption(shownFlags.includes(row.name) ? option : option.hideHelp());
    }
  }
  explain(
    command,
    'It takes every option of naru start, the file and the environment variables: give it what the broker is given. It ends ' +
      'with 1 when something keeps the broker from running.',
  );
  examples(command, 'naru doctor', 'naru doctor --data /var/lib/naru --config /etc/naru.yaml');
  return command.action((options: Shared) => doctor(command, options));
}

async function doctor(command: Command, { json }: Shared): Promise<void> {
  const findings: Finding[] = [];
  const add = (grade: Grade, check: string, found: string, advice = ''): void => {
    findings.push({ grade, check, found, advice });
  };
  add('ok', 'node', `Node.js ${process.versions.node}`);
  const options = await configured(command, add);
  if (options !== null) {
    users(options, add);
    await ports(options, add);
    files(options, add);
    await data(options, add);
  }
  clock(add);
  const failed = findings.filter(({ grade }) => grade === 'fail').length;
  if (json === true) printJson(findings);
  else process.stdout.write(findingLines(findings, surfaceOf(process.stdout)));
  if (failed > 0) throw new RequestError(`${failed} of ${findings.length} checks failed: see what to do above`);
}

type Add = (grade: Grade, check: string, found: string, advice?: string) => void;

async function configured(command: Command, add: Add): Promise<Options | null> {
  const flags = flagsGiven(command);
  try {
    const named = configFileOf(flags, process.env);
    const file = named === undefined ? undefined : { path: named.path, text: readFile(named.origin, named.path) };
    const options = await loadOptions({ flags, environment: process.env, file });
    add('ok', 'configuration', named === undefined ? 'flags and environment; no file' : named.path);
    return options;
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof RequestError)) throw error;
    add('fail', 'configuration', error.message, 'naru start --help lists the options');
    return null;
  }
}

function users(options: Options, add: Add): void {
  if (!needsUsers(options)) {
    const open = options.insecure ? 'whoever reaches it can connect' : 'only this machine reaches it';
    add(options.insecure ? 'warn' : 'ok', 'address', `${options.host}: ${open}`, options.insecure ? 'make users' : '');
  } else if (options.adminUser === '') {
    add('warn', 'address', `${options.host}: others reach it`, 'it does not start without users: --admin-user');
  } else add('ok', 'address', `${options.host}, with users`);
}

async function ports(options: Options, add: Add): Promise<void> {
  const fronts = [
    ['kafka', options.kafka, options.kafkaPort],
    ['amqp', options.amqp, options.amqpPort],
    ['sqs', options.sqs, options.sqsPort],
    ['http', options.http, options.httpPort],
    ['metrics', options.metrics, options.metricsPort],
  ] as const;
  const served = options.http && (await isNaru(options));
  const taken = await Promise.all(
    fronts.map(([, on, port]) => (on && port !== 0 ? answers(hostToAsk(options.host), port) : false)),
  );
  for (const [at, [name, on, port]] of fronts.entries()) {
    if (!on) continue;
    if (port === 0) add('ok', `port of ${name}`, 'a free one is taken');
    else if (!taken[at]) add('ok', `port of ${name}`, `${port} is free`);
    else if (served) add('ok', `port of ${name}`, `${port} is in use, and Naru runs here`);
    else add('fail', `port of ${name}`, `${port} is in use by another program`, `end that, or --${name}-port 0`);
  }
}

function hostToAsk(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

/** Whatever it says: only who refuses a connection is not there. */
async function answers(host: string, port: number): Promise<boolean> {
  try {
    await fetch(`http://${host}:${port}/`, { signal: AbortSignal.timeout(probeMs) });
    return true;
  } catch (error) {
    const { cause } = error as { readonly cause?: { readonly code?: string } };
    return cause?.code !== 'ECONNREFUSED' && cause?.code !== 'EADDRNOTAVAIL';
  }
}

async function isNaru({ host, httpPort }: Options): Promise<boolean> {
  try {
    const where = `http://${hostToAsk(host)}:${httpPort}/healthz`;
    return (await fetch(where, { signal: AbortSignal.timeout(probeMs) })).ok;
  } catch {
    return false;
  }
}

interface ProcessReport {
  readonly userLimits?: { readonly open_files?: { readonly soft: number | string } };
}

function files({ connectionsMax }: Options, add: Add): void {
  const report = process.report.getReport() as ProcessReport;
  const soft = report.userLimits?.open_files?.soft;
  if (soft === undefined) return;
  const limit = soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
  const wanted = connectionsMax + filesMin;
  const advice = 'raise it: ulimit -n, or LimitNOFILE= of systemd';
  if (limit < filesMin) add('fail', 'open files', `at most ${soft}`, advice);
  else if (limit < wanted) {
    add('warn', 'open files', `at most ${soft}, for ${connectionsMax} connections and files`, advice);
  } else add('ok', 'open files', `at most ${soft}`);
}

async function data(options: Options, add: Add): Promise<void> {
  if (options.memory) {
    add('ok', 'data', 'in memory: gone with the process');
    return;
  }
  let state: FolderState;
  try {
    state = await inspectFolder(options.data, leaseName, systemClock);
  } catch (error) {
    add('fail', 'data', `${options.data}: ${(error as Error).message}`, 'see who owns it, and what it is');
    return;
  }
  const held = state.holder !== null;
  if (!state.writable) {
    add('fail', 'data', `${state.place} cannot be written to by this user`, 'change its owner, or --data elsewhere');
    return;
  }
  if (held) add('warn', 'data', state.holder!, '');
  else if (!state.exists) add('ok', 'data', `${options.data} will be made`);
  else add('ok', 'data', `${options.data}: ${state.files} files, ${bytesShown(state.usedBytes)}; nobody has it`);
  if (state.newestMs > systemClock.now() + skewMsMax) {
    const ahead = durationShown(state.newestMs - systemClock.now());
    add('fail', 'clock and data', `files there were written ${ahead} from now`, 'the clock went back: set it');
  }
  disk(options, state, add);
}

function disk({ diskFreeBytesMin }: Options, state: FolderState, add: Add): void {
  const { freeBytes, totalBytes, place } = state;
  const found = `${bytesShown(freeBytes)} of ${bytesShown(totalBytes)} free`;
  if (freeBytes < diskFreeBytesMin) {
    add('fail', 'disk', found, `publishers wait below ${bytesShown(diskFreeBytesMin)}: make room, or retain less`);
  } else if (freeBytes < diskFreeBytesMin * 2) {
    add('warn', 'disk', found, `publishers wait below ${bytesShown(diskFreeBytesMin)}`);
  } else add('ok', 'disk', found);
  if (freeBytes < 256 * 1024 * 1024) return;
  const { syncMs, bytesPerSecond } = measureSync(place, systemClock);
  const [half, worst] = [syncMs[Math.floor(syncMs.length / 2)]!, syncMs.at(-1)!];
  const speed = `${durationShown(half)} for a durable write (longest ${durationShown(worst)}), ${bytesShown(bytesPerSecond)}/s`;
  if (half > syncMsBad) add('warn', 'sync', speed, 'every durable answer waits for that: use a local SSD');
  else if (half > syncMsFine) add('warn', 'sync', speed, 'slow for a disk of a broker');
  else add('ok', 'sync', speed);
}

function clock(add: Add): void {
  const now = systemClock.now();
  const shown = new Date(now).toISOString();
  if (now < notBefore) add('fail', 'clock', shown, 'it is years behind: times of messages and retention go by it');
  else add('ok', 'clock', shown);
}
