import { WireClient } from '../../test/kafka/harness.js';
import { createTopics, deleteTopics, listOffsets, metadata } from '../../test/kafka/wire-apis.js';
import type { Variant } from '../scenario.js';

/** Kafka as one sets it up who wants of it what Naru does: each batch on the disk before it is acknowledged. */
export const synced: Variant = {
  of: 'kafka',
  title: 'Kafka, flush.messages=1',
  topicConfigs: { 'flush.messages': '1' },
};

const createVersion = 7;
const deleteVersion = 6;
const metadataVersion = 12;
const listOffsetsVersion = 6;
const timeoutMs = 60_000;

async function asking<T>(address: string, use: (client: WireClient) => Promise<T>): Promise<T> {
  const client = await WireClient.connect(address);
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

/** Makes topics of so many partitions each and waits until every partition has a leader. */
export function makeTopics(
  address: string,
  names: readonly string[],
  partitions: number,
  configs: Readonly<Record<string, string>> = {},
): Promise<void> {
  const settings = Object.entries({ 'file.delete.delay.ms': '100', ...configs });
  return asking(address, async (client) => {
    const topics = names.map((name) => ({
      name,
      numPartitions: partitions,
      replicationFactor: 1,
      assignments: [],
      configs: settings.map(([name, value]) => ({ name, value })),
    }));
    const answer = await client.ask(createTopics, createVersion, { timeoutMs, topics });
    const refused = answer.topics.find(({ errorCode }) => errorCode !== 0);
    if (refused !== undefined) throw new Error(`${refused.name} was not made: ${refused.errorMessage}`);
    while ((await ledPartitions(client, names)) < names.length * partitions) await pause();
    for (const name of names) while (!(await serves(client, name, partitions))) await pause();
  });
}

async function ledPartitions(client: WireClient, names: readonly string[] | null): Promise<number> {
  const topics = names?.map((name) => ({ name, topicId: '0'.repeat(32) })) ?? null;
  const answer = await client.ask(metadata, metadataVersion, { topics });
  const partitions = answer.topics.flatMap((topic) => (topic.errorCode === 0 ? topic.partitions : []));
  return partitions.filter(({ leaderId, errorCode }) => errorCode === 0 && leaderId >= 0).length;
}

/** A leader is named a moment before it takes its office. */
async function serves(client: WireClient, name: string, partitions: number): Promise<boolean> {
  const wanted = Array.from({ length: partitions }, (_, partitionIndex) => ({
    partitionIndex,
    currentLeaderEpoch: -1,
    timestamp: -1,
    maxNumOffsets: 1,
  }));
  const answer = await client.ask(listOffsets, listOffsetsVersion, {
    replicaId: -1,
    topics: [{ name, partitions: wanted }],
  });
  return answer.topics[0]!.partitions.every(({ errorCode }) => errorCode === 0);
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10));
}

/** Waits until so many partitions of all topics have a leader. */
export function allLed(address: string, partitions: number): Promise<void> {
  return asking(address, async (client) => {
    while ((await ledPartitions(client, null)) < partitions) await pause();
  });
}

export function removeTopics(address: string, names: readonly string[]): Promise<void> {
  return asking(address, async (client) => {
    const topics = names.map((name) => ({ name, topicId: '0'.repeat(32) }));
    await client.ask(deleteTopics, deleteVersion, { timeoutMs, topics });
  });
}
