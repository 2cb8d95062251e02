import { useEffect, useState } from 'preact/hooks';

export interface History<K extends string> {
  readonly times: readonly number[];
  readonly values: Readonly<Record<K, readonly (number | null)[]>>;
}

interface Kept {
  times: number[];
  values: Record<string, (number | null)[]>;
}

const samplesMax = 600;
/** What lies further apart was not watched in between, and no line is drawn across. */
const gapS = 10;
const kept = new Map<string, Kept>();
const keptMax = 50;

/** Keeps what was seen of something while pages come and go: the broker keeps nothing for who does not look. */
export function useHistory<K extends string>(
  key: string,
  names: readonly K[],
  atMs: number,
  sample: Readonly<Record<K, number>> | null,
): History<K> {
  const [history, setHistory] = useState<History<K>>(() => copyOf(key));
  // A sample is taken when its time is another.
  useEffect(() => {
    if (sample !== null) add(key, atMs / 1000, sample);
    setHistory(copyOf(key));
  }, [key, atMs]);
  const missing = names.filter((name) => !(name in history.values));
  if (missing.length === 0) return history;
  const values: Record<string, readonly (number | null)[]> = { ...history.values };
  for (const name of missing) values[name] = [];
  return { times: history.times, values: values as Record<K, readonly (number | null)[]> };
}

function add(key: string, atS: number, sample: Readonly<Record<string, number>>): void {
  let into = kept.get(key);
  if (into === undefined) {
    if (kept.size >= keptMax) kept.delete(kept.keys().next().value!);
    into = { times: [], values: Object.fromEntries(Object.keys(sample).map((name) => [name, []])) };
    kept.set(key, into);
  }
  const { times, values } = into;
  const last = times.at(-1);
  if (last !== undefined && last >= atS) return;
  if (last !== undefined && atS - last > gapS) {
    times.push(last + 0.001);
    for (const list of Object.values(values)) list.push(null);
  }
  times.push(atS);
  for (const [name, value] of Object.entries(sample)) {
    values[name] ??= new Array<null>(times.length - 1).fill(null);
    values[name].push(value);
  }
  for (const list of Object.values(values)) while (list.length < times.length) list.push(null);
  while (times.length > samplesMax) {
    times.shift();
    for (const list of Object.values(values)) list.shift();
  }
}

function copyOf<K extends string>(key: string): History<K> {
  const found = kept.get(key);
  const values: Record<string, readonly (number | null)[]> = {};
  for (const [name, list] of Object.entries(found?.values ?? {})) values[name] = [...list];
  return { times: [...(found?.times ?? [])], values: values as Record<K, readonly (number | null)[]> };
}
