import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fetchKafkaTools, kafkaClassPath, kafkaTool, missingForKafkaTools } from '../../test/interop/kafka-tools.js';
import { WireClient } from '../../test/kafka/harness.js';
import { metadata } from '../../test/kafka/wire-apis.js';
import { freePorts, type Peer, PeerProcess, type RunningPeer } from './peer.js';

export const kafkaVersion = '4.2.0';

/** Kafka's own start script sets these. */
const java = [
  ...['-Xms1G', '-Xmx1G', '-server', '-XX:+UseG1GC', '-XX:MaxGCPauseMillis=20'],
  ...['-XX:InitiatingHeapOccupancyPercent=35', '-XX:+ExplicitGCInvokesConcurrent', '-Djava.awt.headless=true'],
];

/** What config/server.properties of the distribution has for one node. */
const recommended = [
  'process.roles=broker,controller',
  'num.network.threads=3',
  'num.io.threads=8',
  'socket.send.buffer.bytes=102400',
  'socket.receive.buffer.bytes=102400',
  'num.partitions=1',
  'offsets.topic.replication.factor=1',
  'share.coordinator.state.topic.replication.factor=1',
  'share.coordinator.state.topic.min.isr=1',
  'transaction.state.log.replication.factor=1',
  'transaction.state.log.min.isr=1',
];

/** What a workload leaves is gone before the next one, not a minute later in the middle of it. */
const removedSoon = 'log.segment.delete.delay.ms=500';

function properties(folder: string, brokerPort: number, controllerPort: number): string {
  return [
    ...recommended,
    removedSoon,
    'node.id=1',
    `controller.quorum.bootstrap.servers=127.0.0.1:${controllerPort}`,
    `listeners=PLAINTEXT://127.0.0.1:${brokerPort},CONTROLLER://127.0.0.1:${controllerPort}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${brokerPort}`,
    'controller.listener.names=CONTROLLER',
    'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    `log.dirs=${join(folder, 'data')}`,
    '',
  ].join('\n');
}

/** Apache Kafka, one node that is broker and controller (KRaft). */
export const kafka: Peer = {
  name: 'kafka',
  title: 'Kafka',
  settings: [...java.slice(0, 3), ...recommended, removedSoon],
  durability: 'handed to the operating system; synced before it answers only where flush.messages=1 is set',

  missing() {
    return missingForKafkaTools();
  },

  version() {
    const run = spawnSync('java', ['-version'], { encoding: 'utf8' });
    return `${kafkaVersion}, Java ${/version "([^"]+)"/.exec(run.stderr)?.[1] ?? 'unknown'}`;
  },

  async start(folder: string): Promise<RunningPeer> {
    fetchKafkaTools(kafkaVersion);
    const [brokerPort, controllerPort] = (await freePorts(2)) as [number, number];
    const config = join(folder, 'server.properties');
    writeFileSync(config, properties(folder, brokerPort, controllerPort));
    if (!existsSync(join(folder, 'data'))) format(config);
    const args = [...java, '-cp', kafkaClassPath(kafkaVersion), 'kafka.Kafka', config];
    const started = new PeerProcess('java', args, { PATH: process.env['PATH'], HOME: folder }, folder);
    const address = `127.0.0.1:${brokerPort}`;
    while (!(await serves(address))) {
      if (started.ended) throw new Error(`Kafka did not start: ${started.output}`);
      await sleep(20);
    }
    return { pid: started.pid, address, stop: () => started.stop() };
  },
};

function format(config: string): void {
  const id = kafkaTool('kafka.tools.StorageTool', ['random-uuid'], kafkaVersion).trim().split('\n');
  // What loggers say on standard error comes behind it.
  const uuid = id.find((line) => /^[\w-]{22}$/.test(line));
  if (uuid === undefined) throw new Error(`no id from Kafka's StorageTool: ${id.join(' ')}`);
  const args = ['format', '--standalone', '-t', uuid, '-c', config];
  kafkaTool('kafka.tools.StorageTool', args, kafkaVersion);
}

async function serves(address: string): Promise<boolean> {
  try {
    const client = await WireClient.connect(address);
    try {
      const answer = await client.ask(metadata, 9, { topics: [] });
      return answer.brokers.length > 0;
    } finally {
      client.close();
    }
  } catch {
    return false;
  }
}
