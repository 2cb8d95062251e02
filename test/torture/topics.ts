import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import { apis } from './apis.js';
import type { WireClient } from './wire-client.js';

export interface TopicPlan {
  readonly name: string;
  readonly partitions: number;
  readonly configs: readonly { readonly name: string; readonly value: string }[];
}

export async function createTopics(client: WireClient, topics: readonly TopicPlan[]): Promise<void> {
  const answer = await client.call(apis.createTopics, 4, {
    topics: topics.map(({ name, partitions, configs }) => ({
      name,
      numPartitions: partitions,
      replicationFactor: 1,
      assignments: [],
      configs: [...configs],
    })),
    timeoutMs: 10_000,
    validateOnly: false,
  });
  for (const { name, errorCode, errorMessage } of answer.topics) {
    if (errorCode !== ErrorCode.NONE) throw new Error(`making ${name}: error ${errorCode}, ${errorMessage}`);
  }
}
