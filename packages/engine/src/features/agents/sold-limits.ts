import type { AgentList } from '@sluice/panel-kind';
import type { StoreTables } from '@sluice/state-store';
import { group } from '../../base/lifecycle.js';
import { findAllowance } from '../../loop/load.js';
import type { AgentsOnPanel } from './open-agents.js';

/**
 * Returns what services are sold whose users the panel lets use as much as they want, by user. Where limits of agents count what is
 * sold, a limit that is lifted for a protection, by a release until a date or by an override counts as what it was before: the lift
 * is the provider's.
 */
export async function readSold(
  { context: { config }, name: panel, agents }: Pick<AgentsOnPanel, 'context' | 'name' | 'agents'>,
  list: AgentList,
  tables: Pick<StoreTables, 'services' | 'overrides' | 'cycles' | 'purchases'>,
): Promise<Map<string, number>> {
  const sold = new Map<string, number>();
  if (agents.semantics.accounting !== 'allocated') return sold;
  const unlimited = new Set(agents.listUnlimited(list));
  if (unlimited.size === 0) return sold;
  const services = (await tables.services.list({ panel })).filter((service) =>
    unlimited.has(agents.getServiceUser(service) ?? ''),
  );
  const ids = services.map(({ id }) => id);
  const overrides = group(await tables.overrides.open(ids));
  const cycles = group(await tables.cycles.newest(ids));
  const purchases = group(await tables.purchases.list({ services: ids, status: 'paid' }));
  for (const service of services) {
    const override = overrides.get(service.id)?.[0] ?? null;
    const found = findAllowance(config, {
      service,
      override: override === null ? null : { ...override, unlimited: false },
      cycle: cycles.get(service.id)?.[0] ?? null,
      purchases: purchases.get(service.id) ?? [],
    });
    const user = agents.getServiceUser(service);
    if (user !== null && found?.mode === 'TOTAL' && found.allowance.kind === 'limited')
      sold.set(user, found.allowance.allowedBytes);
  }
  return sold;
}
