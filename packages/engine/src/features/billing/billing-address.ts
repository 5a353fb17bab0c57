import type { Check, RunReport } from '@sluice/contract/documents';
import type { BillingKind, BillingSystem, ServiceSource } from '@sluice/contract/ports';
import { stated } from '@sluice/messages/said';
import { SluiceError } from '@sluice/panel-kind';
import { toChecks } from '../../base/check.js';
import { billingSettings } from '../../base/config/find-entry.js';
import type { Context } from '../../context/context.js';
import { toAddress } from '../../context/panel-addresses.js';
import { withRun } from '../../kernel/run/bracket.js';
import { reportNotices } from '../../kernel/run/notice.js';
import { type KnownLine, listKnownLines, MOST_INVOICES, readWithLine } from './known-lines.js';
import { type ConfiguredSource, openBilling, toBillingDependencies } from './open-billing.js';

/** Begins the keys of the conditions that have the addresses of billing systems. */
const ADDRESS = 'billing-address:';

/** The code of another installation in place of the known one. */
export const MOVED = 'billing_moved';

/** Returns the key of the condition that another installation was refused; all begin with that of an empty name. */
const movedKey = (name: string): string => `${MOVED}:${name}`;

/** The installation of a billing system that this store belongs to. */
interface Installation {
  address: string;
  /** Since when its invoices are this installation's (ISO UTC); null for all that are stored. */
  from: string | null;
}

/** A billing system of the config with the address at which it is called. */
interface Configured {
  kind: BillingKind;
  settings: unknown;
  address: string;
}

/**
 * Opens the billing system of the config, at the address of the installation that this store belongs to.
 *
 * @throws SluiceError `billing_moved`
 */
export async function openKnownBilling(context: Context): Promise<BillingSystem> {
  await confirmInstallation(context, context.config.billing);
  return openBilling(context);
}

/**
 * Opens a list of services, at the address of the installation that this store belongs to.
 *
 * @throws SluiceError `billing_moved`
 */
export async function openKnownSource(context: Context, { kind, open }: ConfiguredSource): Promise<ServiceSource> {
  await confirmInstallation(context, kind.kind);
  return open();
}

/**
 * Refuses another installation in place of the known one: its clients, services and invoices have the same ids, and are others. Another
 * address is that of the same installation where it shows one of the newest invoices that were made there.
 */
async function confirmInstallation(context: Context, name: string): Promise<void> {
  const configured = findConfigured(context, name);
  if (configured === null) return;
  const { address } = configured;
  const known = await readInstallation(context, name);
  if (known?.address === address) return endMoved(context, name);
  const from = known?.from ?? null;
  const lines = (await listKnownLines(context, { billing: name })).filter(({ at }) => from === null || at > from);
  const newest = lines.slice(0, MOST_INVOICES);
  const isFirst = known === null && newest.length === 0;
  if (!isFirst && !(await showsOne(context, configured, newest))) {
    const error = moved(configured, known, newest);
    await noteMoved(context, name, { address, message: error.message });
    throw error;
  }
  await storeInstallation(context, name, { address, from });
}

/** Returns a billing system of the config; null for one without an address, such as the ledger. */
function findConfigured({ config, deps }: Context, name: string): Configured | null {
  const kind = deps.billing.find((known) => known.kind === name);
  const settings = billingSettings(config, name);
  const url = settings === undefined ? undefined : kind?.address?.(settings);
  return kind === undefined || url === undefined ? null : { kind, settings, address: toAddress({ kind: name, url }) };
}

async function readInstallation({ store }: Context, name: string): Promise<Installation | null> {
  const row = (await store.conditions.list(ADDRESS)).find(({ key }) => key === `${ADDRESS}${name}`);
  return row === undefined ? null : (row.details as Installation);
}

function storeInstallation(context: Context, name: string, details: Installation): Promise<unknown> {
  const row = { key: `${ADDRESS}${name}`, since: context.now(), runs: 1, details };
  return context.write([], async ({ conditions }) => {
    await conditions.put(row);
    await conditions.end(movedKey(name));
  });
}

/** What is stored of an installation that was refused. */
interface Refused {
  address: string;
  message: string;
}

async function noteMoved(context: Context, name: string, details: Refused): Promise<void> {
  const known = await context.store.conditions.get(movedKey(name));
  if (known !== null && (known.details as Refused).address === details.address) return;
  const row = { key: movedKey(name), since: context.now(), runs: 1, details };
  await context.write([], ({ conditions }) => conditions.put(row));
}

async function endMoved(context: Context, name: string): Promise<void> {
  if ((await context.store.conditions.get(movedKey(name))) === null) return;
  await context.write([], ({ conditions }) => conditions.end(movedKey(name)));
}

/** A billing system of the config that is refused, as it may be another installation. */
export interface MovedBilling {
  name: string;
  message: string;
  /** ISO UTC. */
  since: string;
}

/** Lists the billing systems that are refused at their present addresses. Calls nothing. */
export async function listMoved(context: Context): Promise<MovedBilling[]> {
  const found = await context.store.conditions.list(movedKey(''));
  return found.flatMap(({ key, since, details }) => {
    const name = key.slice(movedKey('').length);
    const { address, message } = details as Refused;
    return findConfigured(context, name)?.address === address ? [{ name, message, since }] : [];
  });
}

/** Reports each of them in a run, once as long as it is refused. */
export async function reportMoved(context: Context, report: RunReport): Promise<void> {
  const notices = (await listMoved(context)).map(({ name, message, since }) => ({
    ...{ code: MOVED, key: `${movedKey(name)}:${since}`, panel: null, service: null, message: stated(message) },
  }));
  if (notices.length > 0) await reportNotices(context, report, notices, []);
}

async function showsOne(
  context: Context,
  { kind, settings }: Configured,
  lines: readonly KnownLine[],
): Promise<boolean> {
  if (lines.length === 0) return false;
  const system = await kind.open(settings, toBillingDependencies(context));
  try {
    const first = await readWithLine(system, lines, context.deps.signal).next();
    return first.done !== true;
  } finally {
    system.close();
  }
}

function moved({ kind }: Configured, known: Installation | null, lines: readonly KnownLine[]): SluiceError {
  const invoices = lines.map(({ invoice }) => invoice).join(', ');
  const shown =
    lines.length === 0
      ? 'nothing shows that it is the same installation'
      : `it has none of the invoices ${invoices} that were made before`;
  const message = `${kind.title} ${known === null ? 'may be another installation' : 'has another address than before'}, and ${shown}: nothing was asked for or changed there`;
  return new SluiceError(MOVED, message, { kind: 'billing', details: { billing: kind.title } });
}

/** Goes on with the billing systems at their present addresses, whatever they have of the former ones; one check for each that had another. */
export async function takeOverBilling(context: Context): Promise<Check[]> {
  const checks: Check[] = [];
  for (const { kind: name } of context.deps.billing) {
    const configured = findConfigured(context, name);
    if (configured === null || (await findMoved(context, name)) === null) continue;
    // oxlint-disable-next-line sluice/syntax -- the name of such runs in the log
    await withRun(context, { command: 'doctor --take-over', dryRun: false, scope: 'billing' }, async (run) => {
      await run.start();
      await storeInstallation(context, name, { address: configured.address, from: context.now() });
      await run.end({ outcome: 'done', changes: true });
    });
    const message = 'called at its present address from now on: end by hand what is not finished at the former one';
    checks.push(toChecks('take-over', name)('warning', message));
  }
  return checks;
}

/** Checks that each billing system is the installation that this store belongs to; nothing of one that can't be asked. */
export async function addressChecks(context: Context): Promise<Check[]> {
  const found = await Promise.all(context.deps.billing.map(({ kind }) => findMoved(context, kind)));
  return found
    .filter((error) => error !== null)
    .map(({ message, details: { billing } }) => {
      const named = String(billing);
      return { ...toChecks('address', named)('failed', message, MOVED), details: { billing: named } };
    });
}

async function findMoved(context: Context, name: string): Promise<SluiceError | null> {
  try {
    await confirmInstallation(context, name);
    return null;
  } catch (error) {
    return error instanceof SluiceError && error.code === MOVED ? error : null;
  }
}
