import type { ItemError, Panel } from '@sluice/panel-kind';
import { type RaisedLimit, raiseKey } from '@sluice/quota-core';
import type { CycleRecord, PurchaseRecord, ServiceRecord } from '@sluice/state-store';
import { readUntold } from '../context/change-holds.js';
import { findEntry, listLimits } from '../base/config/find-entry.js';
import type { Config } from '../base/config/schema.js';
import type { Enforcements } from '../context/enforcement.js';
import { computeAllowance, type ComputedAllowance, findMode } from '../kernel/subject/allowance.js';
import { hasAccount, NO_ACCOUNT } from '../kernel/subject/account.js';
import { type Termination, terminationsIn, UNFINISHED } from '../kernel/subject/termination.js';
import type { Context } from '../context/context.js';
import { group } from '../base/lifecycle.js';
import { findObjectsSince, findTakenOver } from '../kernel/subject/former.js';
import { findFormerHistories, loadHistory } from '../kernel/subject/history.js';
import { findAction, readToRestrict } from '../kernel/subject/holds.js';
import { withRefusedOf } from '../kernel/subject/figures.js';
import { findSkip } from '../kernel/subject/skip.js';
import { forSource } from '../kernel/subject/source.js';
import { readLifted } from '../kernel/subject/lifts.js';
import { type LimitsBefore, loadLimits, NO_LIMITS } from '../kernel/subject/limits-before.js';
import type { Loaded, Read, Stage, ToRestrict } from '../kernel/subject/stages.js';
import { describeUnknownProduct, onOneLine, toLoaded, UNKNOWN_PRODUCT, withError } from '../kernel/subject/to-stage.js';
import { COMMAND_PREFIX, isCommandRow, isDelivery } from '../kernel/subject/command-row.js';
import { UNPLACED, NO_PLACE, placeInCycle, earlierCycles, countFromStarts } from './place.js';

/** Options of `load`. */
export interface LoadOptions {
  enforcements: Enforcements;
  /** Load for a command: no service is skipped, so that a new account has its quota from the start. */
  ordered?: boolean;
  now?: string;
}

/**
 * Loads the stored state of services, with cycle, mode, action and allowance of each. Runs skip services that are not metered
 * (pending, vanished, …).
 */
export async function load(
  context: Context,
  panel: Pick<Panel, 'name' | 'kind' | 'accounts' | 'agents'> & { readonly plausibility?: Panel['plausibility'] },
  services: ServiceRecord[],
  { enforcements, ordered = false, now = context.now() }: LoadOptions,
): Promise<Loaded[]> {
  const { config } = context;
  const stored = await loadStored(context, panel, services, { now, ordered });
  // A service whose product is missing in the config keeps what is known of its limits.
  const isLimited = ({ product }: ServiceRecord): boolean =>
    findEntry(config.products, product) === undefined || listLimits(config, product).length > 0;
  const limited = services.filter(isLimited);
  const recorded = (id: string): CycleRecord | null => stored.cycles.get(id)?.[0] ?? null;
  const limits =
    limited.length === 0
      ? new Map<string, LimitsBefore>()
      : await loadLimits(context, panel, limited, { recorded, now });
  const loaded = services.map((service) => {
    const configured = findEntry(config.products, service.product);
    const product = configured ?? { ...EMPTY_PRODUCT, panel: service.panel };
    const rows = findRows(stored, service.id);
    const account = panel.agents?.getServiceUser(service) ?? null;
    const { override, termination } = rows;
    const mode = findMode(service, override, configured);
    const skipped = ordered ? null : findSkipped({ service, product, termination }, { panel, config, now });
    const error = configured ? null : unknownProduct(service);
    const before = limits.get(service.id) ?? NO_LIMITS;
    const isPlaced = error === null && skipped === null;
    const placed = isPlaced
      ? placeInCycle({ service, product, recorded: rows.recorded, ...toKnown(stored, service.id) }, now, context)
      : UNPLACED;
    const computed = isPlaced
      ? computeAllowance({ override, purchases: rows.purchases, ...placed.placement, service, product, mode })
      : NO_ALLOWANCE;
    return toLoaded({
      service,
      disabledForAgent: account !== null && stored.disabledForAgents.has(account),
      countedBytes: stored.counted.get(account ?? '') ?? null,
      product,
      enforcement: enforcements.of(service.panel, service.product),
      mode,
      limitsBefore: before.limits,
      awaited: isPlaced ? before.awaited : null,
      action: findAction(panel.kind, { override, product: configured, holds: rows.holds }),
      allowance: computed.allowance,
      skipped,
      error: onOneLine(error ?? placed.error ?? computed.error),
      ...rows,
      ...placed.placement,
      cycle: forSource(panel, service, placed.placement.cycle),
    });
  });
  return countFromStarts(context, loaded);
}

function unknownProduct(service: ServiceRecord): ItemError {
  return { code: UNKNOWN_PRODUCT, message: describeUnknownProduct(service) };
}

type StoredRows = Awaited<ReturnType<typeof loadStored>>;

/** Loads the rows of services, grouped by service. */
async function loadStored(
  context: Context,
  panel: Pick<Panel, 'name' | 'kind' | 'accounts' | 'agents'>,
  services: ServiceRecord[],
  { now, ordered }: { now: string; ordered: boolean },
) {
  const { store } = context;
  const ids = services.length > 2000 ? undefined : services.map((service) => service.id);
  const scope = ids === undefined ? { panel: panel.name } : { services: ids };
  const overrides = group(await store.overrides.open(ids));
  const cycles = group(await store.cycles.newest(ids));
  const lasting = await store.holds.lasting(scope);
  const holds = group(lasting.filter(({ until }) => until === null));
  const isLasting = new Set(lasting.map(({ id }) => id));
  const untold = (await readUntold(store)).filter(({ id }) => !isLasting.has(id));
  const ended = group([...lasting.filter(({ until }) => until !== null), ...untold]);
  const noted = group([...(await readToRestrict(store))].map(([id, one]) => ({ id, ...one })));
  const toRestrict = new Map([...noted].map(([id, rows]) => [id, new Map(rows.map((row) => [row.id, row]))]));
  const evidence = group(await store.evidence.open(scope));
  const ofAgents = panel.agents === undefined ? [] : await store.evidence.open({ agentsOf: panel.name });
  const disabledForAgents = new Set(ofAgents.map(({ target }) => target));
  const counted = await readCounted(context, panel, ids === undefined ? undefined : services);
  const unresolved = group(await store.actions.unresolved(scope));
  const paid = { status: 'paid' } as const;
  const purchases = group(await store.purchases.list(ids === undefined ? paid : { services: ids, ...paid }));
  const lifted = panel.kind.keepsQuota === true ? await readLifted(store, panel.name) : NONE;
  const isOpen = (id: string): boolean => evidence.has(id) || unresolved.has(id) || lifted.has(id);
  const history = await loadHistory(context, panel, services, { ordered, isOpen });
  const earlier = await earlierCycles(context, cycles, now);
  const uncounted = services.filter(({ id }) => cycles.get(id)?.[0]?.counter == null);
  const takenOver = uncounted.length === 0 ? NONE : await findTakenOver(context, panel, uncounted);
  const former = await findFormerHistories(context, panel, { services, history });
  const isOfWindows = panel.kind.capabilities.includes('window-usage');
  const objectsSince = isOfWindows ? await findObjectsSince(context, panel, { services, cycles }) : NO_OBJECTS;
  const left = [...unresolved.values()].flat();
  const terminations = left.length === 0 ? new Map<string, Termination>() : await terminationsIn(context, left);
  return {
    overrides,
    cycles,
    holds,
    ended,
    toRestrict,
    evidence,
    lifted,
    disabledForAgents,
    counted,
    unresolved,
    purchases,
    history,
    earlier,
    takenOver,
    former,
    objectsSince,
    terminations,
  };
}

/**
 * Returns what the accounts of services (of all where none are given) count where limits of agents count what is sold, by account:
 * as last read, or as it was reserved since.
 */
async function readCounted(
  { store }: Context,
  { name: panel, agents }: Pick<Panel, 'name' | 'agents'>,
  services: readonly ServiceRecord[] | undefined,
): Promise<ReadonlyMap<string, number>> {
  if (agents?.rules.accounting !== 'allocated') return new Map();
  if ((await store.agents.list(panel)).every(({ limitBytes }) => limitBytes === null)) return new Map();
  const keys = services?.flatMap((service) => agents.getServiceUser(service) ?? []);
  const entries = await store.agentUsers.list({ panel, ...(keys === undefined ? {} : { keys }) });
  const reserved = new Map((await store.agentReservations.live(panel)).map(({ uuid, wanted }) => [uuid, wanted]));
  const toReserved = (key: string): number =>
    (reserved.get(raiseKey(key)) as Partial<RaisedLimit> | undefined)?.limitBytes ?? 0;
  return new Map(entries.map(({ key, limitBytes }) => [key, Math.max(limitBytes, toReserved(key))]));
}

/** What most services have: it is shared, since a run loads each of ten thousands of services. */
const NOTHING_TO_RESTRICT: ToRestrict = new Map();
const NONE: ReadonlySet<string> = new Set();
const NO_OBJECTS: ReadonlyMap<string, string> = new Map();

/** Returns the rows of one service. */
function findRows(stored: StoredRows, id: string) {
  return {
    override: stored.overrides.get(id)?.[0] ?? null,
    recorded: stored.cycles.get(id)?.[0] ?? null,
    purchases: stored.purchases.get(id) ?? [],
    holds: stored.holds.get(id) ?? [],
    ended: stored.ended.get(id) ?? [],
    toRestrict: stored.toRestrict.get(id) ?? NOTHING_TO_RESTRICT,
    evidence: stored.evidence.get(id) ?? [],
    lifted: stored.lifted.has(id),
    takenOver: stored.takenOver.has(id),
    former: stored.former.get(id) ?? null,
    unresolved: (stored.unresolved.get(id) ?? []).filter((action) => !isCommandRow(action)),
    creating: (stored.unresolved.get(id) ?? []).some(({ type }) => type === `${COMMAND_PREFIX}create`),
    delivering: (stored.unresolved.get(id) ?? []).some(isDelivery),
    history: stored.history.get(id) ?? { checkpoint: null, decision: null, recent: [], removed: 0 },
    termination: stored.terminations.get(id) ?? null,
  } satisfies Partial<Loaded>;
}

/** Returns what decides on the cycle of a service besides its newest one. */
function toKnown({ earlier, objectsSince }: StoredRows, id: string) {
  return { earlier: earlier.get(id) ?? [], objectSince: objectsSince.get(id) ?? null };
}

const NO_ALLOWANCE: ComputedAllowance = { allowance: null, error: null };

const EMPTY_PRODUCT = {
  quotaPeriod: 'billing',
  packages: [],
  allowSharedPorts: false,
  provision: 'manual',
  terminate: 'manual',
} as const satisfies Partial<Loaded['product']>;

/** Returns why runs skip a service; null where they meter it. */
export function findSkipped(
  { service, product, termination }: Pick<Loaded, 'service' | 'product' | 'termination'>,
  { panel, config, now }: { panel: Pick<Panel, 'kind' | 'accounts'>; config: Config; now: string },
): string | null {
  if (termination !== null) return UNFINISHED;
  const { status: lifecycle, nextDueDate } = service;
  const named = { panel: service.panel, product: service.product, lifecycle, nextDueDate };
  const skip = findSkip(config, named, now);
  if (skip !== null) return skip;
  const isToCome = product.provision === 'auto' && panel.accounts !== undefined && !hasAccount(panel.kind, service);
  return isToCome ? NO_ACCOUNT : null;
}

/** Returns the service in its recorded cycle, ignoring what follows from the clock alone. */
export function stayInCycle(read: Read): Read {
  const stayed = { ...read, ...NO_PLACE, cycle: withRefusedOf(read.recorded, read.cycle) };
  if (stayed.cycle === null) return stayed;
  const { allowance, error } = computeAllowance(stayed);
  return withError({ ...stayed, allowance: allowance ?? read.allowance }, error);
}

/** Returns the service with other purchases, and the allowance that follows. */
export function withPurchases<S extends Read<Stage>>(read: S, purchases: readonly PurchaseRecord[]): S {
  const computed = computeAllowance({ ...read, purchases });
  return { ...read, purchases, allowance: computed.allowance ?? read.allowance };
}
