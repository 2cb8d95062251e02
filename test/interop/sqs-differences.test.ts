import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { actions } from '../../src/protocols/sqs/actions.js';
import { SqsHome } from '../sqs/home.js';
import { elasticMq, fauxqs, type SqsPeer } from './sqs-peers.js';
import { outcomeOf, Place, type Trial } from './sqs-trial.js';
import { queueTrials } from './sqs-trials-queues.js';
import { receivingTrials } from './sqs-trials-receiving.js';
import { sendingTrials } from './sqs-trials-sending.js';
import { type Protocol, protocols, wireTo } from './sqs-wire.js';
import { skipUnlessThere } from './toolchain.js';

/**
 * The same calls against Naru and against other programs that speak SQS. Whatever differs is in a table of
 * docs/protocols/sqs-differences.md, with the reason; what is there has to differ.
 */
const document = readFileSync(new URL('../../../docs/protocols/sqs-differences.md', import.meta.url), 'utf8');
const trials: readonly Trial[] = [...receivingTrials, ...sendingTrials, ...queueTrials];
const atOnce = 8;

/** Outcomes by trial and protocol. */
type Outcomes = ReadonlyMap<string, string>;

async function outcomesAt(endpoint: string, spoken: readonly Protocol[]): Promise<Outcomes> {
  const outcomes = new Map<string, string>();
  const runs = trials.flatMap((trial, index) => spoken.map((protocol) => ({ protocol, trial, index })));
  const left = runs.values();
  const work = async (): Promise<void> => {
    for (const { protocol, trial, index } of left) {
      const place = new Place(wireTo(endpoint, protocol), `${protocol}-${index}`);
      outcomes.set(`${trial.name}\n${protocol}`, await outcomeOf(trial, place));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return outcomes;
}

/** Rows without their reasons: what was called, by which protocol, and what came of it here and there. */
function differences(here: Outcomes, there: Outcomes): string[] {
  const rows: string[] = [];
  for (const { name } of trials) {
    const [json, query] = protocols.map((protocol) => {
      const key = `${name}\n${protocol}`;
      const [one, other] = [here.get(key), there.get(key)];
      return one === undefined || other === undefined || one === other ? null : apart(one, other);
    });
    if (json != null && json === query) rows.push(row(name, 'both', json!));
    else {
      if (json !== null) rows.push(row(name, 'JSON', json!));
      if (query !== null) rows.push(row(name, 'query', query!));
    }
  }
  return rows;
}

/** Only the parts that differ, of outcomes that have as many. */
function apart(one: string, other: string): string {
  const [here, there] = [one.split('; '), other.split('; ')];
  const all = here.map((_, index) => index);
  const kept = here.length === there.length ? all.filter((index) => here[index] !== there[index]) : null;
  const shown = (parts: readonly string[]): string =>
    (kept === null ? parts : kept.map((index) => parts[index])).join('; ');
  return `${cell(shown(here))} | ${cell(shown(there))}`;
}

function row(name: string, protocol: string, outcomes: string): string {
  return `| ${name} | ${protocol} | ${outcomes} |`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').slice(0, 400);
}

/** The table under the peer's title: rows as above, and the reasons. */
function documented(title: string): Map<string, string> {
  const start = document.indexOf(`## ${title}\n`);
  assert.ok(start >= 0, `docs/protocols/sqs-differences.md says nothing of ${title}`);
  const next = document.indexOf('\n## ', start + 1);
  const lines = document.slice(start, next < 0 ? document.length : next).split('\n');
  const rows = lines.filter((line) => line.startsWith('| ')).slice(1);
  return new Map(
    rows.map((line) => {
      const at = line.lastIndexOf(' | ', line.length - 3);
      return [`${line.slice(0, at)} |`, line.slice(at + 3, -2).trim()];
    }),
  );
}

test('the trials are of all actions', () => {
  const tried = new Set(trials.map(({ name }) => name.split(':', 1)[0]!));
  assert.deepEqual([...tried].sort(), [...actions.keys()].sort());
});

function compared(peer: SqsPeer): void {
  const skip = skipUnlessThere(peer.missing());
  describe(peer.title, { skip, timeout: 240_000 }, () => {
    before(() => peer.fetch());

    test('what differs from Naru is what is documented, each with its reason', async () => {
      const home = await SqsHome.open();
      const running = await peer.start();
      try {
        const [here, there] = [
          await outcomesAt(home.endpoint, peer.protocols),
          await outcomesAt(running.endpoint, peer.protocols),
        ];
        const seen = differences(here, there);
        const listed = documented(peer.title);
        const unlisted = seen.filter((each) => !listed.has(each));
        const gone = [...listed.keys()].filter((each) => !seen.includes(each));
        if (unlisted.length > 0 || gone.length > 0) {
          assert.fail(`not documented:\n${unlisted.join('\n')}\ndocumented, and not there:\n${gone.join('\n')}`);
        }
        for (const [each, reason] of listed) assert.ok(reason.length > 3, each);
      } finally {
        await running.stop();
        await home.close();
      }
    });
  });
}

compared(elasticMq);
compared(fauxqs);
