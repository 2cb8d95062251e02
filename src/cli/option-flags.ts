import { type Command, Option } from 'commander';
import type { OptionRow } from '../config/option-value.js';
import { optionRows } from '../config/options.js';

/** A boolean has a flag for either way; the one that changes the default is shown. */
export function flagsOf(row: OptionRow): Option[] {
  const described = (flag: string, help: string = row.help): Option => {
    const byDefault = row.default === '' ? '' : `default ${row.default}, `;
    return new Option(flag, `${help} (${byDefault}${row.environment})`).helpGroup(`${row.group}:`);
  };
  if (row.type !== 'boolean') return [described(`--${row.name} <${row.type}>`)];
  const on = described(`--${row.name}`);
  const off = described(`--no-${row.name}`, `Turns off: ${row.help}`);
  return row.default === 'true' ? [on.hideHelp(), off] : [on, off.hideHelp()];
}

/** Those of the broker's options that the command line names. */
export function flagsGiven(command: Command): Record<string, string | boolean> {
  const given = optionRows
    .filter((row) => command.getOptionValueSource(row.key) === 'cli')
    .map((row): [string, string | boolean] => [row.name, command.getOptionValue(row.key)]);
  return Object.fromEntries(given);
}
