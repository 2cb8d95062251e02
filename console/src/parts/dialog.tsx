import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from './icons.js';

/** A window in front of the page; Escape closes it, and the browser keeps the focus within. */
export function Dialog(props: {
  readonly title: string;
  readonly wide?: boolean;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}): JSX.Element {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = box.current!;
    if (!dialog.open) dialog.showModal();
    return () => dialog.close();
  }, []);
  return (
    <dialog
      ref={box}
      class={props.wide === true ? 'wide' : ''}
      aria-label={props.title}
      onCancel={(event) => {
        event.preventDefault();
        props.onClose();
      }}
      onMouseDown={(event) => {
        if (event.target === box.current) props.onClose();
      }}
    >
      <div class="dialog-box">
        <header class="dialog-head">
          <h2>{props.title}</h2>
          <button type="button" class="plain" onClick={props.onClose}>
            <Icon name="close" />
            <span class="visually-hidden">Close</span>
          </button>
        </header>
        {props.children}
      </div>
    </dialog>
  );
}

/** A form that does one thing: it closes when that is done, and otherwise says why not. */
export function ActionDialog(props: {
  readonly title: string;
  readonly verb: string;
  readonly danger?: boolean;
  readonly wide?: boolean;
  /** Answers `stay` when there is more to say before it is done. */
  readonly act: () => Promise<unknown>;
  readonly onClose: () => void;
  readonly children?: ComponentChildren;
}): JSX.Element {
  const { title, verb, danger, act, onClose } = props;
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    setBusy(true);
    setFault('');
    try {
      if ((await act()) === 'stay') setBusy(false);
      else onClose();
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} wide={props.wide === true} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <div class="dialog-body">{props.children}</div>
        {fault !== '' && (
          <p class="fault" role="alert">
            {fault}
          </p>
        )}
        <footer class="dialog-foot">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class={danger === true ? 'danger' : 'primary'} disabled={busy}>
            {busy ? 'Working…' : verb}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
