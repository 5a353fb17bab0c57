import { printable } from '@sluice/panel-http/printable';
import { type BilledService, checkLocalDate } from '@sluice/quota-core';
import type { WhmcsClientRow, WhmcsConfigOption, WhmcsCustomField, WhmcsService } from '../client/types.js';
import { toAddresses } from './to-addresses.js';
import { NO_CYCLE, STATUSES, toFieldName, toServiceId } from './to-source-service.js';

type Told = 'id' | 'clientId' | 'productId' | 'product' | 'status' | 'billingCycle' | 'nextDueDate';
type Account = 'username' | 'domain' | 'dedicatedIp' | 'assignedIps';

/** What is read of a service, from the API or from an export of the tables. */
export interface ServiceFacts extends Pick<WhmcsService, Told | Account> {
  customFields: readonly Pick<WhmcsCustomField, 'name' | 'value'>[];
  configOptions: readonly Pick<WhmcsConfigOption, 'option' | 'value'>[];
}

/** What is known of a service besides. */
export interface BilledContext {
  /** Null where the client can't be read. */
  client: Pick<WhmcsClientRow, 'firstName' | 'lastName' | 'company' | 'email'> | null;
  /** Names of custom fields and options by column of a service. */
  renames: Readonly<Record<string, string>>;
}

/** Returns a service as WHMCS has it, for a comparison with what a panel or another tool has. */
export function toBilledService(service: ServiceFacts, { client, renames }: BilledContext): BilledService {
  const { id, productId, product, clientId, status, billingCycle, nextDueDate, username, domain } = service;
  const cycle = billingCycle.trim();
  const isOnce = cycle === '' || NO_CYCLE.includes(cycle.toLowerCase());
  return {
    id: toServiceId(id),
    externalId: id,
    productId,
    productName: textOrNull(oneLine(product)),
    client: clientId,
    clientName: client === null ? null : toClientName(client),
    clientEmail: textOrNull(client?.email ?? ''),
    status: STATUSES.get(status.trim().toLowerCase()) ?? null,
    billingCycle: isOnce ? null : cycle,
    nextDueDate,
    username: textOrNull(username),
    domain: textOrNull(domain),
    addresses: toAddresses([service.dedicatedIp, service.assignedIps]),
    fields: toFields(service, renames),
  };
}

/** Returns the name of a person, else of the company; null for none. */
export function toClientName({
  firstName,
  lastName,
  company,
}: Omit<NonNullable<BilledContext['client']>, 'email'>): string | null {
  const name = oneLine(`${firstName} ${lastName}`);
  return textOrNull(name === '' ? oneLine(company) : name);
}

/** Returns why a due date can't be compared with days; null where it can, or where there is none. */
export function findDateProblem(nextDueDate: string | null): string | null {
  if (nextDueDate === null) return null;
  try {
    checkLocalDate(nextDueDate, 'its next due date');
    return null;
  } catch {
    return `its next due date ${JSON.stringify(nextDueDate)} is not a date YYYY-MM-DD`;
  }
}

/** Texts of custom fields, and of options that no custom field replaces, by name and by the column that the config has for it. */
function toFields(
  { customFields, configOptions }: ServiceFacts,
  renames: BilledContext['renames'],
): Record<string, string> {
  const options = toTexts(
    configOptions.map(({ option, value }) => ({ name: option, value: value.split('|')[0] ?? '' })),
  );
  const own = new Map([...options, ...toTexts(customFields)]);
  const all = new Map(own);
  for (const [column, name] of Object.entries(renames)) all.set(column, own.get(toFieldName(name)) ?? null);
  return Object.fromEntries([...all].filter((entry): entry is [string, string] => entry[1] !== null));
}

/** Returns the texts that are not empty, by name; null for a name with two different ones. */
function toTexts(fields: readonly { name: string; value: string }[]): Map<string, string | null> {
  const texts = new Map<string, string | null>();
  for (const field of fields) {
    const name = toFieldName(field.name);
    const value = oneLine(field.value);
    if (name === '' || value === '') continue;
    texts.set(name, (texts.get(name) ?? value) === value && texts.get(name) !== null ? value : null);
  }
  return texts;
}

/** Exports of tables can't have line ends everywhere, and answers of the API can. */
const oneLine = (text: string): string => printable(text).replace(/\s+/g, ' ').trim();

const textOrNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());
