import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SeededRandom } from '../../src/lib/random.js';
import { WatchedBroker } from '../overload/watched-broker.js';
import { attack, type Front, fronts } from './attacks.js';
import { WellBehaved } from './well-behaved.js';

export interface PortsOutcome {
  readonly attacks: Readonly<Record<Front, number>>;
  readonly rounds: number;
  readonly worstMs: number;
  readonly beforeMb: number;
  readonly peakMb: number;
  readonly sharedSeen: number;
  readonly descriptorsLeft: number;
}

const attackersPerFront = 4;
/** Nobody's peer goes on talking: who is not cut off is left after a moment. */
const staysMs = 60;
const workEveryMs = 50;
/** What nobody waits longer for, unless the machine has much else to do. */
export const waitMsMax = 3000;
export const grownMbMax = 400;

/** Lines of a broker that takes the blame, or that nobody on duty could do anything with. */
const blame =
  /handling it failed|handling a frame failed|an action failed|answering failed|leaving a connection failed|a request failed/;

function send(port: number, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const timer = setTimeout(() => socket.destroy(), staysMs);
    socket.on('error', () => {});
    socket.resume();
    socket.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.write(bytes);
  });
}

/** Attacks every port of a broker for a while; throws for whatever it should not have done. */
export async function attackPorts(
  data: string,
  seconds: number,
  seed: number,
  mostMs: number = waitMsMax,
): Promise<PortsOutcome> {
  const options = ['--close-grace-ms', '100ms', '--disk-free-bytes-min', '0B'];
  const broker = await WatchedBroker.begin(data, options);
  try {
    return await attackAll(broker, seconds, seed, mostMs);
  } catch (error) {
    const said = broker.complaints.slice(-5).map((line) => JSON.stringify(line));
    throw new Error(`seed ${seed}: ${(error as Error).message}\n${said.join('\n')}`, { cause: error });
  } finally {
    await broker.kill();
  }
}

async function attackAll(broker: WatchedBroker, seconds: number, seed: number, mostMs: number): Promise<PortsOutcome> {
  const good = await WellBehaved.connect(broker);
  await good.work();
  const beforeMb = broker.residentMb;
  const descriptors = broker.descriptors;
  const untilMs = performance.now() + seconds * 1000;
  const attacks = { kafka: 0, amqp: 0, sqs: 0, http: 0 };
  const portOf: Readonly<Record<Front, number>> = {
    kafka: broker.kafkaPort,
    amqp: broker.amqpPort,
    sqs: broker.sqsPort,
    http: Number(new URL(broker.httpUrl).port),
  };
  const attacker = async (front: Front, random: SeededRandom): Promise<void> => {
    while (performance.now() < untilMs && broker.alive) {
      await send(portOf[front], attack(front, random));
      attacks[front]++;
    }
  };
  const attackers = fronts.flatMap((front, index) =>
    Array.from({ length: attackersPerFront }, (_, each) =>
      attacker(front, new SeededRandom(seed * 100 + index * 10 + each)),
    ),
  );
  while (performance.now() < untilMs) {
    await good.work();
    if (broker.residentMb > beforeMb + grownMbMax) throw new Error(`${broker.residentMb} MB are in use`);
    await sleep(workEveryMs);
  }
  await Promise.all(attackers);
  await good.readsOn(mostMs * 2);
  const blamed = broker.lines.find(({ msg }) => blame.test(msg));
  if (blamed !== undefined) throw new Error(`the broker failed: ${JSON.stringify(blamed)}`);
  if (good.worstMs > mostMs) throw new Error(`somebody who did nothing wrong waited ${good.worstMs.toFixed(0)} ms`);
  // Files of new queues and topics stay open; connections must not.
  const descriptorsLeft = await connectionsLeft(broker, descriptors);
  const { rounds, worstMs, sharedSeen } = good;
  await good.close();
  const { peakMb } = broker;
  const code = await broker.stop();
  if (code !== 0) throw new Error(`the broker ended with ${code}`);
  return { attacks, rounds, worstMs, beforeMb, peakMb, sharedSeen, descriptorsLeft };
}

async function connectionsLeft(broker: WatchedBroker, before: number): Promise<number> {
  for (let tries = 0; ; tries++) {
    const left = broker.sockets;
    if (left <= ownSockets || tries === 100) {
      if (left > ownSockets) throw new Error(`${left} sockets are open, though everybody left`);
      return Math.max(0, broker.descriptors - before);
    }
    await sleep(50);
  }
}

/** Four that listen, those of the well-behaved, and one or two that answered the last look at its health. */
const ownSockets = 12;
