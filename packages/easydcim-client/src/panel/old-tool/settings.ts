import type { Mode, OldRow } from '@sluice/quota-core';
import { parseAction, parseFlag, parseGb, parseId, parseIds, parseMode, readCell, toShown } from './cells.js';
import { byNewest, pickRows } from './pick.js';
import type { Findings } from './findings.js';
import { type Family, MODULES, SETTINGS_TABLE } from './tables.js';

/** What the module is set to; null for what is not stated. */
export interface ToolSettings {
  /** Products and product groups that it manages; both empty: all. Null where the settings were not exported, or can't be read. */
  readonly scope: { readonly products: ReadonlySet<string>; readonly groups: readonly string[] } | null;
  /** For products without a mode. */
  readonly mode: Mode;
  /** For products without a row, as an action of this kind of panel. */
  readonly action: string;
  /** The same as the tool stores it, also where it is not an action; null where the settings were not exported. */
  readonly storedAction: string | null;
  /** Whether it writes nothing to the panel, but stores services as limited. */
  readonly isTest: boolean;
  /** Whether services are read on behalf of the client with the e-mail address in WHMCS. */
  readonly impersonates: boolean;
  readonly autoBuy: {
    readonly enabled: boolean;
    readonly package: string | null;
    readonly thresholdGb: string | null;
    readonly maxPerCycle: number | null;
  };
}

const FILE = 'products.yaml';
/** Names of settings that have changed, the present one first. */
const NAMES: Readonly<Record<Family, Readonly<Record<'products' | 'groups' | 'package', string>>>> = {
  guard: { products: 'managed_pids', groups: 'managed_gids', package: 'autobuy_default_package_id' },
  first: { products: 'enabled_pids', groups: 'enabled_gids', package: 'default_package_id' },
};

type Values = ReadonlyMap<string, string | null>;

/** Returns the settings of the module whose tables are read. */
export function readSettings(
  rows: readonly OldRow[] | undefined,
  family: Family,
  panel: { readonly name: string; readonly isSwapped: boolean },
  findings: Findings,
): ToolSettings {
  const values = rows === undefined ? null : readValues(rows, family, findings);
  if (values === null) {
    findings.add('services.csv', `table ${SETTINGS_TABLE}`, {
      state: 'undecided',
      reason:
        'there are no settings of the module: which products it managed, its defaults of automatic purchases, and whether it only tested are unknown. Export the table with its query, or compare the files with the settings in WHMCS',
    });
  }
  const known: Values = values ?? new Map();
  reportPanelWide(known, panel, findings);
  const mode = known.get('default_calculation_mode') ?? null;
  const action = known.get('default_action') ?? null;
  return {
    scope: values === null ? null : readScope(known, family, findings),
    mode: parseMode(mode) ?? 'TOTAL',
    action: parseAction(action) ?? 'disable-ports',
    storedAction: values === null ? null : (action ?? 'disable_ports'),
    isTest: parseFlag(known.get('test_mode') ?? null) === true,
    impersonates: isImpersonating(known, findings),
    autoBuy: readAutoBuy(known, family, findings),
  };
}

/** Returns the values of the module, by setting; null where there are none. Values of another module are named. */
function readValues(rows: readonly OldRow[], family: Family, findings: Findings): Values | null {
  const toKey = (row: OldRow): string | null => {
    const setting = readCell(row, 'setting');
    return setting === null ? null : JSON.stringify([readCell(row, 'module') ?? '', setting]);
  };
  const { chosen, others, nameless } = pickRows(rows, toKey, byNewest('updated_at'));
  const left: { row: OldRow; reason: string; state?: 'undecided' }[] = nameless.map((row) => ({
    row,
    reason: 'it names no setting',
  }));
  for (const { row } of others)
    left.push({ row, reason: 'another row has the same setting: check which is right', state: 'undecided' });
  const modules = new Map<string, Map<string, string | null>>();
  const rowsByModule = new Map<string, OldRow[]>();
  for (const row of chosen.values()) {
    const module = readCell(row, 'module') ?? '';
    const values = modules.get(module) ?? new Map<string, string | null>();
    modules.set(module, values.set(readCell(row, 'setting') ?? '', readCell(row, 'value')));
    rowsByModule.set(module, [...(rowsByModule.get(module) ?? []), row]);
  }
  const present = MODULES[family].filter((module) => modules.has(module));
  const own = present.find((module) => modules.get(module)?.has(NAMES[family].products)) ?? present[0];
  for (const [module, named] of rowsByModule) {
    if (module === own) continue;
    left.push(...named.map((row) => ({ row, reason: `it is not a setting of the module ${own ?? 'that is read'}` })));
  }
  for (const { row, reason, state = 'left-out' } of left) {
    const object = `setting ${toShown(readCell(row, 'setting'))} of ${toShown(readCell(row, 'module'))}`;
    findings.add(FILE, object, { state, reason, column: 'value', value: readCell(row, 'value') });
  }
  return own === undefined ? null : (modules.get(own) ?? null);
}

function readScope(values: Values, family: Family, findings: Findings): ToolSettings['scope'] {
  const read = (name: string): readonly string[] | null => {
    const text = values.get(name) ?? '';
    const ids = parseIds(text);
    if (ids === null) {
      const reason =
        'it is not a list of ids, so that the scope of the module is unknown: compare services.csv with it';
      findings.add('services.csv', `setting ${name}`, { state: 'undecided', reason, column: 'value', value: text });
    }
    return ids;
  };
  const products = read(NAMES[family].products);
  const groups = read(NAMES[family].groups);
  return products === null || groups === null ? null : { products: new Set(products), groups };
}

/** Reports what the settings of the panel in the config have to state. */
function reportPanelWide(
  values: Values,
  { name, isSwapped }: { readonly name: string; readonly isSwapped: boolean },
  findings: Findings,
): void {
  const say = (setting: string, reason: string): void => {
    findings.add('sluice.yaml', `setting ${setting}`, {
      state: 'undecided',
      reason,
      column: 'value',
      value: values.get(setting) ?? null,
    });
  };
  if (values.get('traffic_direction_map') === 'swap' && !isSwapped)
    say('traffic_direction_map', `the module exchanged in and out: set panels.${name}.trafficDirection: swapped`);
  if (parseFlag(values.get('module_enabled') ?? null) === false)
    say('module_enabled', 'the module is switched off, so that its figures and states are old: check each hold');
  if (parseFlag(values.get('test_mode') ?? null) === true)
    say('test_mode', 'the module only tests, so that it has limited no service, whatever its state says');
  const mode = values.get('default_calculation_mode') ?? null;
  if (mode !== null && parseMode(mode) === null)
    say('default_calculation_mode', 'it is not IN, OUT or TOTAL: the module counted the total');
}

function isImpersonating(values: Values, findings: Findings): boolean {
  if (parseFlag(values.get('use_impersonation') ?? null) !== true) return false;
  const names = ['impersonate_mode', 'impersonate_source'];
  const byId = names.find((name) => values.get(name)?.toLowerCase() === 'userid');
  if (byId === undefined) return true;
  findings.add('services.csv', `setting ${byId}`, {
    state: 'undecided',
    reason:
      'the module named clients to the panel by their ids in WHMCS, which are other ids than those of the panel: state easydcim_user where a service can be read on behalf of its client only',
    column: 'easydcim_user',
  });
  return false;
}

function readAutoBuy(values: Values, family: Family, findings: Findings): ToolSettings['autoBuy'] {
  const say = (name: string, reason: string): void => {
    findings.add(FILE, `setting ${name}`, {
      state: 'undecided',
      reason,
      column: 'autoBuy',
      value: values.get(name) ?? null,
    });
  };
  const packageName = [NAMES[family].package, NAMES.guard.package].find((name) => values.has(name)) ?? '';
  const packageText = values.get(packageName) ?? null;
  const threshold = values.get('autobuy_threshold_gb') ?? null;
  const most = values.get('autobuy_max_per_cycle') ?? null;
  const isBadThreshold = threshold !== null && parseGb(threshold) === null;
  const isBadMost = most !== null && !/^\d{1,9}$/.test(most);
  if (isBadThreshold) say('autobuy_threshold_gb', 'it is not a number of gigabytes: automatic purchases are left off');
  if (isBadMost) say('autobuy_max_per_cycle', 'it is not a whole number: automatic purchases are left off');
  const enabled = parseFlag(values.get('autobuy_enabled') ?? null) === true && !isBadThreshold && !isBadMost;
  return {
    enabled,
    package: parseId(packageText),
    thresholdGb: parseGb(threshold)?.gb ?? null,
    // The module bought at least one.
    maxPerCycle: most === null || isBadMost ? null : Math.max(1, Number(most)),
  };
}
