import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: ComponentChildren;
  readonly required?: boolean;
  readonly placeholder?: string;
  readonly type?: string;
}

/** A hint is told after the name of what it is about, not as a part of it. */
function Field(props: {
  readonly id: string;
  readonly label: string;
  readonly hint: ComponentChildren;
  readonly children: ComponentChildren;
}): JSX.Element {
  const { id, label, hint, children } = props;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children}
      {hint !== undefined && <small id={`${id}-hint`}>{hint}</small>}
    </div>
  );
}

function describedBy(id: string, hint: ComponentChildren): string | undefined {
  return hint === undefined ? undefined : `${id}-hint`;
}

export function TextField(props: FieldProps): JSX.Element {
  const { label, hint, value, required, placeholder, type, onChange } = props;
  const id = useId();
  return (
    <Field id={id} label={label} hint={hint}>
      <input
        id={id}
        aria-describedby={describedBy(id, hint)}
        type={type ?? 'text'}
        value={value}
        required={required === true}
        placeholder={placeholder ?? ''}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </Field>
  );
}

export function AreaField(props: FieldProps & { readonly rows?: number }): JSX.Element {
  const { label, hint, value, required, placeholder, rows, onChange } = props;
  const id = useId();
  return (
    <Field id={id} label={label} hint={hint}>
      <textarea
        id={id}
        aria-describedby={describedBy(id, hint)}
        rows={rows ?? 5}
        value={value}
        required={required === true}
        placeholder={placeholder ?? ''}
        spellcheck={false}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </Field>
  );
}

export function ChoiceField(props: {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly (readonly [value: string, label: string])[];
  readonly onChange: (value: string) => void;
  readonly hint?: ComponentChildren;
}): JSX.Element {
  const { label, hint, value, choices, onChange } = props;
  const id = useId();
  return (
    <Field id={id} label={label} hint={hint}>
      <select
        id={id}
        aria-describedby={describedBy(id, hint)}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {choices.map(([each, told]) => (
          <option key={each} value={each}>
            {told}
          </option>
        ))}
      </select>
    </Field>
  );
}

export function CheckField(props: {
  readonly label: string;
  readonly value: boolean;
  readonly onChange: (value: boolean) => void;
}): JSX.Element {
  return (
    <label class="check">
      <input type="checkbox" checked={props.value} onChange={(event) => props.onChange(event.currentTarget.checked)} />
      <span>{props.label}</span>
    </label>
  );
}

/** Text that has to be a JSON object; nothing is an empty one. */
export function objectIn(text: string, what: string): Record<string, unknown> {
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`${what} have to be a JSON object, such as {"x-max-length": 1000}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${what} have to be a JSON object, such as {"x-max-length": 1000}`);
  return value as Record<string, unknown>;
}
