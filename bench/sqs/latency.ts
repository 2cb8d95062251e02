import type { Scenario } from '../scenario.js';
import { sqsWorkload, warmUpSqs, withoutRate } from './workload.js';

const sendRate = 500;
const wakeRate = 100;

/** Single messages at their times: how long a send takes, and how long until a long poll has what was sent. */
export const sqsLatency: Scenario = {
  name: 'sqs-latency',
  title: 'SQS: latency of single messages of 100 B',
  peers: ['elasticmq'],
  workloads: [
    sqsWorkload(`${sendRate} sends/s over 16 connections`, 'send', { rate: sendRate }, withoutRate),
    sqsWorkload(`8 long polls woken ${wakeRate} times/s`, 'wake', { rate: wakeRate, connections: 8 }, withoutRate),
  ],
  warmUp: warmUpSqs,
};
