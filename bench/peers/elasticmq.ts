import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  elasticMq,
  elasticMqClassPath,
  elasticMqReady,
  elasticMqSettings,
  elasticMqVersion,
} from '../../test/interop/sqs-peers.js';
import { type Peer, PeerProcess, type RunningPeer } from './peer.js';

/** Nothing of single calls, only where it listens. */
const logging = `<configuration>
  <appender name="STDOUT" class="ch.qos.logback.core.ConsoleAppender"><encoder><pattern>%msg%n</pattern></encoder></appender>
  <logger name="org.elasticmq.rest.sqs.TheSQSRestServerBuilder" level="INFO"/>
  <root level="WARN"><appender-ref ref="STDOUT"/></root>
</configuration>
`;

/** ElasticMQ as it is started by default: all in memory. */
export const elasticMqPeer: Peer = {
  name: 'elasticmq',
  title: 'ElasticMQ',
  settings: ['messages in memory (the default)', 'logging of warnings only'],
  durability: 'none: what is sent is in memory, and gone with the process',

  missing() {
    return elasticMq.missing();
  },

  version() {
    return elasticMqVersion;
  },

  async start(folder: string): Promise<RunningPeer> {
    elasticMq.fetch();
    const settings = join(folder, 'settings.conf');
    writeFileSync(settings, elasticMqSettings);
    writeFileSync(join(folder, 'logback.xml'), logging);
    const properties = [`-Dconfig.file=${settings}`, `-Dlogback.configurationFile=${join(folder, 'logback.xml')}`];
    const args = [...properties, '-cp', elasticMqClassPath, 'org.elasticmq.server.Main'];
    const started = new PeerProcess('java', args, { PATH: process.env['PATH'] }, folder);
    while (!elasticMqReady.test(started.output) && !started.ended) {
      await Promise.race([once(started.child.stdout!, 'data'), once(started.child, 'exit')]);
    }
    const address = elasticMqReady.exec(started.output)?.[1];
    if (address === undefined) throw new Error(`ElasticMQ did not start: ${started.output}`);
    return { pid: started.pid, address, sqs: address, stop: () => started.stop() };
  },
};
