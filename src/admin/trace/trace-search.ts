import type { MessageCursor } from '../../broker/queue/message-cursor.js';
import { type Chooser, type Effort, scanBack } from '../records/scan.js';
import type { TracePlace } from './trace-places.js';

/** In all places together. */
const foundMax = 200;

export interface TraceFound<Copy> {
  readonly copies: Copy[];
  /** Places that were not looked through to their beginning. */
  readonly partly: string[];
}

/** Looks for copies of a message in each of the places, from its end on back; `ofOneMax` of them in one log are enough. */
export async function searchPlaces<Copy>(
  places: readonly TracePlace[],
  chooser: Chooser,
  ofOneMax: number,
  effort: Effort,
  tell: (place: TracePlace, message: MessageCursor) => Copy,
): Promise<TraceFound<Copy>> {
  const copies: Copy[] = [];
  const partly: string[] = [];
  for (const [at, place] of places.entries()) {
    const { past, sizeBytes, name, partition } = place;
    const label = partition === null ? name : `${name}-${partition.index}`;
    if (copies.length >= foundMax) {
      partly.push(label);
      continue;
    }
    effort.allot(places.length - at);
    const size = sizeBytes / Math.max(1, past.endOffset - past.startOffset);
    const found: Copy[] = [];
    const tellHere = (message: MessageCursor): Copy => tell(place, message);
    const seenFrom = await scanBack(past, past.endOffset, ofOneMax, size, chooser, effort, tellHere, found);
    if (seenFrom > past.startOffset) partly.push(label);
    copies.push(...found);
  }
  return { copies, partly };
}
