import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { ask, withQuery } from './ask.js';
import { places } from './frame.js';
import { Dialog } from './parts/dialog.js';
import { Icon } from './parts/icons.js';
import { to } from './route.js';

interface Found {
  readonly icon: string;
  readonly label: string;
  readonly note: string;
  readonly href: string;
}

interface Finds {
  readonly queues: readonly { readonly vhost: string; readonly name: string }[];
  readonly topics: readonly string[];
  readonly groups: readonly string[];
  readonly exchanges: readonly { readonly vhost: string; readonly name: string }[];
}

const nothing: Finds = { queues: [], topics: [], groups: [], exchanges: [] };
const typingMs = 120;

/** One box for every place: pages at once, things of the broker by a part of their name. */
export function Finder({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const [text, setText] = useState('');
  const [finds, setFinds] = useState<Finds>(nothing);
  const [chosen, setChosen] = useState(0);
  useEffect(() => {
    if (text === '') {
      setFinds(nothing);
      return undefined;
    }
    const control = new AbortController();
    const timer = setTimeout(() => {
      ask<Finds>('GET', withQuery('/api/console/find', { name: text }), undefined, control.signal).then(
        setFinds,
        () => {},
      );
    }, typingMs);
    return () => {
      clearTimeout(timer);
      control.abort();
    };
  }, [text]);
  const found = useMemo(() => listOf(text, finds), [text, finds]);
  const at = Math.min(chosen, found.length - 1);
  const open = (each: Found | undefined): void => {
    if (each === undefined) return;
    location.hash = each.href;
    onClose();
  };
  return (
    <Dialog title="Find" onClose={onClose}>
      <div class="finder">
        <input
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls="found"
          aria-activedescendant={at < 0 ? undefined : `found-${at}`}
          placeholder="A page, queue, topic, group or exchange"
          value={text}
          autofocus
          spellcheck={false}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setChosen(0);
          }}
          onKeyDown={(event) => {
            if (event.key === 'ArrowDown') setChosen(Math.min(found.length - 1, at + 1));
            else if (event.key === 'ArrowUp') setChosen(Math.max(0, at - 1));
            else if (event.key === 'Enter') open(found[at]);
            else return;
            event.preventDefault();
          }}
        />
        <div id="found" class="found" role="listbox" aria-label="Found">
          {found.map((each, index) => (
            <a
              key={each.href}
              id={`found-${index}`}
              role="option"
              aria-selected={index === at}
              href={each.href}
              tabIndex={-1}
              onClick={onClose}
            >
              <Icon name={each.icon} />
              <span>{each.label}</span>
              <small class="muted">{each.note}</small>
            </a>
          ))}
        </div>
      </div>
    </Dialog>
  );
}

function listOf(text: string, finds: Finds): Found[] {
  const wanted = text.toLowerCase();
  const pages = places
    .flat()
    .filter(({ label }) => label.toLowerCase().includes(wanted))
    .map(({ path, label, key }) => ({ icon: path, label, note: `g ${key}`, href: to([path]) }));
  const inVhost = (vhost: string, what: string): string => (vhost === '/' ? what : `${what} in ${vhost}`);
  return [
    ...pages,
    ...finds.queues.map(({ vhost, name }) => {
      return { icon: 'queues', label: name, note: inVhost(vhost, 'queue'), href: to(['queues', vhost, name]) };
    }),
    ...finds.topics.map((name) => ({ icon: 'topics', label: name, note: 'topic', href: to(['topics', name]) })),
    ...finds.groups.map((name) => ({ icon: 'groups', label: name, note: 'group', href: to(['groups', name]) })),
    ...finds.exchanges.map(({ vhost, name }) => {
      return { icon: 'exchanges', label: name, note: inVhost(vhost, 'exchange'), href: to(['exchanges', vhost, name]) };
    }),
  ].slice(0, 30);
}
