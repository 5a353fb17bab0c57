import type { ListedRecords } from '@sluice/contract/documents';
import { SluiceError, type TelephonyRecords, type TelephonyResource, usageError } from '@sluice/panel-kind';
import { parseNumber, TelephonyError } from '@sluice/quota-core/telephony';
import { notFound } from '../../base/errors.js';
import { suggestion } from '../../base/suggestion.js';
import type { Context } from '../../context/context.js';
import { toCamel, toDocument } from './documents.js';
import { type NamedTelephony, RECORD_NAMES, refuseUnsupported, requireTelephony } from './panels.js';
import { changeableFields } from './read-values.js';

/** Which records to list. */
export interface ListRequest {
  resource: TelephonyResource;
  /** Null: the only panel with telephony. */
  panel: string | null;
  /** By the names of the documents (`customer_id`); records have exactly these values. */
  filters: Readonly<Record<string, string>>;
}

/** Lists the records of a telephony system. */
export async function listRecords(context: Context, request: ListRequest): Promise<ListedRecords> {
  const { resource } = request;
  const on = await requireTelephony(context, request.panel);
  refuseUnsupported(on, { resource, operation: 'list' });
  const known = on.telephony.fields(resource);
  const filters: Record<string, string> = {};
  for (const [name, text] of Object.entries(request.filters)) {
    const field = known.find((one) => one.name === name);
    if (field === undefined) {
      const names = known.map((one) => one.name);
      throw usageError('bad_option', `Panel "${on.panel}" has no "${name}" in ${resource}${suggestion(name, names)}`);
    }
    filters[toCamel(name)] = field.type === 'phone' ? parseNumber(text, on.telephony).number : text;
  }
  const records = await on.telephony.list(resource, filters, context.deps.signal);
  const { planId } = filters;
  // A plan without rates is not one that the panel lacks.
  if (resource === 'rates' && records.length === 0 && planId !== undefined) await requirePlan(context, on, planId);
  return toListed(on, resource, records);
}

/** Returns one record, by its id or the name that people know it by. */
export async function showRecord(
  context: Context,
  resource: TelephonyResource,
  id: string,
  panel: string | null,
): Promise<ListedRecords> {
  const on = await requireTelephony(context, panel);
  refuseUnsupported(on, { resource, operation: 'get' });
  return toListed(on, resource, [await findRecord(context, on, resource, id)]);
}

function toListed(
  { panel, telephony }: NamedTelephony,
  resource: TelephonyResource,
  records: readonly object[],
): ListedRecords {
  return { panel, records: records.map(toDocument), changeable: changeableFields(telephony, resource) };
}

/** What people know the records of a list by. */
export const NAMES: Partial<Record<TelephonyResource, string>> = {
  customers: 'name',
  subscribers: 'username',
  dids: 'number',
  plans: 'name',
  carriers: 'name',
  trunks: 'name',
  routes: 'name',
  countries: 'name',
};

/**
 * Finds a record by its id or name. A telephone number is found by the number or by its id: a short one may be both.
 *
 * @throws SluiceError `unknown_record`, `ambiguous_record`
 */
export async function findRecord<Name extends TelephonyResource>(
  context: Context,
  on: NamedTelephony,
  resource: Name,
  text: string,
): Promise<TelephonyRecords[Name]> {
  const { signal } = context.deps;
  const { telephony, panel } = on;
  const number = resource === 'dids' ? toNumber(on, text) : null;
  const byId = number === null ? await telephony.get(resource, text, signal) : null;
  if (byId !== null) return byId;
  const name = NAMES[resource];
  const found = name === undefined ? [] : await telephony.list(resource, { [name]: number ?? text }, signal);
  if (number !== null && (found.length === 0 || SHORT_ID.test(text))) {
    const other = await telephony.get(resource, text, signal);
    if (other !== null && !found.some(({ id }) => id === other.id)) found.push(other);
  }
  const [only] = found;
  const what = RECORD_NAMES[resource];
  if (only === undefined)
    throw notFound('unknown_record', `Panel "${panel}" has no ${what} "${text}"`, { panel, resource });
  if (found.length === 1) return only;
  const ids = found.map(({ id }) => id).join(', ');
  throw new SluiceError('ambiguous_record', `Panel "${panel}" has several ${resource} "${text}": ids ${ids}`);
}

/**
 * Returns the id of a plan; where the panel lists none, what was written.
 *
 * @throws SluiceError `unknown_plan`, `ambiguous_record`
 */
export async function requirePlan(context: Context, on: NamedTelephony, plan: string): Promise<string> {
  if (on.telephony.unsupported({ resource: 'plans', operation: 'list' }) !== null) return plan;
  try {
    return (await findRecord(context, on, 'plans', plan)).id;
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== 'unknown_record') throw error;
    throw notFound('unknown_plan', error.message, { panel: on.panel, plan });
  }
}

/** An id that numbers are likely to have; one of more digits is read only where no number is found. */
const SHORT_ID = /^\d{1,9}$/;

function toNumber({ telephony }: NamedTelephony, text: string): string | null {
  try {
    return parseNumber(text, telephony).number;
  } catch (error) {
    // An id is not a number.
    if (error instanceof TelephonyError) return null;
    throw error;
  }
}
