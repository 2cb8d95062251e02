import { accessTargets } from './access-targets.js';
import { amqpTargets } from './amqp-targets.js';
import { kafkaTargets } from './kafka-targets.js';
import { sqsTargets } from './sqs-targets.js';
import { storageTargets } from './storage-targets.js';
import type { Target } from './target.js';

/** Whatever reads bytes that somebody else wrote. */
export async function allTargets(): Promise<readonly Target[]> {
  return [
    ...(await kafkaTargets()),
    ...amqpTargets(),
    ...sqsTargets(),
    ...(await accessTargets()),
    ...(await storageTargets()),
  ];
}
