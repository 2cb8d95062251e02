import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError, configFileOf, loadOptions, type Sources } from './load.js';
import { defaultOptions } from './options.js';

const nothing: Sources = { flags: {}, environment: {} };

function file(text: string): Sources {
  return { ...nothing, file: { path: 'naru.yaml', text } };
}

async function refusal(sources: Sources): Promise<string> {
  try {
    await loadOptions(sources);
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.message;
  }
  throw new Error('nothing was refused');
}

test('without any source the defaults hold', async () => {
  assert.deepEqual(await loadOptions(nothing), defaultOptions);
  assert.equal(defaultOptions.kafkaPort, 9092);
  assert.equal(defaultOptions.httpPort, 15_672);
  assert.equal(defaultOptions.segmentBytes, 1024 ** 3);
  assert.equal(defaultOptions.retentionMs, 7 * 24 * 3600 * 1000);
  assert.equal(defaultOptions.retentionBytes, -1);
  assert.equal(defaultOptions.logFormat, 'text');
  assert.equal(defaultOptions.autoCreateTopics, true);
});

test('a flag wins over the environment, the environment over the file, the file over the default', async () => {
  const options = await loadOptions({
    flags: { 'kafka-port': '1' },
    environment: { NARU_KAFKA_PORT: '2', NARU_HTTP_PORT: '3', PATH: '/bin' },
    file: { path: 'naru.yaml', text: 'kafka-port: 4\nhttp-port: 5\nsegment-bytes: 2MiB\nauto-create-topics: false\n' },
  });
  assert.equal(options.kafkaPort, 1);
  assert.equal(options.httpPort, 3);
  assert.equal(options.segmentBytes, 2 * 1024 * 1024);
  assert.equal(options.autoCreateTopics, false);
  assert.equal(options.amqpPort, 5672);
});

test('a front is turned off by a flag, a variable or a line', async () => {
  assert.equal((await loadOptions({ ...nothing, flags: { kafka: false } })).kafka, false);
  assert.equal((await loadOptions({ ...nothing, environment: { NARU_SQS: 'false' } })).sqs, false);
  assert.equal((await loadOptions(file('amqp: false\n'))).amqp, false);
});

test('an option that does not exist is refused wherever it is given, with the nearest one', async () => {
  assert.match(await refusal({ ...nothing, flags: { 'kafka-prot': '1' } }), /^--kafka-prot: .*--kafka-port/);
  assert.match(
    await refusal({ ...nothing, environment: { NARU_KAFKA_PROT: '1' } }),
    /^NARU_KAFKA_PROT: .*NARU_KAFKA_PORT/,
  );
  assert.match(await refusal(file('\nkafka-prot: 1\n')), /^naru\.yaml, line 2, kafka-prot: .*kafka-port/);
  assert.doesNotMatch(await refusal(file('something-else-entirely: 1\n')), /did you mean/);
});

test('a bad value is refused with where it came from and what is expected there', async () => {
  assert.equal(
    await refusal({ ...nothing, flags: { 'kafka-port': '70000' } }),
    '--kafka-port: "70000" is not a port from 0 to 65535',
  );
  assert.match(await refusal({ ...nothing, environment: { NARU_RETENTION_MS: 'soon' } }), /^NARU_RETENTION_MS: "soon"/);
  assert.match(await refusal(file('journal-files-max: 1\n')), /line 1, journal-files-max: "1" .* from 2 to 10000/);
  assert.match(await refusal(file('log-format: xml\n')), /one of text, json/);
  assert.match(await refusal(file('memory: perhaps\n')), /true or false/);
});

test('a file that is not a list of names and values is refused with its line', async () => {
  assert.match(await refusal(file('kafka-port: [1, 2]\n')), /line 1, kafka-port: a single value expected/);
  assert.match(await refusal(file('kafka-port:\n')), /a single value expected/);
  assert.match(await refusal(file('- kafka-port\n')), /name: value/);
  assert.match(await refusal(file('kafka-port: 1\nkafka-port: 2\n')), /naru\.yaml, line 2/);
  assert.match(await refusal(file('host: "unfinished\n')), /naru\.yaml, line/);
  assert.match(await refusal(file('config: other.yaml\n')), /cannot name another/);
});

test('an empty file changes nothing, and values may be quoted', async () => {
  assert.deepEqual(await loadOptions(file('# nothing yet\n')), defaultOptions);
  assert.equal((await loadOptions(file('kafka-port: "7"\n'))).kafkaPort, 7);
});

test('memory and a data folder given in the same way exclude each other', async () => {
  assert.match(await refusal({ ...nothing, flags: { memory: true, data: 'x' } }), /--memory and --data/);
  assert.match(await refusal(file('memory: true\ndata: x\n')), /exclude each other/);
});

test('of memory and a data folder the one nearer to the command line wins', async () => {
  const flagged = await loadOptions({ flags: { data: 'x' }, environment: { NARU_MEMORY: 'true' } });
  assert.deepEqual([flagged.memory, flagged.data], [false, 'x']);
  const other = await loadOptions({ flags: { memory: true }, environment: { NARU_DATA: 'x' } });
  assert.equal(other.memory, true);
});

test('an address others can reach is refused where there can be no users, unless told to be insecure', async () => {
  for (const host of ['0.0.0.0', '::', '192.168.1.5', 'example.org', '127.0.0.1.example.org']) {
    assert.match(await refusal({ ...nothing, flags: { host, memory: true } }), /--insecure/, host);
    assert.equal((await loadOptions({ ...nothing, flags: { host, insecure: true } })).host, host);
  }
  for (const host of ['127.0.0.1', '127.0.0.53', '::1', 'localhost']) {
    assert.equal((await loadOptions({ ...nothing, flags: { host } })).host, host);
  }
});

test('two fronts cannot share a port, but free ports and fronts turned off are no matter', async () => {
  assert.match(
    await refusal({ ...nothing, flags: { 'kafka-port': '5672' } }),
    /kafka-port and amqp-port are both 5672/,
  );
  await loadOptions({ ...nothing, flags: { 'kafka-port': '5672', amqp: false } });
  await loadOptions({ ...nothing, flags: { 'kafka-port': '0', 'http-port': '0' } });
});

test('what an orchestrator adds for a service named naru is nobody’s mistake', async () => {
  const environment = {
    NARU_SERVICE_HOST: '10.0.0.1',
    NARU_SERVICE_PORT: '9092',
    NARU_SERVICE_PORT_KAFKA: '9092',
    NARU_PORT: 'tcp://10.0.0.1:9092',
    NARU_PORT_9092_TCP_ADDR: '10.0.0.1',
    NARU_KAFKA_PORT: 'tcp://10.0.0.1:9092',
  };
  assert.deepEqual(await loadOptions({ ...nothing, environment }), defaultOptions);
});

test('the file is named by the flag before the variable', () => {
  assert.equal(configFileOf({ config: 'a' }, { NARU_CONFIG: 'b' })?.path, 'a');
  assert.equal(configFileOf({}, { NARU_CONFIG: 'b' })?.origin, 'NARU_CONFIG');
  assert.equal(configFileOf({}, {}), undefined);
});
