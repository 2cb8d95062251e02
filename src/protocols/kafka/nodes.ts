import { javaHashCode } from '../../broker/group/groups.js';
import type { Partition } from '../../broker/partition.js';

export interface KafkaNode {
  readonly id: number;
  readonly port: number;
}

/**
 * The Kafka brokers that clients are told of. Usually one; with `--kafka-brokers N` this process stands for N of them,
 * each on a port of its own, so that programs written for a cluster find one. Whichever of them is asked answers: all
 * lead to the same logs.
 */
export class KafkaNodes {
  private readonly firstId: number;
  private readonly ports: number[];

  constructor(firstId: number, count: number) {
    this.firstId = firstId;
    this.ports = new Array<number>(count).fill(0);
  }

  /** The broker number `index` listens. */
  listening(index: number, port: number): void {
    this.ports[index] = port;
  }

  all(): KafkaNode[] {
    return this.ports.map((port, index) => ({ id: this.firstId + index, port }));
  }

  has(id: number): boolean {
    return id >= this.firstId && id < this.firstId + this.ports.length;
  }

  /** Partitions of a topic go round the brokers, beginning at another one for each topic. */
  leaderOf(partition: Partition): number {
    return this.firstId + ((spread(partition.topicName) + partition.index) % this.ports.length);
  }

  coordinatorOf(key: string): KafkaNode {
    const index = spread(key) % this.ports.length;
    return { id: this.firstId + index, port: this.ports[index]! };
  }

  /** The one that answers for the cluster. */
  get controllerId(): number {
    return this.firstId;
  }
}

function spread(text: string): number {
  return javaHashCode(text) >>> 0;
}
