import { staffText } from '@sluice/messages/staff';
import type { AgentList, AgentRecords, PanelAgents, RecordedAgents } from '@sluice/panel-kind';
import { isEnforced } from '@sluice/quota-core/agents';
import type { AgentUserRecord, OverrideRecord, ServiceRecord, StoreTables } from '@sluice/state-store';
import { findEntry } from '../../base/config/find-entry.js';
import { group, isLiving } from '../../base/lifecycle.js';
import { hasLift } from '../../kernel/subject/holds.js';
import { readLifted } from '../../kernel/subject/lifts.js';
import { describeUnknownProduct } from '../../kernel/subject/to-stage.js';
import { type Notice, serviceNotice } from '../../kernel/run/notice.js';
import { findSold } from '../../kernel/subject/allowance.js';
import type { AgentsOnPanel } from './open-agents.js';
import type { SoldRaise } from './sold-raises.js';
import type { AgentPlan } from './agent-plan.js';

/** A service whose limit on the panel is lifted, while what it is sold is not known. */
export interface UnknownSold {
  service: ServiceRecord;
  user: string;
  /** What it was sold when that was last known, and counts now; null where it counts its usage alone. */
  lastBytes: number | null;
  why: string;
}

/** What users without a limit on the panel count for their agents. */
export interface SoldLimits {
  /** In place of the panel's figure, by user; of what is sold more during a lift, what counted before. */
  sold: ReadonlyMap<string, number>;
  raised: readonly SoldRaise[];
  unknown: readonly UnknownSold[];
}

/**
 * Returns what services are sold whose users the panel lets use as much as they want. Where limits of agents count what is sold, a
 * limit that is lifted for a protection, by a release until a date or by an override counts as what it was before: the lift is the
 * provider's. Where that is not known any more, what was last counted counts on: the size of a lift restricts nobody.
 */
export async function readSold(
  { context, name: panel, agents }: Pick<AgentsOnPanel, 'context' | 'name' | 'agents'>,
  { list, users }: { list: AgentList; users: readonly AgentUserRecord[] },
  tables: Pick<StoreTables, 'services' | 'overrides' | 'cycles' | 'purchases' | 'conditions'>,
): Promise<SoldLimits> {
  const sold = new Map<string, number>();
  const raised: SoldRaise[] = [];
  const unknown: UnknownSold[] = [];
  const shown = agents.rules.accounting === 'allocated' ? (agents.listUnlimited?.(list) ?? NOBODY) : NOBODY;
  if (shown.size === 0) return { sold, raised, unknown };
  const all = await tables.services.list({ panel });
  const services = all.filter((service) => shown.has(agents.getServiceUser(service) ?? ''));
  const ids = services.map(({ id }) => id);
  const overrides = group(await tables.overrides.open(ids));
  const cycles = group(await tables.cycles.newest(ids));
  const purchases = group(await tables.purchases.list({ services: ids, status: 'paid' }));
  const last = new Map(users.map(({ key, limitBytes }) => [key, limitBytes]));
  for (const service of toOnePerUser(agents, services)) {
    const user = agents.getServiceUser(service) ?? '';
    const override = overrides.get(service.id)?.[0] ?? null;
    const { found, limited } = findSold(context.config, {
      service,
      override,
      cycle: cycles.get(service.id)?.[0] ?? null,
      purchases: purchases.get(service.id) ?? [],
    });
    const shownBytes = shown.get(user)?.limitBytes ?? 0;
    const toBytes = limited?.allowedBytes ?? (isGranted(found) ? shownBytes : null);
    const before = last.get(user) ?? null;
    if (toBytes !== null && before !== null && before < Math.min(toBytes, shownBytes)) {
      sold.set(user, before);
      raised.push({ service, user, fromBytes: before, toBytes, lift: toLift(service, override) });
    } else if (limited !== null) sold.set(user, limited.allowedBytes);
    else {
      const lifted = hasLift({ config: context.config, now: context.now() }, service, override);
      const counted = countUnknown(found, { lifted, shown: shownBytes, last: before });
      if (counted === null) continue;
      sold.set(user, counted.lastBytes ?? 0);
      const isMissing = findEntry(context.config.products, service.product) === undefined;
      const why = isMissing ? describeUnknownProduct(service) : describeUnknown(found);
      unknown.push({ service, user, lastBytes: counted.lastBytes, why });
    }
  }
  const lifted = await readLifted(tables, panel);
  const isLost = (service: ServiceRecord): boolean => lifted.has(service.id) && !services.includes(service);
  if (all.some(isLost)) {
    const named = new Set(services.map((service) => agents.getServiceUser(service)));
    for (const [user, bytes] of listRenamed(shown, { named, users })) sold.set(user, bytes);
  }
  return { sold, raised, unknown };
}

const NOBODY: ReturnType<NonNullable<PanelAgents['listUnlimited']>> = new Map();

/**
 * Returns what users without a limit count that no service names, while services whose limit is lifted name users that the panel does
 * not show: they may have another uuid since, so that each counts as it last did.
 */
function listRenamed(
  shown: ReturnType<NonNullable<PanelAgents['listUnlimited']>>,
  { named, users }: { named: ReadonlySet<string | null>; users: readonly AgentUserRecord[] },
): [user: string, countedBytes: number][] {
  const byKey = new Map(users.map((entry) => [entry.key, entry]));
  const byNumber = new Map(users.map((entry) => [entry.panelId, entry]));
  return [...shown].flatMap(([user, { limitBytes, panelId }]): [string, number][] => {
    const before = named.has(user) ? undefined : (byKey.get(user) ?? byNumber.get(panelId));
    return before === undefined || before.limitBytes >= limitBytes ? [] : [[user, before.limitBytes]];
  });
}

type FoundAllowance = ReturnType<typeof findSold>['found'];

/** Returns one service of each user: a living one where there is one. */
function toOnePerUser(agents: PanelAgents, services: readonly ServiceRecord[]): ServiceRecord[] {
  const byUser = new Map<string, ServiceRecord>();
  for (const service of services) {
    const user = agents.getServiceUser(service) ?? '';
    if (!byUser.has(user) || isLiving(service)) byUser.set(user, service);
  }
  return [...byUser.values()];
}

/** Whether the config grants a quota, or none that restricts. */
function isGranted(found: FoundAllowance): boolean {
  return found !== null && found.allowance.kind !== 'unmanaged';
}

/** Returns what a lift is known by. */
function toLift({ protectedUntil, quotaReleasedUntil }: ServiceRecord, override: OverrideRecord | null): string {
  return [protectedUntil, quotaReleasedUntil, override?.unlimited === true ? override.id : null].join('/');
}

/**
 * Returns what a user without a limit counts whose service is sold no known figure. Null where the panel's figure counts: the config
 * grants it, or staff set it for a service without a quota.
 */
function countUnknown(
  found: FoundAllowance,
  { lifted, shown, last }: { lifted: boolean; shown: number; last: number | null },
): Pick<UnknownSold, 'lastBytes'> | null {
  if (isGranted(found)) return null;
  // After its end a lift stays on the panel until the next run, and longer where no quota is known.
  if (last !== null && last < shown) return { lastBytes: last === 0 ? null : last };
  const isCounted = found !== null || last !== null;
  return !lifted && isCounted ? null : { lastBytes: null };
}

function describeUnknown(found: FoundAllowance): string {
  return staffText(found === null ? 'staff.agent.soldUnknown.notComputed' : 'staff.agent.soldUnknown.noQuota');
}

/** Returns a notice for each service of which it is not known what it is sold, below an agent whose limit counts that. */
export function listUnknownSold({
  unknownSold,
  plan,
  recorded,
  records,
}: {
  unknownSold: SoldLimits['unknown'];
  plan: Pick<AgentPlan, 'serviceUsers'>;
  recorded: Pick<RecordedAgents, 'standing'>;
  records: Pick<AgentRecords, 'agents'>;
}): Notice[] {
  return unknownSold.flatMap(({ service, user, lastBytes, why }) => {
    const chain = plan.serviceUsers.find(({ uuid }) => uuid === user)?.chain ?? [];
    const limited = chain.filter((agent) => isEnforced(recorded.standing.get(agent) ?? { rule: 'missing' }));
    if (limited.length === 0) return [];
    const names = records.agents.filter(({ uuid }) => limited.includes(uuid)).map(({ name }) => `"${name}"`);
    const counts =
      lastBytes === null
        ? staffText('staff.agent.soldUnknown.used')
        : staffText('staff.agent.soldUnknown.before', { bytes: { bytes: lastBytes } });
    const values = { service: service.id, why, counts, agents: names.join(', ') };
    const message = staffText('staff.agent.soldUnknown', values);
    const key = [why, lastBytes ?? '', service.protectedUntil ?? '', service.quotaReleasedUntil ?? ''];
    return [serviceNotice(service, 'sold_unknown', message, ...key)];
  });
}
