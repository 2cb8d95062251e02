import { parseDuration, parseWholeNumber } from '../config/units.js';
import { RequestError } from './admin-request.js';

/** Gathers an option that may be given several times. */
export function gather(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** `name=value`, of which the first equals sign parts them. */
export function pairFrom(option: string, text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new RequestError(`${option} ${text}: give it as name=value`);
  return [text.slice(0, at), text.slice(at + 1)];
}

export function pairsFrom(option: string, texts: readonly string[] | undefined): [string, string][] {
  return (texts ?? []).map((text) => [...pairFrom(option, text)] as [string, string]);
}

/** Arguments of queues and the like: `x-max-length=10` is a number, `x-queue-type=quorum` text. */
export function typedArguments(option: string, texts: readonly string[] | undefined): Record<string, unknown> {
  return Object.fromEntries(pairsFrom(option, texts).map(([name, value]) => [name, jsonOrText(value)]));
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export function wholeFrom(text: string): number {
  if (!/^-?[0-9]{1,15}$/.test(text)) throw new RequestError(`${text} is no whole number`);
  return Number(text);
}

/** A whole number that is not negative. */
export function countFrom(option: string, text: string): number {
  const count = parseWholeNumber(text);
  if (count === undefined || count < 0) throw new RequestError(`${option} ${text}: give a whole number`);
  return count;
}

export function durationFrom(option: string, text: string): number {
  const duration = parseDuration(text);
  if (duration === undefined || duration < 0)
    throw new RequestError(`${option} ${text}: give a time, such as 30s or 1h`);
  return duration;
}

/** `--option` takes one of these. */
export function oneOf<T extends string>(option: string, text: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text);
  if (found === undefined) throw new RequestError(`${option} ${text}: give one of ${choices.join(', ')}`);
  return found;
}

/** `*` stands for any letters, `?` for one; commas part several patterns. */
export function globFrom(text: string): RegExp {
  const parts = text.split(',').map((part) =>
    part
      .trim()
      .replaceAll(/[.+^$()|[\]{}\\]/g, '\\$&')
      // Several in a row say no more than one, and would be tried in every way.
      .replaceAll(/\*+/g, '[^]*')
      .replaceAll('?', '[^]'),
  );
  return new RegExp(`^(?:${parts.join('|')})$`, 'u');
}
