import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { METHOD_CLASSES } from '../src/protocols/amqp/schema.js';
import { KAFKA_APIS, KAFKA_MESSAGES } from '../src/protocols/kafka/schema/all.js';
import { amqpClassFiles, methodsFile, methodTableFile } from './amqp-codec.js';
import { apisFile, oppositeFile, servedFile, tableFile } from './kafka-codec.js';
import { apiSources, messageSource, type Source } from './kafka-declarations.js';

/**
 * Writes the codecs that are generated from declarations. With `--check` it writes nothing and fails when a committed
 * file is not what its declaration says.
 */
const root = fileURLToPath(new URL('../..', import.meta.url));
const SERVED = 'src/protocols/kafka/codec';
const OPPOSITE = 'test/kafka-codec/codec';
const AMQP_SERVED = 'src/protocols/amqp/codec';
const AMQP_OPPOSITE = 'test/amqp-codec/codec';
const HAND_WRITTEN: ReadonlySet<string> = new Set([
  `${SERVED}/primitives.ts`,
  ...['primitives', 'field-table', 'properties'].map((name) => `${AMQP_SERVED}/${name}.ts`),
]);

function kafkaFiles(): Map<string, string> {
  const files = new Map<string, string>();
  const apis: Source[] = Object.entries(KAFKA_APIS).map(([file, api]) => ({ file, messages: apiSources(api) }));
  const messages: Source[] = Object.entries(KAFKA_MESSAGES).map(([file, list]) => ({
    file,
    messages: list.map(messageSource),
  }));
  for (const source of [...apis, ...messages]) files.set(`${SERVED}/${source.file}.ts`, servedFile(source));
  for (const source of apis) files.set(`${OPPOSITE}/${source.file}.ts`, oppositeFile(source));
  files.set(`${SERVED}/apis.ts`, apisFile(Object.values(KAFKA_APIS)));
  files.set(`${OPPOSITE}/table.ts`, tableFile([...apis, ...messages]));
  return files;
}

function amqpFiles(): Map<string, string> {
  const files = new Map<string, string>();
  for (const [name, methods] of Object.entries(METHOD_CLASSES)) {
    const { served, opposite } = amqpClassFiles(name, methods);
    files.set(`${AMQP_SERVED}/${name}.ts`, served);
    files.set(`${AMQP_OPPOSITE}/${name}.ts`, opposite);
  }
  files.set(`${AMQP_SERVED}/methods.ts`, methodsFile(METHOD_CLASSES));
  files.set(`${AMQP_OPPOSITE}/table.ts`, methodTableFile(METHOD_CLASSES));
  return files;
}

function committed(directory: string): string[] {
  try {
    return readdirSync(join(root, directory)).map((name) => `${directory}/${name}`);
  } catch {
    return [];
  }
}

function contentOf(path: string): string | null {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return null;
  }
}

function main(): number {
  const files = new Map([...kafkaFiles(), ...amqpFiles()]);
  const stale = [...files].filter(([path, content]) => contentOf(path) !== content).map(([path]) => path);
  const orphans = [SERVED, OPPOSITE, AMQP_SERVED, AMQP_OPPOSITE]
    .flatMap(committed)
    .filter((path) => !files.has(path) && !HAND_WRITTEN.has(path));
  if (process.argv.includes('--check')) {
    for (const path of stale) console.error(`${path} is stale: run npm run generate`);
    for (const path of orphans) console.error(`${path} has no declaration: run npm run generate`);
    return stale.length + orphans.length === 0 ? 0 : 1;
  }
  for (const path of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), files.get(path)!);
  }
  for (const path of orphans) rmSync(join(root, path));
  console.log(`${files.size} files, ${stale.length} written, ${orphans.length} removed`);
  return 0;
}

process.exitCode = main();
