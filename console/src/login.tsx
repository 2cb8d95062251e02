import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Logo } from './parts/icons.js';
import { logIn, type Session } from './session.js';

export function Login({ onLogin }: { readonly onLogin: (session: Session) => void }): JSX.Element {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    setBusy(true);
    setFault('');
    try {
      onLogin(await logIn(name, password));
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  };
  return (
    <main class="login">
      <form
        class="panel"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <h1>
          <Logo />
          Naru
        </h1>
        <label class="field">
          <span>User</span>
          <input
            name="name"
            autocomplete="username"
            autofocus
            required
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <label class="field">
          <span>Password</span>
          <input
            name="password"
            type="password"
            autocomplete="current-password"
            required
            value={password}
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        </label>
        {fault !== '' && (
          <p class="fault" role="alert">
            {fault}
          </p>
        )}
        <button type="submit" class="primary" disabled={busy}>
          {busy ? 'Logging in…' : 'Log in'}
        </button>
        <p class="muted">
          A user with one of the tags monitoring (looks only), management, policymaker or administrator:{' '}
          <code>naru user add</code>
        </p>
      </form>
    </main>
  );
}
