import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import Plot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { time } from '../format.js';
import { color } from '../theme.js';
import { Empty } from './page.js';

export interface Line {
  readonly label: string;
  /** A color of the style sheet. */
  readonly color: string;
  readonly values: readonly (number | null)[];
  readonly filled?: boolean;
}

const height = 168;
/** Seconds between two times that are written below. */
const stepsS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];

/** Values over time. What is drawn is said in words as well: `label` and the legend below it. */
export function Chart(props: {
  readonly label: string;
  /** Seconds since 1970. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
}): JSX.Element {
  const { label, times, lines, format } = props;
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  const [theme, setTheme] = useState(0);
  const shape = lines.map((line) => `${line.label} ${line.color}`).join('|');

  useEffect(() => {
    const again = (): void => setTheme((before) => before + 1);
    const media = matchMedia('(prefers-color-scheme: dark)');
    media.addEventListener('change', again);
    addEventListener('naru-theme', again);
    return () => {
      media.removeEventListener('change', again);
      removeEventListener('naru-theme', again);
    };
  }, []);

  // Data goes into the plot that is there, below.
  useEffect(() => {
    const into = box.current!;
    plot.current = new Plot(optionsFor(into.clientWidth, lines, format), dataOf(times, lines), into);
    const watcher = new ResizeObserver(() => plot.current?.setSize({ width: into.clientWidth, height }));
    watcher.observe(into);
    return () => {
      watcher.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [shape, theme]);

  useEffect(() => plot.current?.setData(dataOf(times, lines)), [times, lines]);

  const last = times.length - 1;
  return (
    <figure class="chart" aria-label={label}>
      <div ref={box} class="chart-box">
        {times.length < 2 && <Empty title="Measuring…" />}
      </div>
      <figcaption>
        {lines.map((line) => (
          <span key={line.label} class="legend">
            <i class={`swatch ${line.color}`} />
            {line.label} <b>{last < 0 ? '–' : format(line.values[last] ?? 0)}</b>
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

function dataOf(times: readonly number[], lines: readonly Line[]): Plot.AlignedData {
  return [[...times], ...lines.map(({ values }) => [...values])] as Plot.AlignedData;
}

function optionsFor(width: number, lines: readonly Line[], format: (value: number) => string): Plot.Options {
  const [muted, grid] = [color('text-soft'), color('line')];
  const axis = { stroke: muted, grid: { stroke: grid, width: 1 }, ticks: { show: false }, font: '11px system-ui' };
  return {
    width,
    height,
    padding: [8, 28, 0, 0],
    cursor: { y: false, points: { size: 6 } },
    legend: { show: false },
    scales: { y: { range: (_plot, _min, max) => [0, max <= 0 ? 1 : max * 1.1] } },
    axes: [
      {
        ...axis,
        size: 24,
        incrs: stepsS,
        space: 90,
        values: (_plot, values) => values.map((value) => time(value * 1000).slice(11, 19)),
      },
      { ...axis, size: 56, values: (_plot, values) => values.map(format) },
    ],
    series: [
      {},
      ...lines.map((line) => ({
        label: line.label,
        stroke: color(line.color),
        width: 1.5,
        points: { show: false },
        ...(line.filled === true ? { fill: `${color(line.color)}22` } : {}),
      })),
    ],
  };
}
