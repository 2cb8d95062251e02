import type { Scenario } from '../scenario.js';
import { sqsWorkload, warmUpSqs } from './workload.js';

const connections = 1000;
const seconds = 10;

/** Long polls of 20 seconds at a queue that stays empty. */
export const sqsIdlePolls: Scenario = {
  name: 'sqs-idle-polls',
  title: 'SQS: long polls that wait for nothing',
  peers: ['elasticmq'],
  workloads: [
    {
      ...sqsWorkload(`${connections} long polls, ${seconds} s`, 'idle', { connections, seconds }),
      lasts: () => seconds + 1,
    },
  ],
  warmUp: warmUpSqs,
};
