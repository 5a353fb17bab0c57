import type { PanelKind } from '@sluice/panel-kind';
import { BILLING } from '../kinds.js';
import type { ConfigProblem } from './problem.js';
import { isSecretReference } from './secrets.js';

const WRITABLE_BY_OTHERS = 0o002;
const READABLE_BY_OTHERS = 0o004;

/**
 * Returns what the permissions of a config expose. A file that all users can write is an error if it names a program: they
 * could run any program as the user who runs sluice.
 */
export function exposedConfig(
  { file, mode }: { file: string; mode: number },
  raw: unknown,
  kinds: readonly PanelKind[],
): ConfigProblem[] {
  if ((mode & WRITABLE_BY_OTHERS) !== 0) {
    const fix = `Run "chmod o-w ${file}"`;
    const message = namesProgram(raw)
      ? `every user of this machine can write ${file}, and it contains a \${cmd:…}: anyone who changes it can run programs as this user. ${fix}`
      : `every user of this machine can write ${file}. ${fix}`;
    return [{ severity: namesProgram(raw) ? 'error' : 'warning', path: '', line: null, message }];
  }
  if ((mode & READABLE_BY_OTHERS) === 0 || !hasLiteralSecret(raw, kinds)) return [];
  const message = `every user of this machine can read ${file}, which contains secrets. Run "chmod 640 ${file}"`;
  return [{ severity: 'warning', path: '', line: null, message }];
}

function namesProgram(value: unknown): boolean {
  if (typeof value === 'string') return /\$\{cmd:/.test(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(namesProgram);
}

function hasLiteralSecret(raw: unknown, kinds: readonly PanelKind[]): boolean {
  const panels = isMap(raw) && isMap(raw['panels']) ? Object.values(raw['panels']) : [];
  const ofBilling = BILLING.some(({ kind, secrets }) => {
    const section = isMap(raw) ? raw[kind] : undefined;
    return isMap(section) && hasLiteral(section, secrets);
  });
  if (ofBilling) return true;
  return panels.filter(isMap).some((panel) => {
    const kind = kinds.find((known) => known.kind === panel['kind']);
    // The address of a proxy may contain a password.
    const proxy = panel['proxy'];
    const proxySecret = typeof proxy === 'string' && /\/\/[^/]*@/.test(proxy);
    const keys = [...(kind?.init.secrets ?? []), ...(kind?.secretPath === true ? ['url'] : [])];
    return hasLiteral(panel, keys) || proxySecret;
  });
}

function hasLiteral(section: Record<string, unknown>, keys: readonly string[]): boolean {
  return keys.some((key) => {
    const value = section[key];
    return typeof value === 'string' && !isSecretReference(value);
  });
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
