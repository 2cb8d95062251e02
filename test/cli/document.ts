import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command, Option } from 'commander';
import { addCommands } from '../../src/cli/every-command.js';
import { notesOf } from '../../src/cli/help.js';
import { bareProgram } from '../../src/cli/program.js';

/** docs/cli.md, made from the commands there are. `node dist/test/cli/document.js` writes it anew. */
export const documentPath: string = fileURLToPath(new URL('../../../docs/cli.md', import.meta.url));

const introduction = `# The command line

\`naru start\` runs a broker ([config.md](config.md) has its options); every other command asks a running one: its management API
([management-api.md](management-api.md)), and Kafka’s and AMQP’s fronts where many messages move. Made from the program’s own
help by \`node dist/test/cli/document.js\`; a test compares it.

- **Which broker**: \`--url\`, or \`NARU_URL\`, is the management API, \`http://127.0.0.1:15672\` unless told. It says where the fronts
  are; \`--kafka\` and \`--amqp\`, or \`NARU_KAFKA\` and \`NARU_AMQP\`, name them otherwise. Where the API is https the fronts are taken
  to speak TLS too; certificates that Node does not know are named by \`NODE_EXTRA_CA_CERTS\`.
- **Who**: \`--user\`, or \`NARU_USER\`, with the password in \`NARU_PASSWORD\`. That of the other broker of a mirror is in its address.
- **Form**: \`--json\` on every command. Lists are tables at a terminal, in colour unless \`NO_COLOR\` is set; elsewhere tabs part
  columns and there is no heading. Progress is drawn on a terminal’s standard error alone.
- **Exit codes**: 0 it was done, also when \`consume\`, \`tail\` or \`mirror\` was told to end; 1 it was refused or did not work, or
  \`doctor\` found what keeps a broker from running; 2 the command line is wrong. Errors are one line on standard error.
- **Patterns** know \`*\` for any letters and \`?\` for one. **Times** are ISO dates or how long ago, such as \`1h\`.

## A line for a message

What \`consume\`, \`tail\`, \`export\` and \`peek\` write, \`produce\`, \`publish\` and \`import\` read.

| field | of a topic | of a queue |
|---|---|---|
| \`value\` | text; \`{"base64": …}\` for what is no UTF-8; null for a tombstone | text or \`{"base64": …}\` |
| \`key\` | as the value; left out where there is none | – |
| \`routingKey\`, \`exchange\` | – | by which it came |
| \`headers\` | each as a value; a list where several have one name | as AMQP has them: numbers, tables, lists |
| \`properties\` | – | \`contentType\`, \`correlationId\` and so on, as amqplib calls them |
| \`timestamp\` | when it was made or came | the property, in whole seconds |
| \`partition\`, \`offset\` | where it lies | – |
| \`redelivered\` | – | when it was handed out before |

Whoever reads lines takes every other JSON value of \`value\` as the JSON it is.

## Mirrors

| | from Kafka | to Kafka | from RabbitMQ | to RabbitMQ |
|---|---|---|---|---|
| made on the other side | topics, partitions, settings | the same | queues, exchanges, bindings, policies | the same, without \`x-retention-ms\` and \`x-partitions\` |
| messages are | copied | copied | moved from queues, copied from streams | the same |
| kept | partition, key, headers, time | the same | routing key, headers, properties | the same |
| not kept | offset; transactions: what was aborted is left out | the same | exchange: it is \`naru.feed.<queue>\`, unless it was the default one; \`user-id\` | the same |
| groups | with \`--groups\`: at the record they would read next, or one before it of the same time | the same | – | – |
| how far it is | offsets of the source in the group \`mirror.from.<name>\` of Naru | of Naru in \`mirror.to.<name>\` | acknowledgements; streams as Kafka | the same |
| may come twice | what was copied in the second before a crash | the same | what was not yet acknowledged: up to 1,000 a queue | the same |

Kafka is asked by versions that brokers have since 3.1. What a topic says of replicas, as
\`min.insync.replicas\`, is not copied. Transient and exclusive queues stay where they are. Naru forgets groups that commit nothing for a week
(\`offsets-retention-ms\`); a mirror that was down for longer begins anew.
`;

export function cliDocument(): string {
  const program = addCommands(bareProgram());
  const parts = [introduction];
  let group = '';
  for (const command of program.commands) {
    const heading = command.helpGroup().replace(/:$/, '');
    if (heading !== group) parts.push(`## ${heading}\n`);
    group = heading;
    parts.push(...described(command, ['naru']));
  }
  return `${parts.join('\n').trimEnd()}\n`;
}

function described(command: Command, before: readonly string[]): string[] {
  const path = [...before, command.name()];
  const verbs = command.commands;
  if (verbs.length > 0) {
    return [
      `### ${path.join(' ')}\n`,
      `${command.description()}.\n`,
      ...verbs.flatMap((verb) => described(verb, path)),
    ];
  }
  const taken = command.registeredArguments.map((argument) => {
    const shown = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? `<${shown}>` : `[${shown}]`;
  });
  const aliases = command.aliases().map((alias) => `\`${alias}\``);
  const also = aliases.length === 0 ? '' : ` Also called ${aliases.join(', ')}.`;
  const { texts, examples } = notesOf(command);
  const options = path.join(' ') === 'naru start' ? [] : command.options.filter(isTold).map(optionLine);
  const list = [
    ...command.registeredArguments
      .filter(({ description }) => description !== '')
      .map((argument) => `- \`${argument.name()}\`: ${argument.description}`),
    ...options,
  ];
  return [
    `${before.length === 1 ? '###' : '####'} ${[...path, ...taken].join(' ')}\n`,
    `${command.description()}.${also}\n`,
    ...list,
    ...(list.length > 0 ? [''] : []),
    ...texts.map((text) => `${text}\n`),
    ...(examples.length === 0 ? [] : [`\`\`\`sh\n${examples.join('\n')}\n\`\`\`\n`]),
  ];
}

/** Those that all commands have are told once. */
function isTold({ hidden, long }: Option): boolean {
  return !hidden && !['--url', '--user', '--json', '--kafka', '--amqp'].includes(long ?? '');
}

function optionLine({ flags, description, defaultValue }: Option): string {
  const byDefault =
    defaultValue === undefined || typeof defaultValue === 'boolean' ? '' : ` (default \`${defaultValue}\`)`;
  return `- \`${flags}\`: ${description}${byDefault}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(documentPath, cliDocument());
