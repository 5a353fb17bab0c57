import { checkLocalDate, gigabytesToBytes, parseBillingCycleName } from '@sluice/quota-core';
import type { ServiceRecord, ServiceStatus } from '@sluice/state-store';
import { shapeProblem } from './ref-shapes.js';

/** Names of an import's columns, in the order that `export` writes them. */
export const IMPORT_KEYS = [
  'id',
  'panel',
  'product',
  'client',
  'billing_cycle',
  'next_due_date',
  'status',
  'traffic_mode',
  'base_quota_override_gb',
  'easydcim_service_id',
  'easydcim_order_id',
  'easydcim_server_id',
  'easydcim_user',
  'flvx_user_id',
  'flvx_username',
  'flvx_tunnel_id',
  'flvx_user_tunnel_id',
  'hiddify_agent_uuid',
  'hiddify_user_uuid',
  'astbilling_subscriber_id',
  'astbilling_username',
  'order_id',
  'document',
  'ddd',
  'channels',
  'email',
  'first_name',
  'last_name',
  'protected_until',
] as const;

export type ImportKey = (typeof IMPORT_KEYS)[number];

/** Keys that hold the panel's or the billing system's own ids. */
export const REF_KEYS: readonly ImportKey[] = IMPORT_KEYS.filter(
  (key) => /^(easydcim|flvx|hiddify|astbilling)_/.test(key) || key === 'order_id',
);

/** Contact and telephony keys. */
export const FIELD_KEYS: readonly ImportKey[] = ['document', 'ddd', 'channels', 'email', 'first_name', 'last_name'];

const STATUSES: readonly ServiceStatus[] = ['active', 'suspended', 'terminated', 'pending'];
const MODES = ['IN', 'OUT', 'TOTAL'] as const;

/** One thing that is wrong with a value. */
export class FieldError extends Error {
  override readonly name = 'FieldError';
  readonly key: string;

  constructor(key: string, message: string) {
    super(message);
    this.key = key;
  }
}

/** What a key's text means; null unsets. Throws a FieldError that says what would be right. */
export function applyField(record: ServiceRecord, key: ImportKey, text: string): void {
  const value = text.trim();
  const empty = value === '';
  switch (key) {
    case 'id':
      return;
    case 'panel':
    case 'product':
      if (empty) throw new FieldError(key, `${key} is required`);
      record[key] = value;
      return;
    case 'client':
      record.client = empty ? null : value;
      return;
    case 'billing_cycle':
      record.billingCycle = empty ? null : guarded(key, () => parseBillingCycleName(value));
      return;
    case 'next_due_date':
      record.nextDueDate = empty ? null : guarded(key, () => checkLocalDate(value, 'next_due_date'));
      return;
    case 'protected_until':
      record.protectedUntil = empty ? null : guarded(key, () => checkLocalDate(value, 'protected_until'));
      return;
    case 'status':
      record.status = statusOf(record, value);
      return;
    case 'traffic_mode':
      record.trafficMode = empty ? null : oneOf(key, value.toUpperCase(), MODES);
      return;
    case 'base_quota_override_gb':
      if (!empty) guarded(key, () => gigabytesToBytes(value));
      record.baseQuotaOverrideGb = empty ? null : value;
      return;
    default:
      setText(FIELD_KEYS.includes(key) ? record.fields : record.refs, record, key, value);
  }
}

function statusOf(record: ServiceRecord, value: string): ServiceStatus {
  if (value === '') return record.status === 'vanished' ? 'active' : record.status;
  const status = oneOf('status', value.toLowerCase(), STATUSES);
  // An account that Sluice made is there, whatever an export of the billing system still says.
  if (status === 'pending' && record.ownRefs.length > 0 && record.status === 'active') return 'active';
  return status;
}

function setText(target: Record<string, string>, record: ServiceRecord, key: ImportKey, value: string): void {
  // A value that stands there already is not checked: stores may have odd ones from before.
  const wanted = value === '' || value === target[key] ? null : shapeProblem(key, value);
  if (value !== '' && value !== target[key] && record.ownRefs.includes(key)) {
    const own = `the account that Sluice made for "${record.id}" is ${target[key] ?? 'unknown'}`;
    throw new FieldError(key, `${own}: another ${key} would belong to somebody else; terminate the service first`);
  }
  if (wanted !== null) throw new FieldError(key, `"${value}" is no ${key}: ${wanted}`);
  if (value !== '') target[key] = value;
  else if (!record.ownRefs.includes(key)) Reflect.deleteProperty(target, key);
}

function oneOf<T extends string>(key: string, value: string, known: readonly T[]): T {
  const found = known.find((item) => item === value);
  if (found === undefined) throw new FieldError(key, `"${value}" is no ${key}: one of ${known.join(', ')}`);
  return found;
}

function guarded<T>(key: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new FieldError(key, (error as Error).message);
  }
}

/** A service's keys and texts as an import would name them; unset keys are left out. */
export function fieldsOf(record: ServiceRecord): Partial<Record<ImportKey, string>> {
  const values: Partial<Record<ImportKey, string | null>> = {
    id: record.id,
    panel: record.panel,
    product: record.product,
    client: record.client,
    billing_cycle: record.billingCycle,
    next_due_date: record.nextDueDate,
    status: record.status === 'vanished' ? 'active' : record.status,
    traffic_mode: record.trafficMode,
    base_quota_override_gb: record.baseQuotaOverrideGb,
    protected_until: record.protectedUntil,
  };
  for (const key of REF_KEYS) values[key] = record.refs[key] ?? null;
  for (const key of FIELD_KEYS) values[key] = record.fields[key] ?? null;
  return Object.fromEntries(
    IMPORT_KEYS.map((key) => [key, values[key]]).filter((entry): entry is [ImportKey, string] => entry[1] != null),
  );
}
