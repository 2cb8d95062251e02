import type { JSX } from 'preact';
import { count } from '../format.js';
import { type Alarm, useLive } from '../live.js';
import { Empty, Page, Panel, Trouble } from '../parts/page.js';
import { Table } from '../parts/table.js';
import { to } from '../route.js';

interface Concern {
  readonly kind: 'queue' | 'group' | 'connection';
  readonly vhost: string;
  readonly name: string;
  readonly what: string;
  readonly advice: string;
  readonly size: number;
}

/** What makes publishers wait, and what a person may want to look at before it does. */
export function Alarms({ alarms }: { readonly alarms: readonly Alarm[] }): JSX.Element {
  const { data, error } = useLive<{ readonly concerns: readonly Concern[] }>('concerns');
  return (
    <Page title="Alarms" note="what makes publishers wait is also above every page">
      <Trouble error={error} />
      <Panel title="Now">
        {alarms.length === 0 ? (
          <Empty title="No alarm">Publishers are taken from as fast as they send.</Empty>
        ) : (
          <ul class="alarm-list">
            {alarms.map(({ kind, what, advice }) => (
              <li key={kind}>
                <strong>{what}</strong> {advice}
              </li>
            ))}
          </ul>
        )}
      </Panel>
      <Panel title="Worth a look" flush>
        {data !== null && data.concerns.length === 0 && (
          <Empty title="Nothing stands out">
            Queues that nobody works off, groups that fall behind without members and blocked connections show up here.
          </Empty>
        )}
        {data !== null && data.concerns.length > 0 && (
          <Table
            label="Worth a look"
            rows={data.concerns}
            keyOf={({ kind, vhost, name }) => `${kind} ${vhost} ${name}`}
            columns={[
              { name: 'name', label: 'Where', cell: where },
              { name: 'what', label: 'What', cell: ({ what }) => what },
              { name: 'size', label: 'Messages', number: true, cell: ({ size }) => count(size) },
              { name: 'advice', label: 'What to do', wide: true, cell: ({ advice }) => advice },
            ]}
          />
        )}
      </Panel>
    </Page>
  );
}

function where({ kind, vhost, name }: Concern): JSX.Element {
  if (kind === 'queue') return <a href={to(['queues', vhost, name])}>{name}</a>;
  if (kind === 'group') return <a href={to(['groups', name])}>{name}</a>;
  return <a href={to(['connections'], { name })}>{name}</a>;
}
