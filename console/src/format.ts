const whole = new Intl.NumberFormat('en');

export function count(value: number): string {
  return whole.format(value);
}

/** `1.2 k`, for what has little room. */
export function short(value: number): string {
  const size = Math.abs(value);
  if (size < 10 && !Number.isInteger(value)) return value.toFixed(1);
  if (size < 1000) return String(Math.round(value));
  for (const [limit, unit] of [
    [1e6, 'k'],
    [1e9, 'M'],
    [1e12, 'G'],
  ] as const) {
    if (size < limit) return `${cut((value / limit) * 1000)}${unit}`;
  }
  return `${cut(value / 1e12)}T`;
}

function cut(value: number): string {
  return value < 10 ? value.toFixed(1).replace(/\.0$/, '') : String(Math.round(value));
}

export function rate(value: number): string {
  return `${short(value)}/s`;
}

export function bytes(value: number): string {
  if (value < 1024) return `${Math.round(value)} B`;
  let [size, unit] = [value, 0];
  while (size >= 1024 && unit < 5) {
    size /= 1024;
    unit++;
  }
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'][unit]}`;
}

export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms * 10) / 10} ms`;
  const s = ms / 1000;
  if (s < 60) return `${Math.round(s)} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  if (s < 86_400) return two(s, 3600, 'h', 60, 'min');
  return two(s, 86_400, 'd', 3600, 'h');
}

function two(s: number, large: number, unit: string, small: number, smaller: string): string {
  const rest = Math.floor((s % large) / small);
  return `${Math.floor(s / large)} ${unit}${rest === 0 ? '' : ` ${rest} ${smaller}`}`;
}

/** In the time of whoever looks. */
export function time(ms: number): string {
  const at = new Date(ms);
  const two = (value: number, length = 2): string => String(value).padStart(length, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${two(at.getMilliseconds(), 3)}`;
  return `${day} ${clock}`;
}

export function plural(value: number, one: string, many: string = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}
