import type { ComponentChildren, JSX } from 'preact';

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: ComponentChildren;
  readonly required?: boolean;
  readonly placeholder?: string;
  readonly type?: string;
}

export function TextField(props: FieldProps): JSX.Element {
  return (
    <label class="field">
      <span>{props.label}</span>
      <input
        type={props.type ?? 'text'}
        value={props.value}
        required={props.required === true}
        placeholder={props.placeholder ?? ''}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => props.onChange(event.currentTarget.value)}
      />
      {props.hint !== undefined && <small>{props.hint}</small>}
    </label>
  );
}

export function AreaField(props: FieldProps & { readonly rows?: number }): JSX.Element {
  return (
    <label class="field">
      <span>{props.label}</span>
      <textarea
        rows={props.rows ?? 5}
        value={props.value}
        required={props.required === true}
        placeholder={props.placeholder ?? ''}
        spellcheck={false}
        onInput={(event) => props.onChange(event.currentTarget.value)}
      />
      {props.hint !== undefined && <small>{props.hint}</small>}
    </label>
  );
}

export function ChoiceField(props: {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly (readonly [value: string, label: string])[];
  readonly onChange: (value: string) => void;
  readonly hint?: ComponentChildren;
}): JSX.Element {
  return (
    <label class="field">
      <span>{props.label}</span>
      <select value={props.value} onChange={(event) => props.onChange(event.currentTarget.value)}>
        {props.choices.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      {props.hint !== undefined && <small>{props.hint}</small>}
    </label>
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
