import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, type TestContext, test } from 'node:test';
import { Kafka, logLevel } from 'kafkajs';
import { startNaru } from '../../src/embed.js';
import { temporaryFolder } from '../process/program.js';
import {
  fetchKafkaTools,
  type KafkaVersion,
  kafkaVersions,
  missingForKafkaTools,
  runKafkaTool,
} from './kafka-tools.js';
import { skipUnlessThere } from './toolchain.js';

/** Apache Kafka's kafka-acls against a broker with users, and what other clients then may do. */
const skip = skipUnlessThere(missingForKafkaTools());

before(() => {
  if (skip === false) for (const version of kafkaVersions) fetchKafkaTools(version);
});

const passwords: Readonly<Record<string, string>> = { root: 'the-ferry', alice: 'wonderland' };

/** A broker with users, and tools that are run as one of them. */
class Guarded {
  private readonly version: KafkaVersion;
  private readonly bootstrap: string;
  private readonly folder: string;
  private readonly kafkajs: Kafka;

  private constructor(version: KafkaVersion, bootstrap: string, folder: string) {
    this.version = version;
    this.bootstrap = bootstrap;
    this.folder = folder;
    this.kafkajs = new Kafka({
      brokers: [bootstrap],
      sasl: { mechanism: 'scram-sha-512', username: 'alice', password: passwords['alice']! },
      logLevel: logLevel.NOTHING,
      retry: { retries: 0 },
    });
  }

  static async started(context: TestContext, version: KafkaVersion): Promise<Guarded> {
    const folder = await temporaryFolder(context);
    const users = { adminUser: 'root', adminPassword: passwords['root']! };
    const naru = await startNaru({ memory: true, http: false, ...users });
    context.after(() => naru.close());
    for (const [user, password] of Object.entries(passwords)) {
      const login = `org.apache.kafka.common.security.scram.ScramLoginModule required username="${user}" password="${password}";`;
      const lines = ['security.protocol=SASL_PLAINTEXT', 'sasl.mechanism=SCRAM-SHA-256', `sasl.jaas.config=${login}`];
      writeFileSync(join(folder, `${user}.properties`), lines.join('\n'));
    }
    return new Guarded(version, naru.kafka.brokers[0]!, folder);
  }

  tool(mainClass: string, user: string, args: readonly string[], config = '--command-config'): Promise<string> {
    const server = ['--bootstrap-server', this.bootstrap, config, join(this.folder, `${user}.properties`)];
    return runKafkaTool(mainClass, [...server, ...args], this.version);
  }

  acls(user: string, ...args: string[]): Promise<string> {
    const mainClass = this.version === '3.9.1' ? 'kafka.admin.AclCommand' : 'org.apache.kafka.tools.AclCommand';
    return this.tool(mainClass, user, args);
  }

  topics(user: string, ...args: string[]): Promise<string> {
    return this.tool('org.apache.kafka.tools.TopicCommand', user, args);
  }

  offsets(user: string): Promise<string> {
    const mainClass = 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand';
    return this.tool(mainClass, user, ['--describe', '--group', 'readers']);
  }

  scram(...args: string[]): Promise<string> {
    const alice = ['--entity-type', 'users', '--entity-name', 'alice'];
    return this.tool('kafka.admin.ConfigCommand', 'root', [...alice, ...args]);
  }

  consume(...args: string[]): Promise<string> {
    const mainClass = 'org.apache.kafka.tools.consumer.ConsoleConsumer';
    const config = this.version === '3.9.1' ? '--consumer.config' : '--command-config';
    return this.tool(mainClass, 'alice', ['--from-beginning', '--timeout-ms', '20000', ...args], config);
  }

  async produce(topic: string, value: string): Promise<void> {
    const producer = this.kafkajs.producer();
    await producer.connect();
    try {
      await producer.send({ topic, messages: [{ value }] });
    } finally {
      await producer.disconnect();
    }
  }
}

const alice = 'User:alice';
const refused = /Not authorized to access topics|not authorized to access/i;

describe('kafka-acls', { skip, concurrency: true, timeout: 120_000 }, () => {
  for (const version of kafkaVersions) {
    test(`of Kafka ${version} adds, lists and removes, and clients may do just that`, async (context) => {
      const guarded = await Guarded.started(context, version);
      await guarded.scram(
        '--alter',
        '--add-config',
        `SCRAM-SHA-256=[password=${passwords['alice']}],SCRAM-SHA-512=[password=${passwords['alice']}]`,
      );
      const credentials = await guarded.scram('--describe');
      for (const mechanism of ['SCRAM-SHA-256', 'SCRAM-SHA-512'])
        assert.ok(credentials.includes(`${mechanism}=iterations=`));
      await guarded.topics('root', '--create', '--topic', 'orders', '--partitions', '1');
      assert.doesNotMatch(await guarded.topics('alice', '--list'), /orders/);
      await assert.rejects(guarded.produce('orders', 'm0'), refused);

      const added = await guarded.acls('root', '--add', '--allow-principal', alice, '--producer', '--topic', 'orders');
      assert.match(added, /principal=User:alice, host=\*, operation=WRITE, permissionType=ALLOW/);
      await guarded.produce('orders', 'm1');
      assert.match(await guarded.topics('alice', '--list'), /orders/);
      const reading = ['--topic', 'orders', '--group', 'readers', '--max-messages', '1'];
      assert.match(await guarded.consume(...reading), /Processed a total of 0 messages/);
      assert.match(await guarded.offsets('alice'), /GroupAuthorizationException/);
      await guarded.acls(
        'root',
        '--add',
        '--allow-principal',
        alice,
        '--consumer',
        '--topic',
        'orders',
        '--group',
        'readers',
      );
      assert.match(await guarded.consume(...reading), /^m1$/m);
      assert.match(await guarded.offsets('alice'), /^readers\s+orders\s+0\s+1\s+1\s+0\s/m);

      await guarded.acls('root', '--add', '--deny-principal', alice, '--operation', 'Write', '--topic', 'orders');
      await assert.rejects(guarded.produce('orders', 'm2'), refused);
      const prefixed = ['--topic', 'logs-', '--resource-pattern-type', 'prefixed'];
      await guarded.acls('root', '--add', '--allow-principal', alice, '--operation', 'All', ...prefixed);
      await guarded.produce('logs-made', 'm3');
      await assert.rejects(guarded.produce('logs', 'm4'), refused);

      const listed = await guarded.acls('root', '--list', '--principal', alice);
      assert.match(listed, /resourceType=TOPIC, name=orders, patternType=LITERAL/);
      assert.match(listed, /operation=WRITE, permissionType=DENY/);
      assert.match(listed, /resourceType=TOPIC, name=logs-, patternType=PREFIXED/);
      assert.match(listed, /resourceType=GROUP, name=readers, patternType=LITERAL/);
      await assert.rejects(guarded.acls('alice', '--list'), /ClusterAuthorization/);
      const denied = ['--deny-principal', alice, '--operation', 'Write', '--topic', 'orders'];
      await guarded.acls('root', '--remove', '--force', ...denied);
      await guarded.produce('orders', 'm5');
      await guarded.acls('root', '--remove', '--force', '--topic', 'orders');
      await assert.rejects(guarded.produce('orders', 'm6'), refused);
      assert.doesNotMatch(await guarded.acls('root', '--list', '--topic', 'orders'), /alice/);
    });
  }
});
