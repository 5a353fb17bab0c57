import type { Check } from '@sluice/contract/documents';
import { SluiceError, toItemError } from '@sluice/panel-kind';
import type { ActionRecord } from '@sluice/state-store';
import { toBillingDependencies } from '../billing/open-billing.js';
import { addressChecks } from '../billing/billing-address.js';
import { elsewhereChecks } from '../purchases/billed-elsewhere.js';
import { billingSections, billingSettings } from '../../base/config/find-entry.js';
import { toHoldsFilePath, isHoldsFileStale } from '../../context/holds-file.js';
import { whoHolds } from '../../context/leases.js';
import type { Context } from '../../context/context.js';
import { toChecks } from '../../base/check.js';
import { clockChecks } from './clock-checks.js';
import { acceptClock, confirmedClockChecks } from './confirmed-clock.js';
import { isCommandRow, COMMAND_PREFIX } from '../../kernel/subject/command-row.js';
import { listFacts } from '../services/sync/apply-fills.js';
import { toActionView } from '../../kernel/subject/views.js';
import { findFileBeside } from '../store/file-beside.js';
import { storeSizeChecks } from '../store/store-size.js';
import { doubtChecks, doubtedHoldChecks, fallenChecks } from './doubt-checks.js';
import { holdChecks } from './hold-checks.js';
import { nextReadingChecks } from './next-reading-checks.js';
import { noticeChecks } from './notice-checks.js';
import { panelChecks } from './panel-checks.js';
import { queueChecks } from '../queue/read-queue.js';
import { scheduleChecks } from './schedule-checks.js';
import { takeOver } from './take-over.js';
import { serviceChecks } from './service-checks.js';

/** Options of `doctor`. */
export interface DoctorRequest {
  panel?: string | undefined;
  /** Also reads every endpoint and checks the mapping of every service. */
  contract?: boolean | undefined;
  /** Confirms that the clock is right. */
  acceptClock?: boolean | undefined;
  /** Ends that this store changes nothing on panels that a copy of it changes, from now on; `panel`: only that one. */
  takeOver?: boolean | undefined;
  /** The store is a stand-in for one that can't be used: only panels and services are checked. */
  standInFor?: BrokenStore | undefined;
}

/** A store that can't be used. */
export interface BrokenStore {
  location: string;
  /** What was thrown. */
  error: unknown;
  /** Whether the stand-in has its services and switches. */
  isRead: boolean;
}

/** Checks store, clock, leases, panels and last runs; problems are returned, not thrown. */
export async function runDoctor(context: Context, request: DoctorRequest): Promise<{ ok: boolean; checks: Check[] }> {
  const panels = request.panel === undefined ? Object.keys(context.config.panels) : [request.panel];
  const taken = request.takeOver === true ? await takeOver(context, request.panel) : [];
  const ofPanels: Check[] = [...inSection('store', taken)];
  for (const name of panels) {
    const of = { contract: request.contract === true, isStoreRead: request.standInFor?.isRead ?? true };
    ofPanels.push(...inSection(`panel ${name}`, await panelChecks(context, name, of)));
  }
  // One panel was asked for.
  const billing =
    request.panel === undefined
      ? [
          ...(await billingChecks(context, request.contract === true)),
          ...(await addressChecks(context)),
          ...(await elsewhereChecks(context)),
        ]
      : [];
  const accepted = request.acceptClock === true ? await acceptClock(context) : null;
  const own: Check[] =
    request.standInFor !== undefined
      ? inSection('store', [brokenStore(request.standInFor)])
      : [
          ...inSection('store', await storeChecks(context)),
          ...inSection('queue', await queueChecks(context)),
          ...inSection('runs', [
            ...(await clockChecks(context, panels)),
            ...(await confirmedClockChecks(context, { accepted, panels })),
            ...(await leaseChecks(context)),
            ...(await nextReadingChecks(context)),
            ...(await runChecks(context)),
          ]),
        ];
  const checks = [
    ...own,
    ...inSection('services', [
      ...(await serviceChecks(context, request.panel)),
      ...(await doubtChecks(context, request.panel)),
      ...(await fallenChecks(context, request.panel)),
      ...(await doubtedHoldChecks(context, request.panel)),
      ...(await holdChecks(context, request.panel)),
    ]),
    ...inSection('billing', billing),
    ...(request.standInFor !== undefined || request.panel !== undefined
      ? []
      : [...inSection('notices', await noticeChecks(context)), ...inSection('upgrade', await changedChecks(context))]),
    ...ofPanels,
  ];
  return { ok: !checks.some((check) => check.status === 'failed'), checks };
}

function inSection(section: string, checks: readonly Check[]): Check[] {
  return checks.map((check) => ({ ...check, section }));
}

function brokenStore({ location, error }: BrokenStore): Check {
  const { code, message } = toItemError(error);
  const details = Object.entries(error instanceof SluiceError ? error.details : {});
  const named = details.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return { name: 'store', object: location, status: 'failed', message, code, details: Object.fromEntries(named) };
}

async function storeChecks(context: Context): Promise<Check[]> {
  const { store, deps, config } = context;
  const checks: Check[] = (await store.maintenance.check()).map((check) => ({ ...check, name: `store ${check.name}` }));
  checks.push(...(await storeSizeChecks(context)));
  const beside = await findFileBeside(context);
  if (beside !== null) checks.push(toChecks('store', beside.file)('warning', beside.message, beside.code));
  if (await isHoldsFileStale(store, deps.files, config.stateFolder)) {
    const check = toChecks('holds file', toHoldsFilePath(store.location, config.stateFolder));
    checks.push(check('warning', 'it does not list the current open holds; the next poll updates it'));
  }
  return checks;
}

/** Names what became stricter since an earlier version of the store. */
async function changedChecks(context: Context): Promise<Check[]> {
  const { store, config, deps } = context;
  const { upgradeChecks } = await import('../upgrade/upgrade-checks.js');
  const { kinds, billing } = deps;
  return upgradeChecks({ config, kinds, billing, past: await store.maintenance.past(), now: context.now() });
}

async function leaseChecks(context: Context): Promise<Check[]> {
  const leases = await context.store.leases.list();
  const now = context.now();
  return leases.map((lease) => {
    const alive = context.deps.isAlive(lease.owner) && lease.expiresAt > now;
    const who = whoHolds(lease);
    const check = toChecks('lease', lease.name);
    return check('ok', alive ? `held by ${who}` : `left behind by ${who}; the next run replaces it`);
  });
}

async function runChecks(context: Context): Promise<Check[]> {
  const checks = await scheduleChecks(context);
  const unresolved = await context.store.actions.unresolved();
  for (const action of unresolved) {
    checks.push({
      name: 'action in doubt',
      object: `${action.service ?? action.panel}, ${toActionView((panel) => context.findKind(panel), action).name}`,
      status: 'warning',
      ...describeAction(action),
    });
  }
  return checks;
}

/** An interrupted command is finished by repeating it; its changes are resolved by any run. */
function describeAction(action: ActionRecord): Pick<Check, 'message' | 'code' | 'details'> {
  const since = `${action.state} since ${action.plannedAt}`;
  if (isCommandRow(action)) {
    const details = { verb: action.type.slice(COMMAND_PREFIX.length), service: action.service ?? '' };
    return {
      message: `${since}; the command is not finished: it was interrupted, or a change of it was refused`,
      code: 'command_unfinished',
      details,
    };
  }
  if (action.state !== 'in-doubt') return { message: `${since}; the next poll resolves it by reading the panel` };
  return { message: `${since} (${action.id})`, code: 'outcome_unknown', details: { action: action.id } };
}

/** Checks the configured billing systems. The ledger is a part of the store. */
async function billingChecks(context: Context, contract: boolean): Promise<Check[]> {
  const checks: Check[] = [];
  for (const system of context.deps.billing) {
    const settings = billingSettings(context.config, system.kind);
    if (settings === undefined || system.check === undefined) continue;
    const products = Object.values(context.config.products);
    const use = {
      orders: products.some(({ provision }) => provision === 'auto'),
      credentials: products.some(({ credentials }) => credentials?.writeTo === system.kind),
      bills: context.config.billing === system.kind,
      products: billingSections(context.config, system.kind),
      facts: listFacts(context),
      contract,
      signal: context.deps.signal,
    };
    try {
      const found = await system.check(settings, toBillingDependencies(context), use);
      checks.push(...found.map((check) => ({ ...check, object: system.kind })));
    } catch (error) {
      const { code, message } = toItemError(error);
      checks.push(toChecks('billing system', system.kind)('failed', message, code));
    }
  }
  return checks;
}
