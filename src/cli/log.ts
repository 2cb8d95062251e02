import { pino } from 'pino';
import type { Options } from '../config/options.js';
import { type Logger, silentLogger } from '../lib/logger.js';

/** Wherever one of these appears in what is logged, its value does not. */
const secrets = ['password', 'secret', 'token', 'authorization', 'saslAuthBytes'].flatMap((name) => [
  name,
  `*.${name}`,
]);

/**
 * Log lines go to standard error, one for each event, and are out before the call returns: nothing is lost when the
 * process ends at once. Standard output holds the ready line only.
 */
export async function createLog(
  options: Pick<Options, 'logLevel' | 'logFormat'>,
  write: (line: string) => void = writeError,
): Promise<Logger> {
  if (options.logLevel === 'silent') return silentLogger;
  const writeLine = options.logFormat === 'json' ? write : await prettyWriter(write);
  const logger: Logger = pino(
    {
      level: options.logLevel,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secrets, censor: '(secret)' },
    },
    { write: writeLine },
  );
  return logger;
}

function writeError(line: string): void {
  process.stderr.write(line);
}

async function prettyWriter(write: (line: string) => void): Promise<(line: string) => void> {
  const { prettyFactory } = await import('pino-pretty');
  const pretty = prettyFactory({
    colorize: process.stderr.isTTY,
    translateTime: 'SYS:yyyy-mm-dd HH:MM:ss.l',
    singleLine: true,
  });
  return (line) => write(pretty(line));
}
