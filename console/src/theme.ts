export type Theme = 'auto' | 'light' | 'dark';

const key = 'naru-theme';
const themes: readonly Theme[] = ['auto', 'light', 'dark'];

export function themeNow(): Theme {
  try {
    return themes.find((theme) => theme === localStorage.getItem(key)) ?? 'auto';
  } catch {
    return 'auto';
  }
}

/** `auto` follows the system. */
export function applyTheme(theme: Theme): void {
  const { dataset } = document.documentElement;
  if (theme === 'auto') delete dataset['theme'];
  else dataset['theme'] = theme;
  try {
    localStorage.setItem(key, theme);
  } catch {
    // Then it is not remembered.
  }
  dispatchEvent(new Event('naru-theme'));
}

export function nextTheme(theme: Theme): Theme {
  return themes[(themes.indexOf(theme) + 1) % themes.length]!;
}

/** What the style sheet calls it: charts draw on a canvas, which knows no variables. */
export function color(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
