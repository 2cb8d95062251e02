import { ConfigError, checkTogether } from './load.js';
import { nearest } from './nearest.js';
import { checkValue, expectation } from './option-value.js';
import { defaultOptions, type Options, optionRows } from './options.js';

/** Options from values a program hands in, checked as those of a command line are. Throws ConfigError. */
export function optionsFrom(values: Readonly<Record<string, unknown>>): Options {
  const options: Record<string, unknown> = { ...defaultOptions };
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const row = optionRows.find((candidate) => candidate.key === key);
    if (row === undefined) {
      const keys = optionRows.map((candidate) => candidate.key);
      const meant = nearest(key, keys);
      throw new ConfigError(`${key}: there is no such option${meant === undefined ? '' : `; did you mean ${meant}?`}`);
    }
    const checked = checkValue(row, value);
    if (checked === undefined) throw new ConfigError(`${key}: ${JSON.stringify(value)} is not ${expectation(row)}`);
    options[key] = checked;
  }
  checkTogether(options as unknown as Options);
  return options as unknown as Options;
}
