import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { sleep, systemClock } from '../../src/lib/clock.js';
import { endWith, freePorts, Program, temporaryFolder } from '../process/program.js';
import { fetchKafkaTools, kafkaClassPath, kafkaVersions, missingForKafkaTools } from './kafka-tools.js';
import { skipUnlessThere } from './toolchain.js';

/** Kafka Connect, standalone: a file goes in by a source and comes out by a sink. */
const skip = skipUnlessThere(missingForKafkaTools());

before(() => {
  if (skip === false) for (const version of kafkaVersions) fetchKafkaTools(version);
});

function properties(path: string, values: Record<string, string>): string {
  writeFileSync(
    path,
    Object.entries(values)
      .map((pair) => pair.join('='))
      .join('\n'),
  );
  return path;
}

async function linesOf(path: string, count: number): Promise<string[]> {
  for (let attempt = 0; attempt < 240; attempt++) {
    const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
    if (lines.length >= count) return lines;
    await sleep(systemClock, 250);
  }
  throw new Error(`${path} has fewer than ${count} lines`);
}

for (const version of kafkaVersions) {
  test(`Kafka Connect ${version}: what is written to one file comes out in the other`, {
    skip,
    timeout: 120_000,
  }, async (context) => {
    const folder = await temporaryFolder(context);
    const naru = new Program(context, ['start', '--data', join(folder, 'data'), '--log-format=json', ...freePorts]);
    const bootstrap = (await naru.readyRecord())['kafka']!;
    const [input, output] = [join(folder, 'in.txt'), join(folder, 'out.txt')];
    const lines = Array.from({ length: 400 }, (_, index) => `line ${index}`);
    writeFileSync(input, `${lines.slice(0, 300).join('\n')}\n`);
    const converter = 'org.apache.kafka.connect.storage.StringConverter';
    const worker = properties(join(folder, 'worker.properties'), {
      'bootstrap.servers': bootstrap,
      'key.converter': converter,
      'value.converter': converter,
      'offset.storage.file.filename': join(folder, 'offsets'),
      'offset.flush.interval.ms': '500',
      listeners: 'http://127.0.0.1:0',
    });
    const connector = (name: string, values: Record<string, string>): string =>
      properties(join(folder, `${name}.properties`), { name, 'tasks.max': '1', ...values });
    const source = connector('source', {
      'connector.class': 'org.apache.kafka.connect.file.FileStreamSourceConnector',
      file: input,
      topic: 'connected',
    });
    const sink = connector('sink', {
      'connector.class': 'org.apache.kafka.connect.file.FileStreamSinkConnector',
      file: output,
      topics: 'connected',
    });
    const main = 'org.apache.kafka.connect.cli.ConnectStandalone';
    const java = ['-Xmx256m', '-cp', kafkaClassPath(version), main, worker, source, sink];
    const child = spawn('java', java, { stdio: 'ignore' });
    const ended = once(child, 'close');
    endWith(context, async () => {
      child.kill('SIGKILL');
      await ended;
    });
    await linesOf(output, 300);
    appendFileSync(input, `${lines.slice(300).join('\n')}\n`);
    assert.deepEqual(await linesOf(output, 400), lines);
  });
}
