import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '../../src/lib/random.js';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import { apis } from './apis.js';
import type { History } from './history.js';
import { open } from './producer.js';
import { WireClient, WireError } from './wire-client.js';

const timeoutMs = 10_000;

/** Makes and deletes topics all the time: what was answered stays so. */
export class TopicChurn {
  private readonly history: History;
  private readonly random: SeededRandom;
  private readonly there = new Set<string>();
  private readonly gone = new Set<string>();
  private next = 0;
  stopping = false;

  constructor(history: History, random: SeededRandom) {
    this.history = history;
    this.random = random;
  }

  async drive(port: number): Promise<void> {
    const client = await open(port);
    if (client === undefined) return;
    try {
      while (client.open) {
        if (this.there.size < 20 || this.random.chance(0.5)) await this.make(client);
        else await this.delete(client);
        await sleep(5);
      }
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
    } finally {
      client.close();
      await client.closed;
    }
  }

  private async make(client: WireClient): Promise<void> {
    const name = `churn-${this.next++}`;
    const topic = {
      name,
      numPartitions: 1 + this.random.below(3),
      replicationFactor: 1,
      assignments: [],
      configs: [{ name: 'segment.bytes', value: '65536' }],
    };
    const answer = await client.call(apis.createTopics, 4, { topics: [topic], timeoutMs, validateOnly: false });
    const errorCode = answer.topics[0]?.errorCode;
    if (errorCode !== ErrorCode.NONE) {
      if (!this.stopping && !this.history.mayRefuse) this.history.violation(`making ${name} got error ${errorCode}`);
      return;
    }
    this.there.add(name);
    this.history.counts.topicsMade++;
  }

  private async delete(client: WireClient): Promise<void> {
    const name = this.random.pick([...this.there]);
    // From here on it may be there or not, until the answer says which.
    this.there.delete(name);
    const answer = await client.call(apis.deleteTopics, 3, { topics: [], topicNames: [name], timeoutMs });
    const errorCode = answer.responses[0]?.errorCode;
    if (errorCode !== ErrorCode.NONE) {
      if (!this.stopping && !this.history.mayRefuse) this.history.violation(`deleting ${name} got error ${errorCode}`);
      return;
    }
    this.gone.add(name);
    this.history.counts.topicsDeleted++;
  }

  async check(port: number): Promise<void> {
    const client = await WireClient.connect(port);
    const answer = await client.call(apis.metadata, 5, {
      topics: null,
      allowAutoTopicCreation: false,
      includeClusterAuthorizedOperations: false,
      includeTopicAuthorizedOperations: false,
    });
    client.close();
    await client.closed;
    const names = new Set(answer.topics.map((topic) => topic.name));
    for (const name of this.there) {
      if (!names.has(name)) this.history.violation(`the topic ${name} was made, and is not there`);
    }
    for (const name of this.gone) {
      if (names.has(name)) this.history.violation(`the topic ${name} was deleted, and is there`);
    }
  }
}
