import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { count, plural, rate, short } from '../format.js';
import { useLive } from '../live.js';
import { Empty, Page, Panel, Trouble, Waiting } from '../parts/page.js';
import { SearchBox } from '../parts/table.js';
import { type Route, replaceQuery, to } from '../route.js';
import { box, type Edge, type Layout, layoutOf, type Placed, wayBetween } from './map-layout.js';

interface ExchangeNode {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly bindings: number;
}

interface PlaceNode {
  readonly id: string;
  readonly name: string;
  readonly kind: 'queue' | 'topic';
  readonly ready?: number;
  readonly locked?: number;
  readonly consumers?: number;
  readonly partitions?: number;
  readonly records?: number;
  readonly inRate: number;
  readonly outRate?: number;
}

interface GroupNode {
  readonly id: string;
  readonly name: string;
  readonly kind: 'group' | 'share';
  readonly members: number;
  readonly lag: number;
}

interface Told {
  readonly vhost: string;
  readonly vhosts: readonly string[];
  readonly exchanges: readonly ExchangeNode[];
  readonly places: readonly PlaceNode[];
  readonly groups: readonly GroupNode[];
  readonly edges: readonly Edge[];
  readonly found: number;
  readonly total: number;
}

export function MapPage({ route }: { readonly route: Route }): JSX.Element {
  const name = route.query.get('name') ?? '';
  const vhost = route.query.get('vhost') ?? '/';
  const { data, error } = useLive<Told>('map', { vhost, name });
  return (
    <Page
      title="Map"
      note={data === null ? '' : noteFor(data)}
      actions={
        <>
          {data !== null && data.vhosts.length > 1 && (
            <select
              aria-label="Virtual host"
              value={vhost}
              onChange={(event) => replaceQuery(route, { vhost: event.currentTarget.value })}
            >
              {data.vhosts.map((each) => (
                <option key={each}>{each}</option>
              ))}
            </select>
          )}
          <SearchBox
            label="Search queues and topics"
            value={name}
            onSearch={(text) => replaceQuery(route, { name: text })}
          />
        </>
      }
    >
      <Trouble error={error} />
      <Panel flush>
        {data === null && error === null && <Waiting />}
        {data !== null && data.places.length + data.exchanges.length === 0 && (
          <Empty title={name === '' ? 'There is nothing to draw yet' : `Nothing has “${name}” in its name`}>
            Declare a queue, an exchange or a topic with any client, and see it appear here.
          </Empty>
        )}
        {data !== null && data.places.length + data.exchanges.length > 0 && <Drawing data={data} />}
      </Panel>
      <p class="muted map-key">
        <span class="key-flow" /> flows now <span class="key-dead" /> dead letters <span class="key-alternate" /> what
        no binding takes
      </p>
    </Page>
  );
}

function noteFor({ places, found, total }: Told): string {
  if (found > places.length) return `the ${places.length} busiest of ${count(found)}: search for others`;
  return found === total ? plural(total, 'queue or topic', 'queues and topics') : `${count(found)} of ${count(total)}`;
}

function Drawing({ data }: { readonly data: Told }): JSX.Element {
  const { exchanges, places, groups, edges } = data;
  const [near, setNear] = useState<string | null>(null);
  // Laid out anew only when something comes or goes, not with every rate.
  const shape = JSON.stringify([
    exchanges.map(({ id }) => id),
    places.map(({ id }) => id).sort(),
    groups.map(({ id }) => id),
    edges.map(({ from, to: end, kind }) => [from, end, kind]),
  ]);
  // The shape stands for what it is made of.
  const layout = useMemo(
    () =>
      layoutOf(
        exchanges.map(({ id }) => id),
        places.map(({ id }) => id).sort(),
        groups.map(({ id }) => id),
        edges,
      ),
    [shape],
  );
  const at = (id: string): Placed | undefined => layout.places.get(id);
  const told = `Map: ${plural(exchanges.length, 'exchange')}, ${plural(places.length, 'queue or topic', 'queues and topics')}, ${plural(groups.length, 'group')}`;
  return (
    <section class="map-box" aria-label={told}>
      <svg
        class={near === null ? 'map' : 'map focused'}
        style={{ width: `max(${Math.round(layout.width * 0.72)}px, min(100%, ${layout.width}px))` }}
        viewBox={`0 0 ${layout.width} ${layout.height}`}
      >
        <title>{told}</title>
        <defs>
          <marker id="tip" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" orient="auto">
            <path d="M0 0.5L7 4L0 7.5z" />
          </marker>
        </defs>
        {edges.map((edge) => (
          <Arrow key={`${edge.kind} ${edge.from} ${edge.to}`} edge={edge} layout={layout} near={near} />
        ))}
        {exchanges.map(({ id, name, type, bindings }) => (
          <Node
            key={id}
            at={at(id)}
            kind="exchange"
            href={to(['exchanges', data.vhost, name])}
            name={name}
            note={`${type}, ${plural(bindings, 'binding')}`}
            onNear={(is) => setNear(is ? id : null)}
          />
        ))}
        {places.map((place) => (
          <Node
            key={place.id}
            at={at(place.id)}
            kind={place.kind}
            href={place.kind === 'queue' ? to(['queues', data.vhost, place.name]) : to(['topics', place.name])}
            name={place.name}
            note={noteOf(place)}
            flow={place.inRate}
            onNear={(is) => setNear(is ? place.id : null)}
          />
        ))}
        {groups.map(({ id, kind, name, members, lag }) => (
          <Node
            key={id}
            at={at(id)}
            kind={kind}
            href={to(['groups', name])}
            name={name}
            note={`${plural(members, 'member')}, ${lag === 0 ? 'no lag' : `lag ${short(lag)}`}`}
            onNear={(is) => setNear(is ? id : null)}
          />
        ))}
      </svg>
    </section>
  );
}

function noteOf({ kind, ready = 0, consumers = 0, outRate = 0, partitions = 0, records = 0 }: PlaceNode): string {
  if (kind === 'topic') return `${plural(partitions, 'partition')}, ${short(records)} records`;
  return `${short(ready)} ready · ${plural(consumers, 'consumer')}${outRate > 0 ? ` · ${rate(outRate)} done` : ''}`;
}

function Node(props: {
  readonly at: Placed | undefined;
  readonly kind: string;
  readonly href: string;
  readonly name: string;
  readonly note: string;
  readonly flow?: number;
  readonly onNear: (is: boolean) => void;
}): JSX.Element | null {
  const { at, kind, href, name, note, flow = 0, onNear } = props;
  if (at === undefined) return null;
  return (
    <a
      href={href}
      class={`node ${kind}`}
      {...{ transform: `translate(${at.x} ${at.y})` }}
      aria-label={`${kind} ${name}, ${note}`}
      onMouseEnter={() => onNear(true)}
      onMouseLeave={() => onNear(false)}
      onFocus={() => onNear(true)}
      onBlur={() => onNear(false)}
    >
      <rect width={box.width} height={box.height} rx="6" />
      <rect class="side" width="4" height={box.height} rx="2" />
      <text x="14" y="19" class="node-name">
        {name.length > 25 ? `${name.slice(0, 24)}…` : name}
        <title>{name}</title>
      </text>
      <text x="14" y="35" class="node-note">
        {note}
      </text>
      {flow > 0 && (
        <text x={box.width - 10} y="19" class="node-flow">
          {rate(flow)}
        </text>
      )}
    </a>
  );
}

/** The faster it flows, the faster the dashes go: a tenth for a message a second, at most ten times a second. */
function secondsPerDash(messagesPerSecond: number): number {
  return Math.max(0.15, 1.6 / (1 + Math.log10(1 + messagesPerSecond)));
}

function Arrow({ edge, layout, near }: { edge: Edge; layout: Layout; near: string | null }): JSX.Element | null {
  const [from, end] = [layout.places.get(edge.from), layout.places.get(edge.to)];
  if (from === undefined || end === undefined) return null;
  const way = wayBetween(from, end);
  const flows = edge.rate > 0;
  const isNear = near === edge.from || near === edge.to;
  const more = edge.count > edge.keys.length ? ` and ${edge.count - edge.keys.length} more` : '';
  const keys = edge.keys.map((key) => (key === '' ? '(no key)' : key)).join(', ') + more;
  const label = edge.keys[0] ?? '';
  return (
    <g class={`edge ${edge.kind} ${flows ? 'flows' : ''} ${isNear ? 'near' : ''}`}>
      <path d={way} marker-end="url(#tip)">
        <title>{`${keys}${flows ? `, ${rate(edge.rate)}${edge.shared ? ' over all its bindings' : ''}` : ''}`}</title>
      </path>
      {flows && <path class="flow" d={way} style={{ animationDuration: `${secondsPerDash(edge.rate)}s` }} />}
      {(isNear || layout.places.size <= 14) && edge.kind === 'group' && flows && (
        <text x={from.x + box.width + 12} y={from.y + box.height / 2 - 6} class="edge-label at-start">
          {rate(edge.rate)}
        </text>
      )}
      {(isNear || layout.places.size <= 14) && label !== '' && (
        <text x={end.x - 12} y={end.y + box.height / 2 - 6} class="edge-label">
          {label.length > 18 ? `${label.slice(0, 17)}…` : label}
        </text>
      )}
    </g>
  );
}
