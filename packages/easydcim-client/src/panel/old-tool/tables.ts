import type { OldTable } from '@sluice/quota-core';

/**
 * The two sets of tables that the module has had. `first`: modules easydcim_bandwidth and easydcim_bw 1.0. `guard`: module
 * easydcim_bandwidth_guard and easydcim_bw from 1.09 on.
 */
export type Family = 'first' | 'guard';

/** What the rows of a table are. */
export type Part = 'state' | 'defaults' | 'overrides' | 'packages' | 'purchases' | 'preferences';

/** Table with the settings of WHMCS's modules. */
export const SETTINGS_TABLE = 'tbladdonmodules';

/** Names of the module in WHMCS. */
export const MODULES: Readonly<Record<Family, readonly string[]>> = {
  first: ['easydcim_bw', 'easydcim_bandwidth'],
  guard: ['easydcim_bw', 'easydcim_bandwidth_guard'],
};

/** Settings that are read. None of them is a secret. */
export const SETTINGS: readonly string[] = [
  ...['managed_pids', 'managed_gids', 'enabled_pids', 'enabled_gids', 'module_enabled', 'test_mode'],
  ...['default_calculation_mode', 'default_action', 'traffic_direction_map'],
  ...['use_impersonation', 'impersonate_mode', 'impersonate_source'],
  ...['autobuy_enabled', 'autobuy_threshold_gb', 'autobuy_default_package_id', 'default_package_id'],
  ...['autobuy_max_per_cycle'],
];

interface PartOfTool {
  readonly name: string;
  readonly has: string;
  /** Columns in all versions. */
  readonly columns: readonly string[];
  /** Columns that a file may lack, by family: only some versions have them, or only newer queries read them. */
  readonly some?: Partial<Readonly<Record<Family, readonly string[]>>>;
  readonly families?: readonly Family[];
}

const PARTS: Readonly<Record<Part, PartOfTool>> = {
  state: {
    name: 'service_state',
    has: 'the services: their ids on the panel, the usage and state of the last poll',
    columns: [
      ...['id', 'serviceid', 'easydcim_service_id', 'easydcim_order_id', 'cycle_end', 'base_quota_gb', 'mode'],
      ...['last_used_gb', 'last_status', 'last_check_at'],
    ],
    some: { first: ['action', 'ports_limited', 'service_suspended'], guard: ['action', 'easydcim_server_id'] },
  },
  defaults: {
    name: 'product_defaults',
    has: 'quota, mode and action of each product of WHMCS',
    columns: ['id', 'pid', 'default_quota_gb', 'default_mode', 'default_action', 'enabled'],
    some: {
      guard: [
        ...['default_quota_in_gb', 'default_quota_out_gb', 'default_quota_total_gb'],
        ...['unlimited_in', 'unlimited_out', 'unlimited_total'],
      ],
    },
  },
  overrides: {
    name: 'service_overrides',
    has: 'quota, mode and action of single services',
    columns: ['id', 'serviceid', 'override_base_quota_gb', 'override_mode', 'override_action', 'updated_at'],
  },
  packages: {
    name: 'packages',
    has: 'the packages of extra traffic',
    columns: ['id', 'name', 'size_gb', 'price', 'taxed', 'available_for_pids', 'available_for_gids'],
    some: { first: ['is_active', 'active'], guard: ['is_active'] },
  },
  purchases: {
    name: 'purchases',
    has: 'the packages that were bought, each with the state of its invoice',
    columns: [
      ...['id', 'whmcs_serviceid', 'userid', 'package_id', 'size_gb', 'price', 'invoiceid', 'cycle_end'],
      ...['created_at', 'invoice_status'],
    ],
    some: { first: ['payment_status', 'actor'], guard: ['payment_status', 'actor'] },
  },
  preferences: {
    name: 'client_prefs',
    has: 'what customers chose for automatic purchases',
    columns: [
      ...['id', 'serviceid', 'userid', 'autobuy_enabled', 'autobuy_threshold_gb', 'autobuy_package_id'],
      ...['autobuy_max_per_cycle', 'updated_at'],
    ],
    families: ['guard'],
  },
};

const PREFIXES: Readonly<Record<Family, string>> = { first: 'mod_easydcim_bw_', guard: 'mod_easydcim_bw_guard_' };
const TITLES: Readonly<Record<Family, string>> = {
  first: 'easydcim_bandwidth, easydcim_bw 1.0',
  guard: 'easydcim_bandwidth_guard, easydcim_bw from 1.09 on',
};
const FAMILIES: readonly Family[] = ['guard', 'first'];

/** All parts, in the order in which they are listed. */
export const ALL_PARTS = Object.keys(PARTS) as readonly Part[];

/** Returns the name of a table; null where the family has no such table. */
export function findTable(family: Family, part: Part): string | null {
  const { name, families = FAMILIES } = PARTS[part];
  return families.includes(family) ? `${PREFIXES[family]}${name}` : null;
}

/** Tables of all versions of the module, and its settings. */
export const TABLES: readonly OldTable[] = [
  ...FAMILIES.flatMap((family) =>
    ALL_PARTS.flatMap((part): OldTable[] => {
      const name = findTable(family, part);
      const { has, columns } = PARTS[part];
      return name === null
        ? []
        : [{ name, title: `${TITLES[family]}: ${has}`, columns, query: toQuery(name, family, part) }];
    }),
  ),
  {
    name: SETTINGS_TABLE,
    title: 'easydcim_bandwidth, easydcim_bandwidth_guard, easydcim_bw: scope and defaults, no secrets',
    columns: ['module', 'setting', 'value'],
    query:
      `SELECT module, setting, value FROM ${SETTINGS_TABLE} ` +
      `WHERE module IN (${quoted(['easydcim_bandwidth', 'easydcim_bandwidth_guard', 'easydcim_bw'])}) ` +
      `AND setting IN (${quoted(SETTINGS)}) ORDER BY module, setting`,
  },
];

function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(', ');
}

/**
 * Returns the SELECT of a table. A column that only some versions have is read by its bare name in a subquery, which finds the column of
 * the table, else the NULL of `absent`: without it, the whole query would fail on the other versions.
 */
function toQuery(table: string, family: Family, part: Part): string {
  const { columns, some = {} } = PARTS[part];
  const optional = some[family] ?? [];
  const terms = [
    ...columns.map((column) =>
      column === 'invoice_status'
        ? '(SELECT i.status FROM tblinvoices AS i WHERE i.id = t.invoiceid) AS invoice_status'
        : `t.${column}`,
    ),
    ...optional.map((column) => `(SELECT ${column} FROM ${table} AS own WHERE own.id = t.id) AS ${column}`),
  ];
  const absent = optional.map((column) => `NULL AS ${column}`).join(', ');
  const from = optional.length === 0 ? `${table} AS t` : `${table} AS t CROSS JOIN (SELECT ${absent}) AS absent`;
  return `SELECT ${terms.join(', ')} FROM ${from} ORDER BY t.id`;
}
