import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

const shownMs = 4000;
let show: (text: string) => void = () => {};

/** Says that something was done. */
export function say(text: string): void {
  show(text);
}

export function Toasts(): JSX.Element {
  const [text, setText] = useState('');
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    show = (next) => {
      setText(next);
      clearTimeout(timer);
      timer = setTimeout(() => setText(''), shownMs);
    };
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class={text === '' ? 'toast' : 'toast shown'} role="status">
      {text}
    </div>
  );
}
