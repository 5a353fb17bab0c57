import type { ServiceChange, ServiceRecord } from '@sluice/state-store';

/** Columns that an operator sets as a whole. */
const COLUMNS = [
  'panel',
  'product',
  'name',
  'client',
  'clientName',
  'clientEmail',
  'language',
  'billingCycle',
  'nextDueDate',
  'status',
  'trafficMode',
  'baseQuotaOverrideGb',
  'protectedUntil',
] as const;

/** Returns the change from one state of a service to another; null when no field that an operator sets differs. */
export function findChange(before: ServiceRecord, after: ServiceRecord, now: string): ServiceChange | null {
  const columns = COLUMNS.filter((column) => before[column] !== after[column]);
  const refs = textChange(before.refs, after.refs);
  const fields = textChange(before.fields, after.fields);
  if (columns.length === 0 && refs === null && fields === null) return null;
  return {
    id: after.id,
    ...Object.fromEntries(columns.map((column) => [column, after[column]])),
    ...(columns.includes('client') && hadClient(before) ? { clientSince: now } : {}),
    ...(refs === null ? {} : { refs }),
    ...(fields === null ? {} : { fields }),
    updatedAt: now,
  };
}

/** Whether a client has had the service, now or before: what is stored of it is not the next client's. */
function hadClient({ client, clientSince }: ServiceRecord): boolean {
  return client !== null || clientSince !== null;
}

function textChange(
  before: Record<string, string>,
  after: Record<string, string>,
): Record<string, string | null> | null {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = names.filter((name) => before[name] !== after[name]);
  return changed.length === 0 ? null : Object.fromEntries(changed.map((name) => [name, after[name] ?? null]));
}
