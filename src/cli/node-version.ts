/** Why this Node cannot run Naru; undefined when it can. Plain enough for any Node that can load modules. */
export function whyTooOld(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return undefined;
  return `naru needs Node 20.19 or newer, and this is Node ${version}`;
}
