import type { Moved, OldToolInput, PanelEntry } from '@sluice/panel-kind';
import { toPanelEntry } from '@sluice/panel-kind';
import type { BilledService, OldRow } from '@sluice/quota-core';
import { easydcimBw } from '../panel/old-tool/index.js';

/** Columns of a row; absent ones are as the tool writes them. */
export type Columns = Record<string, string | null>;

/** Instant of all these tests: the cycles of services end on 15 December 2026, 00:00 in Tehran. */
export const NOW = '2026-11-30T09:30:00.000Z';
export const CYCLE_END = '2026-12-14 23:59:59';

const GUARD = 'mod_easydcim_bw_guard_';
export const TABLE = {
  state: `${GUARD}service_state`,
  defaults: `${GUARD}product_defaults`,
  overrides: `${GUARD}service_overrides`,
  packages: `${GUARD}packages`,
  purchases: `${GUARD}purchases`,
  preferences: `${GUARD}client_prefs`,
  settings: 'tbladdonmodules',
} as const;

/** Rows of tables by their names; ids are their places from 1 on. */
export function toTables(tables: Record<string, readonly Columns[]>): Map<string, OldRow[]> {
  return new Map(
    Object.entries(tables).map(([name, rows]) => [
      name,
      rows.map((columns, index) => ({ line: index + 2, values: { id: String(index + 1), ...columns } })),
    ]),
  );
}

export const state = (service: number, columns: Columns = {}): Columns => ({
  serviceid: String(service),
  easydcim_service_id: String(500 + service),
  easydcim_order_id: String(700 + service),
  easydcim_server_id: null,
  cycle_end: CYCLE_END,
  base_quota_gb: '1000.00',
  mode: 'TOTAL',
  last_used_gb: '10.0000',
  last_status: 'ok',
  last_check_at: '2026-11-30 12:45:00',
  ...columns,
});

export const defaults = (product: number, columns: Columns = {}): Columns => ({
  pid: String(product),
  default_quota_gb: '1000.00',
  default_mode: 'TOTAL',
  default_action: 'disable_ports',
  enabled: '1',
  default_quota_in_gb: null,
  default_quota_out_gb: null,
  default_quota_total_gb: '1000.00',
  unlimited_in: '0',
  unlimited_out: '0',
  unlimited_total: '0',
  ...columns,
});

export const pack = (columns: Columns = {}): Columns => ({
  name: 'Extra',
  size_gb: '50.00',
  price: '9.90',
  taxed: '1',
  available_for_pids: null,
  available_for_gids: null,
  is_active: '1',
  ...columns,
});

export const purchase = (service: number, columns: Columns = {}): Columns => ({
  whmcs_serviceid: String(service),
  userid: String(service),
  package_id: '1',
  size_gb: '50.00',
  price: '9.90',
  invoiceid: '31',
  cycle_end: CYCLE_END,
  created_at: '2026-11-20 14:30:00',
  invoice_status: 'Paid',
  payment_status: 'paid',
  actor: 'client_manual',
  ...columns,
});

export const preference = (service: number, columns: Columns = {}): Columns => ({
  serviceid: String(service),
  userid: String(service),
  autobuy_enabled: '1',
  autobuy_threshold_gb: '20.00',
  autobuy_package_id: '1',
  autobuy_max_per_cycle: '3',
  updated_at: '2026-11-01 10:00:00',
  ...columns,
});

export const setting = (name: string, value: string | null, module = 'easydcim_bw'): Columns => ({
  id: null,
  module,
  setting: name,
  value,
});

/** Service of WHMCS whose client has the same id. */
export const billed = (service: number, more: Partial<BilledService> = {}): BilledService => ({
  id: `whmcs-${service}`,
  externalId: String(service),
  productId: '12',
  productName: 'Dedicated 10TB',
  client: String(service),
  clientName: null,
  clientEmail: `client${service}@example.com`,
  status: 'active',
  billingCycle: 'monthly',
  nextDueDate: '2026-12-15',
  username: null,
  domain: null,
  addresses: [],
  fields: { easydcim_service_id: String(500 + service) },
  ...more,
});

export const entry = (service: number): PanelEntry =>
  toPanelEntry({
    object: 'service',
    id: String(500 + service),
    refs: {
      easydcim_service_id: String(500 + service),
      easydcim_order_id: String(700 + service),
      easydcim_server_id: null,
    },
  });

export interface Given {
  tables?: Record<string, readonly Columns[]>;
  billed?: readonly BilledService[] | null;
  entries?: readonly PanelEntry[];
  currency?: string | null;
  settings?: Record<string, unknown>;
}

/** Tables without rows: all that the present version has. */
export const NONE: Record<string, readonly Columns[]> = Object.fromEntries(
  Object.values(TABLE).map((name) => [name, name === TABLE.settings ? [setting('managed_pids', '')] : []]),
);

export function toInput({
  tables = {},
  billed: services = [],
  entries,
  currency = 'EUR',
  settings = {},
}: Given): OldToolInput {
  const shown = (services ?? []).map(({ externalId }) => entry(Number(externalId)));
  return {
    panel: {
      ...{ name: 'dcim', timeZone: 'Asia/Tehran', currency, products: {} },
      settings: { kind: 'easydcim', url: 'https://dcim.example.com', ...settings } as OldToolInput['panel']['settings'],
    },
    tables: toTables({ ...NONE, ...tables }),
    entries: entries ?? shown,
    details: new Map(),
    billed: services,
    now: NOW,
  };
}

/** What the tool knew, with no list absent. */
export function read(given: Given): Required<Moved> {
  return { agents: [], ...easydcimBw.read(toInput(given)) } as Required<Moved>;
}
