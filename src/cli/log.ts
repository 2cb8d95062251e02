import type { Options } from '../config/options.js';
import { systemClock } from '../lib/clock.js';
import { type Logger, silentLogger } from '../lib/logger.js';

/** Wherever one of these appears in what is logged, its value does not. */
const secrets: ReadonlySet<string> = new Set(['password', 'secret', 'token', 'authorization', 'saslAuthBytes']);
const censored = '(secret)';

const levels = ['debug', 'info', 'warn', 'error'] as const;
type Level = (typeof levels)[number];

const colours: Readonly<Record<Level, number>> = { debug: 34, info: 32, warn: 33, error: 31 };
/** What was the cause of an error's cause, and so on, is told so far. */
const causesMax = 5;

/**
 * Log lines go to standard error, one for each event, and are out before the call returns: nothing is lost when the
 * process ends at once. Standard output holds the ready line only.
 *
 * The records are pino's. pino itself, with what makes its lines readable, took 30 ms and 6 MB of every start.
 */
export async function createLog(
  options: Pick<Options, 'logLevel' | 'logFormat'>,
  write: (line: string) => void = writeError,
): Promise<Logger> {
  const { logLevel, logFormat } = options;
  if (logLevel === 'silent') return silentLogger;
  const line = logFormat === 'json' ? jsonLine : textLine;
  const least = levels.indexOf(logLevel);
  const logging = (level: Level): Logger['info'] =>
    levels.indexOf(level) < least
      ? () => {}
      : (fields, text) => write(line(level, new Date(systemClock.now()), fields, text));
  return { debug: logging('debug'), info: logging('info'), warn: logging('warn'), error: logging('error') };
}

function writeError(line: string): void {
  process.stderr.write(line);
}

function jsonLine(level: Level, time: Date, fields: object, text: string): string {
  return `${toJson({ level, time: time.toISOString(), ...shown(fields), msg: text })}\n`;
}

/** For people: in their own time, errors with their stack below. */
function textLine(level: Level, time: Date, fields: object, text: string): string {
  const { err, ...rest } = shown(fields);
  const name = level.toUpperCase();
  const label = process.stderr.isTTY ? `\u001b[${colours[level]}m${name}\u001b[39m` : name;
  const more = Object.keys(rest).length === 0 ? '' : ` ${toJson(rest)}`;
  const stack = isTold(err) ? `\n    ${err.stack.replaceAll('\n', '\n    ')}` : '';
  return `[${localTime(time)}] ${label}: ${text}${more}${stack}\n`;
}

function localTime(time: Date): string {
  const here = new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
  return here.toISOString().replace('T', ' ').replace('Z', '');
}

/** Without secrets, at the top and one level below, and with errors in words. */
function shown(fields: object): Record<string, unknown> {
  const told: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (secrets.has(name)) told[name] = censored;
    else if (value instanceof Error) told[name] = toldError(value);
    else if (value !== null && typeof value === 'object' && Object.keys(value).some((key) => secrets.has(key))) {
      const inner = Object.entries(value).map(([key, one]) => [key, secrets.has(key) ? censored : one]);
      told[name] = Object.fromEntries(inner);
    } else told[name] = value;
  }
  return told;
}

interface ToldError {
  readonly type: string;
  readonly message: string;
  readonly stack: string;
}

function toldError(error: Error): ToldError {
  let message = error.message;
  let stack = error.stack ?? String(error);
  let { cause } = error;
  for (let depth = 0; cause instanceof Error && depth < causesMax; depth++) {
    message += `: ${cause.message}`;
    stack += `\ncaused by: ${cause.stack ?? String(cause)}`;
    cause = cause.cause;
  }
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  return { type: error.name, message, stack, ...code };
}

function isTold(value: unknown): value is ToldError {
  return value !== null && typeof value === 'object' && 'stack' in value && typeof value.stack === 'string';
}

/** Whatever is logged must not end who logs it. */
function toJson(value: object): string {
  try {
    return JSON.stringify(value, (_key, one: unknown) => (typeof one === 'bigint' ? String(one) : one));
  } catch (error) {
    return JSON.stringify({ unreadable: String(error) });
  }
}
