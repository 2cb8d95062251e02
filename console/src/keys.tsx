import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { places } from './frame.js';
import { Dialog } from './parts/dialog.js';
import { go } from './route.js';

const chordMs = 1200;

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

/** `g` and a letter goes to a page, `/` finds, `?` tells of all this. */
export function useKeys({ find, help }: { readonly find: () => void; readonly help: () => void }): void {
  useEffect(() => {
    let chordAt = Number.NEGATIVE_INFINITY;
    const pressed = (event: KeyboardEvent): void => {
      const { key, ctrlKey, metaKey, altKey, timeStamp } = event;
      if ((ctrlKey || metaKey) && key === 'k') {
        event.preventDefault();
        find();
        return;
      }
      if (ctrlKey || metaKey || altKey || isTyping(event.target) || document.querySelector('dialog[open]')) return;
      if (timeStamp - chordAt < chordMs) {
        chordAt = Number.NEGATIVE_INFINITY;
        const place = places.flat().find((each) => each.key === key);
        if (place !== undefined) {
          event.preventDefault();
          go([place.path]);
          return;
        }
      }
      if (key === 'g') chordAt = timeStamp;
      else if (key === '/') {
        event.preventDefault();
        find();
      } else if (key === '?') help();
      else if (key === 'f') {
        const box = document.querySelector<HTMLInputElement>('[data-search]');
        if (box !== null) {
          event.preventDefault();
          box.focus();
        }
      }
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [find, help]);
}

export function KeyHelp({ onClose }: { readonly onClose: () => void }): JSX.Element {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl class="facts dialog-body">
        <div>
          <dt>
            <kbd>/</kbd> or <kbd>Ctrl</kbd> <kbd>K</kbd>
          </dt>
          <dd>find a page, queue, topic or group</dd>
        </div>
        <div>
          <dt>
            <kbd>f</kbd>
          </dt>
          <dd>search in the list that is shown</dd>
        </div>
        {places.flat().map(({ path, label, key }) => (
          <div key={path}>
            <dt>
              <kbd>g</kbd> <kbd>{key}</kbd>
            </dt>
            <dd>{label}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
