/** One number over time: `at` in minutes. */
export interface Sample {
  readonly at: number;
  readonly value: number;
}

export interface Trend {
  /** The middle value of what was looked at. */
  readonly level: number;
  readonly perHour: number;
  /** What it grew by, as the line has it, over the time looked at. */
  readonly grown: number;
}

/** What caches and time-outs need to fill is no leak. */
const warmUpShare = 0.4;
const windows = 20;

/**
 * The line through what a number falls back to: the least of each window, so that garbage not yet collected does not
 * count, behind the warm-up. Of all slopes between two windows the median: a few strange windows do not turn it.
 */
export function trendOf(samples: readonly Sample[]): Trend {
  const from = samples[0]!.at + (samples.at(-1)!.at - samples[0]!.at) * warmUpShare;
  const late = samples.filter(({ at }) => at >= from);
  const width = Math.max(1, Math.floor(late.length / windows));
  const least: Sample[] = [];
  for (let index = 0; index + width <= late.length; index += width) {
    least.push(late.slice(index, index + width).reduce((low, each) => (each.value < low.value ? each : low)));
  }
  const slopes: number[] = [];
  for (const [index, one] of least.entries()) {
    for (const other of least.slice(index + 1)) {
      if (other.at > one.at) slopes.push((other.value - one.value) / (other.at - one.at));
    }
  }
  const perMinute = median(slopes);
  const span = least.at(-1)!.at - least[0]!.at;
  return { level: median(least.map(({ value }) => value)), perHour: perMinute * 60, grown: perMinute * span };
}

export function median(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[sorted.length >> 1]!;
}

/** Flat: over the time looked at it grew by no more than a twentieth, or by less than `slack`. */
export function isFlat({ level, grown }: Trend, slack: number): boolean {
  return grown <= Math.max(level / 20, slack);
}
