import { constants } from 'node:os';
import { adminPasswordVariable, ConfigError, configFileOf, loadOptions, type Sources } from '../config/load.js';
import type { Options } from '../config/options.js';
import { systemClock } from '../lib/clock.js';
import type { Logger } from '../lib/logger.js';
import { systemRandom } from '../lib/random.js';
import { type FrontName, Naru, StartError } from '../naru.js';
import { StoreError } from '../store/files.js';
import { readTextFile } from '../store/text-file.js';
import { createLog } from './log.js';

/** In the order of the ready line. */
const frontNames: readonly FrontName[] = ['kafka', 'amqp', 'sqs', 'http', 'metrics'];

/** `naru start`: runs until a signal ends it. */
export async function start(flags: Sources['flags']): Promise<void> {
  const options = await loadOptions({ flags, environment: process.env, file: readConfigFile(flags) });
  const log = await createLog(options);
  // Whoever reads our output may go away; that is no reason to stop serving.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  process.on('uncaughtException', (error) => {
    log.error({ err: error }, 'naru stops: something happened that it is not made for');
    process.exit(1);
  });
  try {
    await run(options, log);
  } catch (error) {
    if (error instanceof StartError) log.error({}, `naru does not start: ${error.message}`);
    else log.error({ err: error }, 'naru does not start');
    process.exit(1);
  }
}

async function run(options: Options, log: Logger): Promise<void> {
  if (options.insecure) log.warn({ host: options.host }, 'insecure: whoever reaches the host can connect');
  let stop: (signal: NodeJS.Signals) => void = () => {};
  const stopped = new Promise<NodeJS.Signals>((resolve) => {
    stop = resolve;
  });
  let signals = 0;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (++signals > 1) process.exit(128 + constants.signals[signal]);
    log.info({ signal }, 'stopping; a second signal stops at once');
    stop(signal);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);

  const naru = await Naru.start(options, log, systemClock, systemRandom, process.env[adminPasswordVariable] ?? '');
  // Otherwise it means what it always does: the terminal is gone, and so is the program.
  if (options.tlsCert !== '') process.on('SIGHUP', () => renewTls(naru, log));
  if (signals === 0) process.stdout.write(`${readyLine(naru, options.logFormat)}\n`);
  await stopped;
  await naru.close();
  log.info({}, 'stopped');
  process.exit(0);
}

/** A certificate that cannot be used leaves the one before in force. */
function renewTls(naru: Naru, log: Logger): void {
  try {
    naru.renewTls();
  } catch (error) {
    log.error({ err: error }, 'the certificates cannot be used; those read before stay in force');
  }
}

/** One line for whoever waits for the process to be ready; scripts read it, so its form is fixed. */
function readyLine(naru: Naru, format: Options['logFormat']): string {
  const announced = frontNames.flatMap((name): [string, string][] => {
    const where = naru.announced(name);
    return where === undefined ? [] : [[name, where]];
  });
  if (format === 'json') return JSON.stringify({ msg: 'naru ready', ...Object.fromEntries(announced) });
  return `naru ready ${announced.map(([name, where]) => `${name}=${where}`).join(' ')}`;
}

function readConfigFile(flags: Sources['flags']): Sources['file'] {
  const named = configFileOf(flags, process.env);
  if (named === undefined) return undefined;
  try {
    return { path: named.path, text: readTextFile(named.path) };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new ConfigError(`${named.origin}: ${error.message}`, { cause: error });
  }
}
