import type {
  CallReportJob,
  PanelTelephony,
  PanelToOpen,
  TelephonyField,
  TelephonyFieldType,
  TelephonyOperation,
  TelephonyResource,
  TelephonyValues,
} from '@sluice/panel-kind';
import type { CallRecord } from '@sluice/quota-core/telephony';
import { isSecretName, SluiceError, usageError } from '@sluice/panel-kind';
import { findReseller } from '../account/check-owner.js';
import { isReleased } from '../account/plan-states.js';
import { type LineSystem, toLineSystem } from '../account/system.js';
import { CANONICAL_FIELDS, type FieldType } from '../wire/fields.js';
import type { AstbillingClient, Lifecycle, Reads, ReadsAndWrites, Removable, Report } from '../client/types.js';
import type { OperationName, ResourceName } from '../profile/schema.js';
import { findForeignReference } from './line-target.js';
import { LINE_REF, type TelephonySettings, toBillFrom, toTerms } from './settings.js';

const WRITES: Record<string, OperationName> = { create: 'create', set: 'update' };

/** Returns why the profile has no way to do this; null where it has one. */
export function findUnsupported(
  client: Pick<AstbillingClient, 'profile' | 'supports'>,
  { resource, operation }: TelephonyOperation,
): string | null {
  const lacks = (place: ResourceName, names: readonly OperationName[]): string | null =>
    names.some((name) => client.supports(place, name))
      ? null
      : `the profile "${client.profile.name}" has no ${place}.${names[0] ?? ''}`;
  if (resource === 'calls') {
    return operation === 'simulate' ? lacks('simulator', ['simulate']) : lacks('cdrs', ['list']);
  }
  if (resource === 'reports') return lacks('reports', ['create']) ?? lacks('reports', ['get']);
  const within = client.profile.resources.customers?.within !== undefined && resource === 'customers';
  if (within && (operation === 'create' || operation === 'remove')) {
    return `the profile "${client.profile.name}" keeps customers and lines in one record`;
  }
  if (operation === 'list') return lacks(resource, ['list', 'find']);
  if (operation === 'get') return lacks(resource, ['get', 'list']);
  return lacks(resource, [operation === 'remove' ? toRemoval(resource) : (WRITES[operation] ?? 'update')]);
}

const toRemoval = (resource: TelephonyResource): 'terminate' | 'delete' =>
  resource === 'subscribers' || resource === 'dids' ? 'terminate' : 'delete';

/** What `planRepairs` corrects and an operator may set, by the names of the documents. */
const REPAIRED_FIELDS = ['plan_id', 'channels'];

/** Returns the calls, lines and catalogue of a panel. */
export function createTelephony(
  { name, settings, timeZone, currency }: PanelToOpen,
  client: AstbillingClient,
): PanelTelephony {
  const own = settings as TelephonySettings;
  const { country, installation = name } = own;
  const billFrom = toBillFrom(settings);
  const refuse = (operation: TelephonyOperation): void => {
    const why = findUnsupported(client, operation);
    if (why === null) return;
    throw new SluiceError('unsupported', `Panel "${name}" can't do this: ${why}`, { kind: 'unsupported' });
  };
  const system = toLineSystem(client.profile);
  const money = findCurrency(name, own, currency);
  const priced = toCurrencyFill(client, money);
  return {
    ...{ installation, country, timeZone, billFrom, currency: money, rating: client.profile.rating },
    unsupported: (operation) => findUnsupported(client, operation),
    fields: (resource) => listFields(client, system, resource),
    findSubscriber: ({ refs }) => refs[LINE_REF] ?? null,
    repaired: ({ ownRefs }) => (ownRefs.includes(LINE_REF) ? REPAIRED_FIELDS : []),
    ...{ ownerConflict: findForeignReference, billingConflict: findReseller, isRemoved },
    terms: toTerms,
    async *calls(filter, signal) {
      refuse({ resource: 'calls', operation: 'read' });
      for await (const { calls, unasked, total } of client.calls.pages(filter, { signal })) {
        const toPriced = (call: CallRecord): CallRecord => priced('cdrs', call);
        yield { calls: calls.map(toPriced), unasked: unasked.map(toPriced), total };
      }
    },
    list: async (resource, filters, signal) => {
      refuse({ resource, operation: 'list' });
      const rows = await (client[resource] as unknown as Reads<never>).find(filters ?? {}, { signal });
      return rows.map((row) => priced(resource, row));
    },
    get: async (resource, id, signal) => {
      refuse({ resource, operation: 'get' });
      const row = await (client[resource] as unknown as Reads<object>).get(id, { signal });
      return row === null ? null : priced(resource, row as never);
    },
    create: async (resource, values, signal) => {
      refuse({ resource, operation: 'create' });
      return priced(resource, await written(client, resource).create(values, { signal }));
    },
    set: async ({ resource, id, values }, signal) => {
      refuse({ resource, operation: 'set' });
      await written(client, resource).update(id, values, { signal });
    },
    remove: async (resource, id, signal) => {
      refuse({ resource, operation: 'remove' });
      const records = written(client, resource);
      await (toRemoval(resource) === 'terminate' ? records.terminate(id, { signal }) : records.remove(id, { signal }));
    },
    simulate: client.supports('simulator', 'simulate')
      ? (call, signal) => client.simulator.simulate(call, { signal })
      : null,
    reports: findUnsupported(client, { resource: 'reports', operation: 'create' }) === null ? toReports(client) : null,
    verifyToken: (signal) => client.auth.verify({ signal }),
  };
}

const isRemoved: NonNullable<PanelTelephony['isRemoved']> = (resource, shown) =>
  resource === 'dids' ? isReleased(shown) : resource === 'subscribers' && shown.status === 'terminated';

/** Types that are only read, since no text stands for them. */
const COMPUTED: readonly FieldType[] = ['time', 'texts', 'sip', 'duration'];

/** Returns the fields of a list that the system has; further fields of its profile last. */
function listFields(
  { profile, hasField }: Pick<AstbillingClient, 'profile' | 'hasField'>,
  system: Pick<LineSystem, 'sends'>,
  resource: TelephonyResource,
): TelephonyField[] {
  const types = CANONICAL_FIELDS[resource];
  const known = Object.entries(types)
    .filter(([name]) => hasField(resource, name))
    .map(([name, type]) => ({ name, type: toType(name, type), isExtra: false }));
  const further = Object.keys(profile.resources[resource]?.fields ?? {})
    .filter((name) => !Object.hasOwn(types, name) && hasField(resource, name))
    .map((name) => ({ name, type: isSecretName(name) ? ('secret' as const) : ('text' as const), isExtra: true }));
  return [...known, ...further].map((field) => ({
    ...field,
    isChangeable: system.sends(resource, 'update', field.name),
  }));
}

function toType(name: string, type: FieldType): TelephonyFieldType {
  return name === 'id' || COMPUTED.includes(type) ? 'computed' : (type as TelephonyFieldType);
}

const written = (client: AstbillingClient, resource: TelephonyResource) =>
  client[resource] as unknown as ReadsAndWrites<never, TelephonyValues> & Removable & Lifecycle;

function findCurrency(name: string, settings: TelephonySettings, general: string | null): string {
  const found = settings.currency ?? general ?? (settings.country === 'BR' ? 'BRL' : null);
  if (found !== null) return found;
  throw usageError('bad_config', `panels.${name}.currency: there is no currency: set it here or at the top level`);
}

/** A system that states no currency has that of the panel. */
function toCurrencyFill(client: AstbillingClient, currency: string) {
  return <Row extends object>(resource: ResourceName, row: Row): Row =>
    'currency' in row && !client.hasField(resource, 'currency') ? { ...row, currency } : row;
}

function toReports(client: AstbillingClient): NonNullable<PanelTelephony['reports']> {
  return {
    create: async ({ from, to, subscriberId }, signal) => {
      const request = { type: 'calls', format: 'csv', from, to, subscriberId };
      return toJob(await client.reports.create(request, { signal }));
    },
    get: async (id, signal) => toJob(await client.reports.get(id, { signal })),
    download: async (id, onChunk, signal) => {
      const report = await client.reports.get(id, { signal });
      let attempts = 0;
      let written: Promise<void> = Promise.resolve();
      const sink = (): ((chunk: Buffer) => void) => {
        attempts += 1;
        if (attempts > 1)
          throw new SluiceError('report_failed', `The file of report "${id}" broke off`, { kind: 'panel' });
        return (chunk) => {
          written = written.then(() => onChunk(chunk));
        };
      };
      try {
        await client.reports.download(report, sink, { signal });
      } finally {
        await written;
      }
    },
  };
}

const toJob = ({ id, status, rows, totalCharge }: Report): CallReportJob => ({ id, status, rows, totalCharge });
