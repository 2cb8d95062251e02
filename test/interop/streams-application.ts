import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { endWith, temporaryFolder } from '../process/program.js';
import { type KafkaVersion, kafkaClassPath } from './kafka-tools.js';
import { sourcePath, succeed } from './toolchain.js';

/** A program of Kafka Streams from `java/`, compiled; each start of it is a process of its own. */
export class StreamsProgram {
  private readonly version: KafkaVersion;
  private readonly name: string;
  private readonly classes: string;

  private constructor(version: KafkaVersion, name: string, classes: string) {
    this.version = version;
    this.name = name;
    this.classes = classes;
  }

  static async compiled(context: TestContext, version: KafkaVersion, name: string): Promise<StreamsProgram> {
    const classes = await temporaryFolder(context);
    succeed('javac', ['-cp', kafkaClassPath(version), '-d', classes, sourcePath(`java/${name}.java`)]);
    return new StreamsProgram(version, name, classes);
  }

  start(context: TestContext, bootstrap: string, state: string): StreamsApplication {
    const path = `${kafkaClassPath(this.version)}:${this.classes}`;
    const java = ['-Xmx256m', '-cp', path, this.name, bootstrap, state];
    return new StreamsApplication(context, spawn('java', java, { stdio: ['pipe', 'ignore', 'ignore'] }));
  }
}

export class StreamsApplication {
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown>;

  constructor(context: TestContext, child: ChildProcess) {
    this.child = child;
    this.ended = once(child, 'close');
    endWith(context, () => this.kill());
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  async stop(): Promise<void> {
    this.child.stdin!.end('x');
    await this.ended;
  }
}
