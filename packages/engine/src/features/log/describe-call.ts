import type { LogEntry } from '@sluice/contract/documents';

/** Returns what a call of the log did: the name of its endpoint, or the address where the name has placeholders for ids. */
export function describeCall(entry: LogEntry): string {
  const { endpoint, method, path } = entry;
  return typeof endpoint === 'string' && !endpoint.includes('{') ? endpoint : `${toWord(method)} ${toWord(path)}`;
}

/** Returns how a call of the log ended: its HTTP status, or `ok` or `failed` where it has none, as a sent notice. */
export function describeCallOutcome({ status, ok }: LogEntry): string {
  return toWord(status) || (ok === true ? 'ok' : 'failed');
}

function toWord(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
