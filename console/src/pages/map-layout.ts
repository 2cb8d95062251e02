export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly kind: 'binding' | 'dead-letter' | 'alternate' | 'group';
  readonly keys: readonly string[];
  readonly count: number;
  readonly rate: number;
  readonly shared: boolean;
}

export interface Placed {
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly places: ReadonlyMap<string, Placed>;
  readonly width: number;
  readonly height: number;
}

export const box = { width: 214, height: 46 } as const;
const gap = { x: 116, y: 16 } as const;
const margin = 16;
/** Ways back come in from the left. */
const sideMargin = 64;
const roundsOfSorting = 4;

/**
 * Puts things into columns: exchanges by how many others are before them, then queues and topics, then groups. Within its
 * column each is near what it is joined to, so that arrows seldom cross.
 */
export function layoutOf(
  exchanges: readonly string[],
  places: readonly string[],
  groups: readonly string[],
  edges: readonly Edge[],
): Layout {
  const depths = depthsOf(exchanges, edges);
  const deepest = Math.max(0, ...depths.values());
  const columns: string[][] = [];
  for (let depth = 0; depth <= deepest; depth++) columns.push(exchanges.filter((each) => depths.get(each) === depth));
  columns.push([...places]);
  columns.push([...groups]);
  const shown = columns.filter((column) => column.length > 0);
  const neighbours = neighboursIn(edges);
  for (let round = 0; round < roundsOfSorting; round++) {
    const order = round % 2 === 0 ? shown : [...shown].reverse();
    for (const column of order) sortByNeighbours(column, shown, neighbours);
  }
  const tallest = Math.max(1, ...shown.map(({ length }) => length));
  const found = new Map<string, Placed>();
  const step = box.height + gap.y;
  shown.forEach((column, index) => {
    const top = margin + ((tallest - column.length) * step) / 2;
    column.forEach((each, row) => {
      found.set(each, { x: sideMargin + index * (box.width + gap.x), y: top + row * step });
    });
  });
  return {
    places: found,
    width: sideMargin * 2 + Math.max(1, shown.length) * (box.width + gap.x) - gap.x,
    height: margin * 2 + tallest * step - gap.y,
  };
}

/** How many exchanges are in front of each; circles end somewhere. */
function depthsOf(exchanges: readonly string[], edges: readonly Edge[]): Map<string, number> {
  const depths = new Map(exchanges.map((each) => [each, 0]));
  const between = edges.filter(({ from, to }) => depths.has(from) && depths.has(to) && from !== to);
  for (let round = 0; round < Math.min(6, exchanges.length); round++) {
    for (const { from, to } of between) {
      const next = Math.min(6, depths.get(from)! + 1);
      if (depths.get(to)! < next) depths.set(to, next);
    }
  }
  return depths;
}

function neighboursIn(edges: readonly Edge[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { from, to, kind } of edges) {
    if (kind === 'dead-letter') continue;
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      const list = found.get(one);
      if (list === undefined) found.set(one, [other]);
      else list.push(other);
    }
  }
  return found;
}

function sortByNeighbours(
  column: string[],
  columns: readonly (readonly string[])[],
  neighbours: ReadonlyMap<string, readonly string[]>,
): void {
  const rows = new Map<string, number>();
  for (const other of columns) {
    if (other !== column) other.forEach((each, row) => void rows.set(each, (row + 0.5) / other.length));
  }
  const own = new Map(column.map((each, row) => [each, (row + 0.5) / column.length]));
  const weight = (each: string): number => {
    const known = (neighbours.get(each) ?? []).map((other) => rows.get(other)).filter((row) => row !== undefined);
    return known.length === 0 ? own.get(each)! : known.reduce((sum, row) => sum + row, 0) / known.length;
  };
  const weights = new Map(column.map((each) => [each, weight(each)]));
  column.sort((one, other) => weights.get(one)! - weights.get(other)!);
}

/** From the right of one box to the left of another; back around when that lies the other way. */
export function wayBetween(from: Placed, to: Placed): string {
  const [x1, y1] = [from.x + box.width, from.y + box.height / 2];
  const [x2, y2] = [to.x, to.y + box.height / 2];
  if (x2 > x1) {
    const bend = Math.max(30, (x2 - x1) / 2);
    return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2 - 5} ${y2}`;
  }
  const under = Math.max(from.y, to.y) + box.height + 12;
  return `M${x1} ${y1}C${x1 + 60} ${y1} ${x1 + 50} ${under} ${(x1 + x2) / 2} ${under}S${x2 - 60} ${y2} ${x2 - 5} ${y2}`;
}
