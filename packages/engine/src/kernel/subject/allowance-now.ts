import type {
  CycleRecord,
  DecisionRecord,
  OverrideRecord,
  PurchaseRecord,
  ServiceRecord,
  StoreTables,
} from '@sluice/state-store';
import { group, isLiving } from '../../base/lifecycle.js';
import type { Context } from '../../context/context.js';
import { allowedView } from './views.js';
import { findAllowance, withAllowance } from './allowance.js';

/** What is stored about a service. */
interface Facts {
  service: ServiceRecord;
  decision: DecisionRecord | null;
  override: OverrideRecord | null;
  purchases: readonly PurchaseRecord[];
  /** Its newest cycle. */
  cycle: CycleRecord | null;
}

/** The last decision with the allowance of now, and whether a run decided with that. */
export interface AllowanceNow {
  decision: DecisionRecord | null;
  decided: boolean;
}

/**
 * Returns the last decision about a service with its mode and allowance as the config, its override and its paid purchases make
 * them now: the only place that all documents have them from. Before the first decision, and once the service has ended, there is
 * nothing to change.
 */
export function withAllowanceNow({ config }: Context, { service, decision, ...facts }: Facts): AllowanceNow {
  if (decision === null || decision.allowance === null || !isLiving(service)) return { decision, decided: true };
  const now = findAllowance(config, { service, ...facts });
  if (now === null) return { decision, decided: true };
  const [before, after] = [decision.allowance, now.allowance].map((each) => JSON.stringify(allowedView(each)));
  return before === after ? { decision, decided: true } : { decision: withAllowance(decision, now), decided: false };
}

/** Returns the last decisions about services with the allowances of now, by service; `store`: as a transaction sees it. */
export async function allowancesNow(
  context: Context,
  services: readonly ServiceRecord[],
  store: Pick<StoreTables, 'decisions' | 'cycles' | 'overrides' | 'purchases'> = context.store,
): Promise<Map<string, AllowanceNow>> {
  const ids = services.map(({ id }) => id);
  const decisions = new Map((await store.decisions.latest(ids)).map((row) => [row.service, row]));
  const cycles = new Map((await store.cycles.newest(ids)).map((row) => [row.service, row]));
  const overrides = new Map((await store.overrides.open(ids)).map((row) => [row.service, row]));
  const purchases = group(await store.purchases.list({ services: ids, status: 'paid' }));
  return new Map(
    services.map((service) => {
      const { id } = service;
      const [decision, cycle, override] = [decisions, cycles, overrides].map((rows) => rows.get(id) ?? null) as [
        DecisionRecord | null,
        CycleRecord | null,
        OverrideRecord | null,
      ];
      return [
        id,
        withAllowanceNow(context, { service, decision, cycle, override, purchases: purchases.get(id) ?? [] }),
      ];
    }),
  );
}
