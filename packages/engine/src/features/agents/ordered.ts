import type { AgentRecords, PanelAgents } from '@sluice/panel-kind';
import { type RaisedLimit, raiseKey } from '@sluice/quota-core';
import type {
  AgentReservationRecord,
  AgentUserRecord,
  CycleRecord,
  OverrideRecord,
  PurchaseRecord,
  ServiceRecord,
  StoreTables,
} from '@sluice/state-store';
import { isOfClient } from '../../base/is-of-client.js';
import { group, hasEnded } from '../../base/lifecycle.js';
import type { Context } from '../../context/context.js';
import { findSold } from '../../kernel/subject/allowance.js';
import { listAgentChain } from './stored.js';

/** How long a paid package may be missing on the panel before its room is given up. */
const LONGEST_MISSING_MS = 30 * 86_400_000;

type Tables = Omit<StoreTables, 'write'>;

/**
 * Returns what clients have ordered or paid and the panel does not show yet, as reservations under the agents of their users: a package
 * keeps its room from its order until the panel has it, the order is cancelled, or its cycle ends. They are computed from the
 * purchases, and never stored. `changed` are entries of the ledger that are not stored yet.
 */
export async function readOrdered(
  { context, name: panel, agents }: { context: Context; name: string; agents: PanelAgents },
  records: AgentRecords,
  tables: Tables,
  changed: readonly AgentUserRecord[] = [],
): Promise<AgentReservationRecord[]> {
  if (records.agents.every(({ limitBytes }) => limitBytes === null)) return [];
  const purchases = await readPurchases(context, tables);
  if (purchases.size === 0) return [];
  const services = await tables.services.list({ panel, ids: [...purchases.keys()] });
  const ids = services.map(({ id }) => id);
  const cycles = group(await tables.cycles.newest(ids));
  const overrides = group(await tables.overrides.open(ids));
  const users = services.flatMap((service) => agents.getServiceUser(service) ?? []);
  const stored = await tables.agentUsers.list({ panel, keys: users });
  const entries = new Map([...stored, ...changed].map((entry) => [entry.key, entry]));
  return services.flatMap((service) => {
    const entry = entries.get(agents.getServiceUser(service) ?? '');
    const cycle = cycles.get(service.id)?.[0];
    if (entry === undefined || cycle === undefined || cycle.end <= context.now()) return [];
    const own = (purchases.get(service.id) ?? []).filter((row) => countsFor(row, service, cycle));
    const override = overrides.get(service.id)?.[0] ?? null;
    return reserve(context, { service, cycle, override, own, entry }, records);
  });
}

/** Returns purchases that the panel may not show yet, by service. */
async function readPurchases({ deps }: Context, { purchases }: Tables): Promise<Map<string, PurchaseRecord[]>> {
  const paidSince = new Date(deps.clock.now() - LONGEST_MISSING_MS).toISOString();
  const pending = await purchases.list({ status: 'pending' });
  return group([...pending, ...(await purchases.list({ status: 'paid', paidSince }))]);
}

/** An order of a former client, of a cycle that is over, or of a service that has ended is not for the service any more. */
function countsFor(row: PurchaseRecord, service: ServiceRecord, open: CycleRecord): boolean {
  if (hasEnded(service)) return false;
  return row.status === 'paid' || (row.cycle === open.id && isOfClient(row, service.client));
}

/** Begins the key of what is reserved for orders. */
const ORDERED = 'ordered:';

/** Returns what a reservation is for: a new user, the raise of one, or the packages that its client has ordered. */
export function toReservationKind({ uuid, wanted }: AgentReservationRecord): 'creation' | 'raise' | 'order' {
  if (uuid.startsWith(ORDERED)) return 'order';
  return typeof wanted === 'object' && wanted !== null && 'raises' in wanted ? 'raise' : 'creation';
}

/** A service with its orders, and its user in the ledger of its agent. */
interface Ordered {
  service: ServiceRecord;
  cycle: CycleRecord;
  override: OverrideRecord | null;
  own: readonly PurchaseRecord[];
  entry: AgentUserRecord;
}

function reserve(
  { config }: Context,
  { service, cycle, override, own, entry }: Ordered,
  records: AgentRecords,
): AgentReservationRecord[] {
  const { key: user, owner, panel, limitBytes: shownBytes } = entry;
  if (owner === null || entry.gone || own.length === 0) return [];
  const purchases = own.map((row) => ({ ...row, status: 'paid' as const }));
  const { limited } = findSold(config, { service, cycle, override, purchases });
  if (limited === null) return [];
  const { allowedBytes, extraBytes } = limited;
  const raised = records.reservations.find(({ uuid, state }) => uuid === raiseKey(user) && state !== 'closed');
  const knownBytes = Math.max(shownBytes, (raised?.wanted as Partial<RaisedLimit> | undefined)?.limitBytes ?? 0);
  const bytes = Math.min(extraBytes, allowedBytes - knownBytes);
  if (bytes <= 0) return [];
  const at = own.map((row) => row.at).sort()[0] ?? '';
  return [
    {
      ...{ panel, uuid: `${ORDERED}${user}`, agent: owner, chain: listAgentChain(owner, records), bytes },
      ...{ leftBytes: bytes, state: 'open', createdAt: at, expiresAt: cycle.end, holder: null, seenAt: null },
      ...{ confirmedAt: null, closedAt: null, outcome: null },
      wanted: { raises: user, limitBytes: allowedBytes, untilBytes: entry.totalBytes + bytes },
    },
  ];
}
