import { PACKAGES, PRODUCTS, toDecimal, toGbText } from './catalogue.js';
import { type CsvRow, toCsv } from './csv.js';
import { addDays, toLocalText } from './dates.js';
import type { ShopService } from './design.js';
import { toPanelIds, toWhmcsId } from './ids.js';

const PREFIX = 'mod_easydcim_bw_guard_';
const HOUR_MS = 3_600_000;

/** What the tables are written from. */
export interface ToolData {
  readonly services: readonly ShopService[];
  /** The invoices of the purchases, by service and then in their order. */
  readonly invoices: ReadonlyMap<number, readonly number[]>;
  readonly now: number;
  readonly timeZone: string;
}

/** Rows that nothing is to be moved of, by the name of their file. */
export const ODD_ROWS: Readonly<Record<string, number>> = {
  [`${PREFIX}service_state.csv`]: 2,
  [`${PREFIX}product_defaults.csv`]: 1,
  [`${PREFIX}service_overrides.csv`]: 3,
  [`${PREFIX}packages.csv`]: 1,
  [`${PREFIX}purchases.csv`]: 4,
  [`${PREFIX}client_prefs.csv`]: 2,
};

/** A service that WHMCS does not have. */
const DELETED = '99998';
const ZERO_DATE = '0000-00-00 00:00:00';

/** Returns the tables of the old tool (module easydcim_bw from 1.09 on) as CSV, by the names of their files. */
export function exportOldTables(data: ToolData): Map<string, string> {
  const parts: [name: string, rows: CsvRow[]][] = [
    [`${PREFIX}service_state`, listStates(data)],
    [`${PREFIX}product_defaults`, listDefaults()],
    [`${PREFIX}service_overrides`, listOverrides(data)],
    [`${PREFIX}packages`, listPackages()],
    [`${PREFIX}purchases`, listPurchases(data)],
    [`${PREFIX}client_prefs`, listPreferences(data)],
    ['tbladdonmodules', listSettings()],
  ];
  return new Map(parts.map(([name, rows]) => [`${name}.csv`, toCsv(Object.keys(rows[0] ?? {}), numbered(name, rows))]));
}

/** Ids are the places of rows, but of those that have one. */
function numbered(name: string, rows: readonly CsvRow[]): CsvRow[] {
  if (name === 'tbladdonmodules') return [...rows];
  return rows.map((row, index) => ({ ...row, id: row['id'] === '' ? String(index + 1) : (row['id'] ?? null) }));
}

function listStates({ services, now, timeZone }: ToolData): CsvRow[] {
  const checked = toLocalText(now - HOUR_MS, timeZone);
  const rows = services.map((service): CsvRow => {
    const { order, server, service: panelId } = toPanelIds(service.number);
    const { quotaCentiGb, mode, action, usedMb, cycle, state } = service;
    const used = { IN: usedMb.in, OUT: usedMb.out, TOTAL: usedMb.in + usedMb.out }[mode];
    return {
      id: '',
      serviceid: String(toWhmcsId(service.number)),
      easydcim_service_id: String(panelId),
      easydcim_order_id: String(order),
      easydcim_server_id: service.number % 9 === 0 ? null : String(server),
      cycle_end: toCycleEnd(cycle.end),
      base_quota_gb: quotaCentiGb === null ? null : toDecimal(quotaCentiGb),
      mode,
      action,
      last_used_gb: toGbText(used),
      last_status: state === 'served' ? 'ok' : 'limited',
      last_check_at: checked,
    };
  });
  const [first = {}] = rows;
  return [
    ...rows,
    { ...first, serviceid: DELETED, easydcim_service_id: '1', easydcim_order_id: null, last_check_at: ZERO_DATE },
    { ...first, serviceid: null, easydcim_service_id: null, last_used_gb: null },
  ];
}

function listDefaults(): CsvRow[] {
  const rows = PRODUCTS.map(({ id, quotaCentiGb, mode, action }): CsvRow => {
    const quota = quotaCentiGb === null ? null : toDecimal(quotaCentiGb);
    const isUnlimited = quota === null ? '1' : '0';
    return {
      ...{ id: '', pid: String(id), default_quota_gb: quota, default_mode: mode, default_action: action, enabled: '1' },
      ...{ default_quota_in_gb: null, default_quota_out_gb: null, default_quota_total_gb: null },
      ...{ unlimited_in: isUnlimited, unlimited_out: isUnlimited, unlimited_total: isUnlimited },
    };
  });
  const [first = {}] = rows;
  return [...rows, { ...first, pid: '99', default_quota_gb: '0.00', enabled: '0' }];
}

function listOverrides({ services }: ToolData): CsvRow[] {
  const toRow = (serviceid: string | null, own: CsvRow): CsvRow => ({
    ...{ id: '', serviceid, override_base_quota_gb: null, override_mode: null, override_action: null },
    updated_at: '2025-03-01 09:00:00',
    ...own,
  });
  const rows = services.flatMap(({ number, override }) =>
    override === null
      ? []
      : [
          toRow(String(toWhmcsId(number)), {
            override_base_quota_gb: override.quotaCentiGb === undefined ? null : toDecimal(override.quotaCentiGb),
            override_mode: override.mode ?? null,
            override_action: override.action ?? null,
            updated_at: number % 4 === 1 ? ZERO_DATE : '2025-03-01 09:00:00',
          }),
        ],
  );
  return [
    ...rows,
    toRow(DELETED, { override_base_quota_gb: '9000.00' }),
    toRow(null, { override_mode: 'IN' }),
    toRow(String(toWhmcsId(1)), { updated_at: null }),
  ];
}

function listPackages(): CsvRow[] {
  const rows = PACKAGES.map(({ id, name, sizeCentiGb, price }): CsvRow => {
    const what = { id: String(id), name, size_gb: toDecimal(sizeCentiGb), price, taxed: '1' };
    return { ...what, available_for_pids: null, available_for_gids: null, is_active: '1' };
  });
  const [first = {}] = rows;
  return [...rows, { ...first, id: '5', name: 'Old, "free"', size_gb: '0.00', price: '0.00', is_active: '0' }];
}

function listPurchases({ services, invoices }: ToolData): CsvRow[] {
  const rows = services.flatMap(({ number, client, cycle, purchases }) =>
    purchases.map(({ item, actor }, place): CsvRow => ({
      ...{ id: '', whmcs_serviceid: String(toWhmcsId(number)), userid: String(client), package_id: String(item.id) },
      ...{ size_gb: toDecimal(item.sizeCentiGb), price: item.price },
      invoiceid: String(invoices.get(number)?.[place] ?? 0),
      cycle_end: toCycleEnd(cycle.end),
      created_at: `${addDays(cycle.start, 1)} 12:0${place}:00`,
      ...{ invoice_status: 'Paid', payment_status: 'paid', actor },
    })),
  );
  const [first = {}] = rows;
  const ended = addDays(services.find(({ purchases }) => purchases.length > 0)?.cycle.start ?? '', 0);
  return [
    ...rows,
    { ...first, invoiceid: null, invoice_status: 'Unpaid', payment_status: 'pending' },
    { ...first, cycle_end: toCycleEnd(ended), created_at: `${addDays(ended, -9)} 12:00:00` },
    { ...first, cycle_end: ZERO_DATE, created_at: ZERO_DATE, actor: null },
    { ...first, invoice_status: 'Refunded' },
  ];
}

function listPreferences({ services }: ToolData): CsvRow[] {
  const rows = services
    .filter(({ hasPreference }) => hasPreference)
    .map(({ number, client }, index): CsvRow => {
      const who = { id: '', serviceid: String(toWhmcsId(number)), userid: String(client) };
      const buys = { autobuy_package_id: String(1 + (index % 4)), autobuy_max_per_cycle: String(1 + (index % 3)) };
      const enabled = { autobuy_enabled: index % 5 === 4 ? '0' : '1', autobuy_threshold_gb: `${5 * (index + 1)}.50` };
      return { ...who, ...enabled, ...buys, updated_at: '2025-06-01 10:00:00' };
    });
  const [first = {}] = rows;
  return [
    ...rows,
    // The table is not unique per service and client.
    { ...first, autobuy_threshold_gb: '999.00', updated_at: ZERO_DATE },
    { ...first, userid: '119' },
  ];
}

function listSettings(): CsvRow[] {
  const settings = {
    managed_pids: PRODUCTS.map(({ id }) => id).join(', '),
    managed_gids: null,
    module_enabled: 'on',
    test_mode: null,
    default_calculation_mode: 'TOTAL',
    autobuy_enabled: 'on',
    autobuy_threshold_gb: '10',
    autobuy_default_package_id: '0',
    autobuy_max_per_cycle: '5',
  };
  return Object.entries(settings).map(([setting, value]) => ({ module: 'easydcim_bw', setting, value }));
}

/** The old tool ends a cycle one second before midnight. */
function toCycleEnd(end: string): string {
  return `${addDays(end, -1)} 23:59:59`;
}
