import type { JSX } from 'preact';

/** Our own, on a grid of 16: strokes only, so that they take the color of the text. */
const paths: Readonly<Record<string, string>> = {
  overview: 'M2 9.5l3-4 3 2.5 3-5 3 4M2 13.5h12',
  map: 'M3.5 5.5a1.5 1.5 0 100-3 1.5 1.5 0 000 3zM12.5 9.5a1.5 1.5 0 100-3 1.5 1.5 0 000 3zM3.5 13.5a1.5 1.5 0 100-3 1.5 1.5 0 000 3zM5 4.5l6 3M5 11.5l6-3',
  topics: 'M2.5 4h11M2.5 8h11M2.5 12h7',
  groups:
    'M5.5 8a2 2 0 100-4 2 2 0 000 4zM2 13c0-2 1.5-3 3.5-3S9 11 9 13M11 8.5a1.6 1.6 0 100-3.2M11 10.2c1.8 0 3 .9 3 2.8',
  queues: 'M2.5 5h3v6h-3zM7 5h3v6H7zM11.5 8h2.5M12.5 6.5L14 8l-1.5 1.5',
  exchanges: 'M2 5h9l-2.5-2.5M14 11H5l2.5 2.5',
  trace: 'M3 3.5h5a3 3 0 010 6H6a2 2 0 000 4h7M11 11.5l2 2-2 2',
  connections: 'M6 10l4-4M7 4.5l1.2-1.2a3 3 0 014.3 4.3L11.3 8.8M9 11.5l-1.2 1.2a3 3 0 01-4.3-4.3L4.7 7.2',
  channels: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11M5 3v3M10 6.5v3M7 10v3',
  users: 'M8 8a2.5 2.5 0 100-5 2.5 2.5 0 000 5zM3 13.5c0-2.5 2-4 5-4s5 1.5 5 4',
  policies: 'M8 2l5 2v4c0 3-2.2 5-5 6-2.8-1-5-3-5-6V4zM6 8l1.5 1.5L10.5 6.5',
  alarms:
    'M8 2.5c2.5 0 4 1.8 4 4.2 0 3 1 3.8 1.5 4.3h-11c.5-.5 1.5-1.3 1.5-4.3 0-2.4 1.5-4.2 4-4.2zM6.7 13.2c.3.5.7.8 1.3.8s1-.3 1.3-.8',
  sun: 'M8 10.5a2.5 2.5 0 100-5 2.5 2.5 0 000 5zM8 1.5v1.5M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1 1M11.6 11.6l1 1M3.4 12.6l1-1M11.6 4.4l1-1',
  moon: 'M13 9.5A5.5 5.5 0 016.5 3a5.5 5.5 0 106.5 6.5z',
  auto: 'M8 2.5a5.5 5.5 0 100 11zM8 2.5a5.5 5.5 0 010 11',
  menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
  search: 'M7 11.5a4.5 4.5 0 100-9 4.5 4.5 0 000 9zM10.5 10.5l3 3',
  close: 'M4 4l8 8M12 4l-8 8',
  plus: 'M8 3v10M3 8h10',
  out: 'M6 2.5H3v11h3M7 8h7M11.5 5.5L14 8l-2.5 2.5',
  copy: 'M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z',
  play: 'M5 3.5v9l7-4.5z',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  back: 'M10 3.5L5.5 8l4.5 4.5',
  next: 'M6 3.5L10.5 8 6 12.5',
};

export function Icon({ name }: { readonly name: string }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={paths[name] ?? ''} />
    </svg>
  );
}

export function Logo(): JSX.Element {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" />
      <path d="M6 12c3.3 0 3.3 2.6 6.7 2.6S16 12 19.3 12s3.4 2.6 6.7 2.6M6 19c3.3 0 3.3 2.6 6.7 2.6S16 19 19.3 19s3.4 2.6 6.7 2.6" />
    </svg>
  );
}
