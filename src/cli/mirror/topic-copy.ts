import type { KafkaLink } from '../kafka-link.js';

/** Where replicas are is each cluster's own business. */
const notCopied =
  /^(leader|follower)\.replication\.|^min\.insync\.replicas$|^unclean\.leader|^remote\.|^local\.|^confluent\./;

/** Makes a topic as it is in the source; one that is there is given the partitions it lacks. */
export async function copyTopic(
  source: KafkaLink,
  target: KafkaLink,
  name: string,
  partitions: number,
  note: (text: string) => void,
): Promise<void> {
  if ((await target.topics()).includes(name)) {
    const { length: present } = (await target.describe([name], true)).get(name)!.leaders;
    if (present < partitions) await target.addPartitions(name, partitions);
    if (present > partitions)
      note(`topic ${name} has ${present} partitions at ${target.address}: only ${partitions} are used`);
    return;
  }
  const configs = new Map([...(await source.configs(name))].filter(([key]) => !notCopied.test(key)));
  try {
    await target.createTopic(name, partitions, configs);
  } catch (error) {
    if (configs.size === 0) throw error;
    // Some setting that only one of the two knows: those it takes are set one by one.
    await target.createTopic(name, partitions, new Map());
    for (const [key, value] of configs) {
      try {
        await target.configure(name, key, value);
      } catch (refusal) {
        note(`topic ${name} is copied without ${key}=${value}: ${(refusal as Error).message}`);
      }
    }
  }
  await target.describe([name], true);
}
