import type { DeliveryTable } from './delivery-table.js';
import { firstGroupLane } from './groups.js';
import { doneAhead, ready } from './run-map.js';

/** What is done in [from, to) is ready again, as if it had never been handed out; puts what it was into `touched`. */
export function reopen(table: DeliveryTable, from: number, to: number, lane: number): number {
  const { runs } = table;
  const stop = Math.min(to, table.end);
  table.touched.clear();
  let applied = 0;
  for (let at = from; at < stop; ) {
    const inRun = runs.seek(at) && runs.from <= at;
    const end = Math.min(inRun ? runs.to : runs.atEnd ? stop : runs.from, stop);
    // Behind the first fresh offset what is in no run is fresh, and what is done says so.
    const doneEnd = inRun ? end : Math.min(end, table.next);
    if (at < doneEnd && (!inRun || runs.state === doneAhead)) {
      if (inRun) {
        table.leave(at, doneEnd);
        runs.carve(at, doneEnd);
      } else runs.add(at, doneEnd);
      runs.set(ready, lane, 0, 0, 0, 0);
      if (lane >= firstGroupLane) table.groups.resize(lane, doneEnd - at);
      table.enter();
      table.touched.add(at, doneEnd);
      applied += doneEnd - at;
    }
    at = end;
  }
  if (lane >= firstGroupLane) table.refresh(lane);
  return applied;
}
