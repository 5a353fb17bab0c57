import type { MovedRow } from '@sluice/panel-kind';
import type { OldRow } from '@sluice/quota-core';
import type { Refusal } from './candidates.js';
import { compareIds, parseFlag, parseGb, parseId, readCell, toShown } from './cells.js';
import { type Finding, type Findings, nameRow } from './findings.js';
import type { ToolPackage } from './packages.js';
import { byNewest, pickRows } from './pick.js';
import { type Place, toUnmoved } from './purchases.js';

/** What preferences are read with. */
export interface PreferenceSources {
  readonly rows: readonly OldRow[];
  readonly table: string;
  readonly packages: ReadonlyMap<string, ToolPackage>;
  readonly places: ReadonlyMap<string, Place>;
  readonly refused: ReadonlyMap<string, Refusal>;
}

const FILE = 'preferences.csv';

/** Returns what clients chose for automatic purchases of their services. All others are named. */
export function readPreferences(sources: PreferenceSources, findings: Findings): { service: number; row: MovedRow }[] {
  const { rows, table, places, refused } = sources;
  const picked = pickRows(rows, toKey, byNewest('updated_at'));
  for (const row of picked.nameless)
    findings.add(FILE, nameRow(table, row), {
      state: 'left-out',
      reason: 'it names no service and client, so that the tool did not use it',
    });
  for (const { key, row } of picked.others)
    findings.add(FILE, toObject(key), {
      state: 'left-out',
      reason: `${nameRow(table, row)} is an older choice of the same client for the same service`,
    });
  const moved: { service: number; row: MovedRow }[] = [];
  const chosen = [...picked.chosen].toSorted(([one], [other]) => compareKeys(one, other));
  for (const [key, row] of chosen) {
    const [service = '', client = ''] = key.split(' ');
    const known = places.get(service);
    const owner = known?.candidate.billed?.client ?? null;
    if (known === undefined) findings.add(FILE, toObject(key), toUnmoved(service, refused));
    else if (owner !== client) findings.add(FILE, toObject(key), toForeign(owner));
    else moved.push({ service: known.place, row: toRow(row, known, sources, findings) });
  }
  return moved;
}

function toKey(row: OldRow): string | null {
  const service = parseId(readCell(row, 'serviceid'));
  const client = parseId(readCell(row, 'userid'));
  return service === null || client === null ? null : `${service} ${client}`;
}

function compareKeys(one: string, other: string): number {
  const [service = '', client = ''] = one.split(' ');
  const [otherService = '', otherClient = ''] = other.split(' ');
  return compareIds(service, otherService) || compareIds(client, otherClient);
}

function toObject(key: string): string {
  const [service, client] = key.split(' ');
  return `service ${service}, client ${client}`;
}

function toForeign(owner: string | null): Finding {
  return owner === null
    ? { state: 'undecided', reason: 'the client of its service is unknown: add it by hand if it is the client' }
    : { state: 'left-out', reason: `its service is of client ${toShown(owner)}` };
}

function isOffered({ products }: ToolPackage, { billed }: Place['candidate']): boolean {
  return products === null || products.has(parseId(billed?.productId ?? null) ?? '');
}

/** A choice that can't be read switches automatic purchases off: they cost money, and the defaults may not be what was chosen. */
function toRow(row: OldRow, { candidate }: Place, { packages }: PreferenceSources, findings: Findings): MovedRow {
  const object = toObject(toKey(row) ?? '');
  const text = {
    enabled: readCell(row, 'autobuy_enabled'),
    package: readCell(row, 'autobuy_package_id'),
    threshold: readCell(row, 'autobuy_threshold_gb'),
    most: readCell(row, 'autobuy_max_per_cycle'),
  };
  const chosen = text.package === null ? null : packages.get(parseId(text.package) ?? '');
  const isSold = chosen !== undefined && chosen !== null && isOffered(chosen, candidate);
  const threshold = parseGb(text.threshold);
  const problems: [column: string, value: string | null, reason: string][] = [];
  const wanted = parseFlag(text.enabled);
  if (wanted === null) problems.push(['enabled', text.enabled, 'whether it is on is unknown']);
  if (text.package !== null && !isSold)
    problems.push(['package', text.package, 'its package is not moved, or its product does not offer it']);
  if (text.threshold !== null && threshold === null)
    problems.push(['threshold_gb', text.threshold, 'it is not a number of gigabytes from 0']);
  const isCount = text.most === null || /^\d{1,9}$/.test(text.most);
  if (!isCount) problems.push(['max_per_cycle', text.most, 'it is not a whole number']);
  for (const [column, value, reason] of problems) {
    const off =
      wanted === true
        ? 'automatic purchases are switched off for the service; correct it to switch them on'
        : 'correct it';
    findings.add(FILE, object, { state: 'undecided', column, value, reason: `${reason}: ${off}` });
  }
  if (text.most !== null && isCount && Number(text.most) === 0)
    findings.add(FILE, object, {
      state: 'proposed',
      column: 'max_per_cycle',
      value: '1',
      reason: 'the client chose 0, for which the tool bought 1: check it',
    });
  return {
    enabled: wanted === true && problems.length === 0 ? 'yes' : 'no',
    package: isSold ? chosen.name : '',
    threshold_gb: threshold?.gb ?? '',
    max_per_cycle: text.most === null || !isCount ? '' : String(Math.max(1, Number(text.most))),
  };
}
