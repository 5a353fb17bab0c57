import type { SeededRandom } from '../seeded-random.js';
import { DUE_DAYS } from './draw-change.js';
import type { Facts } from './facts.js';
import type { Target } from './world.js';

/** The installations: both have services, servers, ports and orders with the same ids. */
export const PANELS = ['dcim', 'dcim2'] as const;

/** What a quota hold restricts. */
export type Family = 'ports' | 'order' | 'both';

const ACTIONS: Record<Family, string> = { ports: 'disable-ports', order: 'suspend-order', both: 'both' };
const SIZES = { small: 100, big: 1000 };

/** Days since a due date that has passed: far from today, and in the same billing cycle. */
export const OVERDUE_DAYS = [-5, -8] as const;

/** A service as it was drawn. */
export interface DrawnService {
  id: string;
  family: Family;
  /** Whether operators order its billing holds, or its due date does and it may be protected. */
  billing: 'ordered' | 'dated';
  /** It shares ports or its order with another. */
  shared: boolean;
  /** Whether the store knows its order. */
  hasOrder: boolean;
  /** GB in the cycle. */
  used: number;
  refs: { service: number; server: number; ownOrder: number; ports: number[] };
  facts: Facts;
}

/** Lines of the config's products, `FAMILY-SIZE` on the first panel and `FAMILY-SIZE-2` on the second. */
export const PRODUCTS = PANELS.flatMap((panel) =>
  Object.entries(ACTIONS).flatMap(([family, action]) =>
    Object.entries(SIZES).map(
      ([size, gb]) =>
        `  ${family}-${size}${panel === 'dcim2' ? '-2' : ''}: { panel: ${panel}, quota: { total: ${gb}GB }, action: ${action}, allowSharedPorts: true }`,
    ),
  ),
);

/** Two services for themselves and two that share ports or an order. */
export function drawServices(random: SeededRandom): DrawnService[] {
  const loners = [1, 2].map((number) =>
    drawService(random, number, random.pick(['ports', 'order', 'both'] as const), {
      shared: false,
      hasOrder: true,
      refs: { service: 500 + number, server: 300 + number, ownOrder: 900 + number, ports: [7000 + number * 10 + 1] },
    }),
  );
  const sharesOrder = random.chance(0.5);
  const hasOrder = sharesOrder || random.chance(0.5);
  const pair = [3, 4].map((number) =>
    drawService(random, number, sharesOrder ? 'order' : 'ports', {
      shared: true,
      hasOrder,
      refs: sharesOrder
        ? { service: 503, server: 303, ownOrder: 903, ports: [7031] }
        : { service: 500 + number, server: 303, ownOrder: 900 + number, ports: [7031] },
    }),
  );
  if (sharesOrder) for (const service of pair) service.used = pair[0]?.used ?? 0;
  return [...loners, ...pair];
}

function drawService(
  random: SeededRandom,
  number: number,
  family: Family,
  rest: Pick<DrawnService, 'shared' | 'hasOrder' | 'refs'>,
): DrawnService {
  const billing = random.chance(0.5) ? 'dated' : 'ordered';
  // Of two that share something mostly both are over, so that one often needs what the other gives back.
  const over = rest.shared ? 0.85 : 0.65;
  const used = random.chance(over) ? 200 : 10;
  const late = billing === 'dated' && random.chance(0.4);
  const facts: Facts = {
    panel: 'dcim',
    size: random.chance(over) ? 'small' : 'big',
    family,
    due: late ? random.pick(OVERDUE_DAYS) : random.pick(DUE_DAYS),
    suspended: false,
    manual: false,
    unlimited: false,
    protected: false,
  };
  return { id: `svc-${number}`, family, billing, used, facts, ...rest };
}

/** The product that facts name. */
export function toProduct(facts: Facts): string {
  return `${String(facts['family'])}-${String(facts['size'])}${facts['panel'] === 'dcim2' ? '-2' : ''}`;
}

/** A service as a row of an import. */
export function toRow(service: DrawnService, due: string): Record<string, string> {
  const { refs, facts } = service;
  return {
    id: service.id,
    panel: String(facts['panel']),
    product: toProduct(facts),
    billing_cycle: 'monthly',
    next_due_date: due,
    easydcim_service_id: String(refs.service),
    easydcim_order_id: service.hasOrder ? String(refs.ownOrder) : '',
    easydcim_server_id: String(refs.server),
  };
}

export function listPorts(panel: string, { refs }: DrawnService): string[] {
  return refs.ports.map((port) => `${panel} port ${port}`);
}

export function listOrders(panel: string, { refs, hasOrder }: DrawnService): string[] {
  return hasOrder ? [`${panel} order ${refs.ownOrder}`] : [];
}

/** Whether these facts of a service call for a port or an order to be shut, and on whose word. */
export function callsFor(service: DrawnService, facts: Facts, target: Target): 'ordered' | 'decided' | null {
  const panel = String(facts['panel']);
  if (panel !== target.panel) return null;
  const isPort = listPorts(panel, service).includes(target.id);
  const isOrder = listOrders(panel, service).includes(target.id);
  // An operator's or a billing hold suspends the order, or does the action where there is none.
  const { family } = service;
  const byQuota = (isPort && family !== 'order') || (isOrder && family !== 'ports');
  const byName = service.hasOrder ? isOrder : byQuota;
  if (facts['manual'] === true && byName) return 'ordered';
  if (facts['protected'] === true) return null;
  if (isUnpaid(facts) && byName) return 'decided';
  const allowed = facts['size'] === 'small' ? SIZES.small : SIZES.big;
  return facts['unlimited'] !== true && service.used >= allowed && byQuota ? 'decided' : null;
}

function isUnpaid(facts: Facts): boolean {
  return facts['suspended'] === true || Number(facts['due']) < 0;
}
