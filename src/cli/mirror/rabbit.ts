import { RequestError } from '../admin-request.js';
import { AmqpLink, refused } from '../amqp-link.js';
import { KafkaLink } from '../kafka-link.js';
import { ownAmqp, ownKafka } from '../place.js';
import { type CopiedQueue, copyDefinitions } from './definitions-copy.js';
import type { MirrorRun } from './mirror.js';
import { QueueMove } from './queue-move.js';
import { type StreamPlaces, StreamPlacesInNaru } from './stream-places.js';

/** Queues from one broker of AMQP to another, of which one is Naru. */
export async function mirrorRabbit(run: MirrorRun): Promise<void> {
  const own = await AmqpLink.open(await ownAmqp(run.options, run.options.vhost));
  try {
    const other = await AmqpLink.open(run.address);
    try {
      await between(run, run.inward ? other : own, run.inward ? own : other);
    } finally {
      await other.close();
    }
  } finally {
    await own.close();
  }
}

async function between(run: MirrorRun, source: AmqpLink, target: AmqpLink): Promise<void> {
  const queues = await copyDefinitions(run);
  if (queues.length === 0) throw new RequestError(`no queue fits ${run.options.queues}`);
  let kept: KafkaLink | null = null;
  let places: StreamPlaces | null = null;
  if (queues.some(({ isStream }) => isStream)) {
    kept = await KafkaLink.open(await ownKafka(run.options));
    places = new StreamPlacesInNaru(kept, run.group);
  }
  const moves = queues.map((queue) => new QueueMove(run, source, target, queue, places));
  run.onStop(() => {
    for (const move of moves) move.stop();
  });
  const lost = new Promise<never>((_, reject) => {
    for (const link of [source, target]) link.onEnd((error) => reject(refused(link.address, error)));
  });
  // When everything is copied the connections end, and nobody listens any more.
  lost.catch(() => {});
  try {
    await Promise.race([Promise.all(moves.map((move) => named(move.run(), move.queue))), lost]);
  } finally {
    for (const move of moves) move.stop();
    await kept?.close();
  }
}

async function named(work: Promise<void>, { name }: CopiedQueue): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (error instanceof RequestError) throw error;
    throw new RequestError(`queue ${name}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
