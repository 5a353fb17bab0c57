import type { BillingCheck, BillingDependencies, BillingUse } from '@sluice/contract/ports';
import { isPanelError } from '@sluice/panel-http';
import { SluiceError } from '@sluice/panel-kind';
import type { WhmcsClient } from '../client/types.js';
import { TITLE, toBillingError } from './errors.js';
import { needsClients } from './fill-columns.js';
import { openClient } from './open-client.js';
import { needsGroups, type WhmcsSettings } from './settings.js';
import { openWhmcsSource } from './source.js';

/** The oldest version that the answers were compared with (docs/whmcs-api.md). */
const OLDEST = [8, 9] as const;

const CLIENT_READS = ['GetClients', 'GetClientsDetails'];
const BILLING_READS = ['GetClientsDetails', 'GetInvoices', 'GetInvoice', 'GetCredits'];
const ORDER_READS = ['GetOrders', 'GetInvoice'];
const BILLING_WRITES = ['CreateInvoice', 'UpdateInvoice', 'ApplyCredit', 'AddCredit'];

/** Checks address, credentials, version and the right to each reading action that the config needs; changes nothing. */
export async function checkWhmcs(
  settings: WhmcsSettings,
  dependencies: BillingDependencies,
  use: BillingUse,
): Promise<BillingCheck[]> {
  const client = openClient(settings, dependencies);
  try {
    const { clock } = dependencies;
    const startedAt = clock.now();
    const checks = await checkVersion(client, use.signal, () => clock.now() - startedAt);
    if (checks.some(({ status }) => status === 'failed')) return checks;
    const actions = listActions(settings, use);
    checks.push(...(await checkRights(client, actions, use.signal)));
    const isAllowed = checks.every(({ status }) => status !== 'failed');
    if (isAllowed) checks.push(...(await checkNames(client, actions.reads, use.signal)));
    if (!use.contract || checks.some(({ status }) => status === 'failed')) return checks;
    return [...checks, await checkServices(settings, dependencies, use)];
  } finally {
    client.close();
  }
}

async function checkVersion(
  client: WhmcsClient,
  signal: AbortSignal | undefined,
  elapsed: () => number,
): Promise<BillingCheck[]> {
  const name = 'billing system';
  try {
    const version = await client.version({ signal });
    const reached: BillingCheck = { name, status: 'ok', message: `${TITLE} ${version} answered in ${elapsed()} ms` };
    if (!isOld(version)) return [reached];
    const message = `${TITLE} ${version} is older than ${OLDEST.join('.')}, the oldest that Sluice is made for: update it`;
    return [reached, { name: 'version', status: 'warning', message }];
  } catch (error) {
    if (!isDenied(error)) return [{ name, status: 'failed', message: toMessage(error) }];
    const message = `${TITLE} answered in ${elapsed()} ms; its version is unknown: allow WhmcsDetails in the API role to see it`;
    return [{ name, status: 'warning', message }];
  }
}

function isOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}

/** Actions that the config needs; those that write are never called for a test. */
function listActions(settings: WhmcsSettings, use: BillingUse): { reads: string[]; writes: string[] } {
  const { bills, orders, credentials, products, facts } = use;
  const reads = [
    'GetClientsProducts',
    ...(needsGroups(settings, products) ? ['GetProducts'] : []),
    ...(needsClients(facts) ? CLIENT_READS : []),
    ...(bills ? BILLING_READS : []),
    ...(orders ? ORDER_READS : []),
  ];
  const updates = settings.pushUsage !== 'off' || settings.writeBack || credentials;
  return {
    reads: [...new Set(reads)],
    writes: [...(updates ? ['UpdateClientProduct'] : []), ...(bills ? BILLING_WRITES : [])],
  };
}

async function checkRights(
  client: WhmcsClient,
  { reads, writes }: { reads: readonly string[]; writes: readonly string[] },
  signal: AbortSignal | undefined,
): Promise<BillingCheck[]> {
  const denied: BillingCheck[] = [];
  for (const action of reads) {
    try {
      await client.probe(action, { signal });
    } catch (error) {
      denied.push({ name: `right ${action}`, status: 'failed', message: toMessage(error) });
      if (!isDenied(error)) return denied;
    }
  }
  if (denied.length > 0) return denied;
  const untested = writes.length === 0 ? '' : `; not tested, because they change something: ${writes.join(', ')}`;
  return [
    { name: 'rights', status: 'ok', message: `the role of the credentials allows ${reads.join(', ')}${untested}` },
  ];
}

/** Without these rights a sync works, and clients have no names. */
async function checkNames(
  client: WhmcsClient,
  checked: readonly string[],
  signal: AbortSignal | undefined,
): Promise<BillingCheck[]> {
  const denied: string[] = [];
  for (const action of CLIENT_READS.filter((known) => !checked.includes(known))) {
    try {
      await client.probe(action, { signal });
    } catch (error) {
      if (isDenied(error)) denied.push(action);
    }
  }
  if (denied.length === 0) return [];
  const message = `the role of the credentials does not allow ${denied.join(', ')}: allow it for the names, addresses and languages of clients`;
  return [{ name: 'names of clients', status: 'warning', message }];
}

/** Reads all services, as a sync does. */
async function checkServices(
  settings: WhmcsSettings,
  dependencies: BillingDependencies,
  { products, signal }: BillingUse,
): Promise<BillingCheck> {
  const source = openWhmcsSource(settings, dependencies);
  try {
    const { services, unread } = await source.list({ products, columns: [], facts: {}, signal });
    const odd = unread.length + services.filter(({ problems }) => problems.length > 0).length;
    const taken = services.filter(({ skipped, unclaimed }) => skipped === null && unclaimed === null).length;
    const message = `${services.length} are listed, ${taken} of them are taken`;
    if (odd === 0) return { name: 'services', status: 'ok', message };
    return { name: 'services', status: 'warning', message: `${message}; ${odd} can't be read` };
  } catch (error) {
    return { name: 'services', status: 'failed', message: toMessage(error) };
  } finally {
    source.close();
  }
}

function isDenied(error: unknown): boolean {
  return isPanelError(error) && error.panelCode === 'permission';
}

/** Returns a failure with what to do about it; rethrows anything but a failure of a call. */
function toMessage(error: unknown): string {
  const known = toBillingError(error);
  if (known instanceof SluiceError) return known.message;
  throw known;
}
