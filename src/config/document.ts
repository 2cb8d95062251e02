import type { OptionRow } from './option-value.js';
import { optionRows } from './options.js';

/** `docs/config.md`, written from the table of options. */
export function configDocument(): string {
  const groups = new Map<string, OptionRow[]>();
  for (const row of optionRows) {
    const rows = groups.get(row.group);
    if (rows === undefined) groups.set(row.group, [row]);
    else rows.push(row);
  }
  const sections = [...groups].map(([group, rows]) => `## ${group}\n\n${tableOf(rows)}`);
  return `${introduction}\n${sections.join('\n\n')}\n`;
}

const introduction = `<!-- Written by scripts/generate-config-doc.ts from src/config/options.ts; \`npm run generate\` writes it anew. -->

# Options

Every option can be given in three ways; the first that is there counts, then the default:

1. a flag: \`naru start --kafka-port 9093\`
2. an environment variable: \`NARU_KAFKA_PORT=9093\`
3. a line in the YAML file that \`--config FILE\` or \`NARU_CONFIG\` names: \`kafka-port: 9093\`

An option that does not exist is an error, wherever it is given. Sizes are bytes, or have a unit: \`64MB\` (64 000 000),
\`64MiB\` (67 108 864), likewise \`KB\`, \`GB\`, \`TB\`, \`KiB\`, \`GiB\`, \`TiB\`. Times are milliseconds, or have a unit: \`250ms\`,
\`30s\`, \`5m\`, \`12h\`, \`7d\`, \`2w\`. A boolean option is turned on by \`--name\` and off by \`--no-name\`, so \`--no-http\` turns
the HTTP front off.

In process, \`startNaru({ … })\` takes the same options by their names in camel case (\`kafkaPort\`), sizes and times as
plain numbers of bytes and milliseconds, and takes free ports where none are given.
`;

function tableOf(rows: readonly OptionRow[]): string {
  const lines = rows.map((row) => {
    const flag = row.type === 'boolean' && row.default === 'true' ? `--no-${row.name}` : `--${row.name}`;
    const byDefault = row.default === '' ? '' : `\`${row.default}\``;
    return `| \`${flag}\` | \`${row.environment}\` | \`${row.name}\` | ${valuesOf(row)} | ${byDefault} | ${row.help} |`;
  });
  return ['| flag | environment | file | values | default | |', '|---|---|---|---|---|---|', ...lines].join('\n');
}

function valuesOf(row: OptionRow): string {
  if (row.type === 'boolean') return 'true, false';
  if (row.type === 'choice') return row.choices.join(', ');
  const kind = row.type === 'bytes' ? 'size' : row.type === 'duration' ? 'time' : row.type;
  if (row.min !== undefined && row.max !== undefined) return `${kind}, ${row.min} to ${row.max}`;
  return row.min === undefined ? kind : `${kind}, at least ${row.min}`;
}
