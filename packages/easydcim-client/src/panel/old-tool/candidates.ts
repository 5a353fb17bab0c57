import type { OldToolInput } from '@sluice/panel-kind';
import type { BilledService, OldRow } from '@sluice/quota-core';
import { compareIds, parseId, readCell, toShown } from './cells.js';
import { type Findings, nameRow } from './findings.js';
import { type Candidate, isLimited, type Known, readField, readPanelId, withColumns } from './ids.js';
import { byNewest, pickRows } from './pick.js';
import type { ToolSettings } from './settings.js';

/** Why a service of the tool is not moved. */
export interface Refusal {
  readonly state: 'undecided' | 'left-out';
  readonly reason: string;
  readonly column?: string;
  readonly value?: string | null;
}

/** Services of the tool: those that are moved, and the others by their ids in WHMCS. */
export interface Candidates {
  readonly moved: readonly Candidate[];
  readonly refused: ReadonlyMap<string, Refusal>;
}

/** What services are found by. */
export interface Sources {
  readonly input: Pick<OldToolInput, 'billed' | 'entries'>;
  readonly settings: ToolSettings;
  /** Rows with the state of services, and their table. */
  readonly rows: readonly OldRow[];
  readonly table: string;
}

const FILE = 'services.csv';
/** How many other services a reason names. */
const MOST_NAMED = 5;

/**
 * Returns the services that the tool has a state of or that have its custom field: it stored no state of those beyond its first
 * thousand. Each that is not moved is named.
 */
export function findCandidates(sources: Sources, findings: Findings): Candidates {
  const all = listKnown(sources, findings);
  const onPanel = new Map(sources.input.entries.map(({ refs }) => [refs['easydcim_service_id'] ?? '', refs]));
  const refused = new Map<string, Refusal>();
  const claims = new Map<string, string[]>();
  for (const known of all) {
    const refusal = findRefusal(known, sources) ?? findIdRefusal(known, onPanel);
    if (refusal !== null) refused.set(known.id, refusal);
    else {
      const panelId = parseId(readPanelId(known)) ?? '';
      const own = claims.get(panelId);
      if (own === undefined) claims.set(panelId, [known.id]);
      else own.push(known.id);
    }
  }
  for (const [panelId, ids] of claims) if (ids.length > 1) refuseShared(panelId, ids, refused);
  for (const known of all) {
    const refusal = refused.get(known.id);
    if (refusal === undefined) continue;
    findings.add(FILE, `service ${known.id}`, refusal);
    if (isLimited(known.state)) reportLimited(known.id, findings);
  }
  const open = all.filter(({ id }) => !refused.has(id));
  return { moved: withColumns(open, onPanel, sources.settings.impersonates, findings), refused };
}

function listKnown({ input, rows, table }: Sources, findings: Findings): Known[] {
  const picked = pickRows(rows, (row) => parseId(readCell(row, 'serviceid')), byNewest('last_check_at'));
  for (const row of picked.nameless)
    findings.add(FILE, nameRow(table, row), {
      state: 'undecided',
      reason: 'it names no service of WHMCS: find the service by its id on the panel',
      column: 'easydcim_service_id',
      value: readCell(row, 'easydcim_service_id'),
    });
  for (const { key, row } of picked.others)
    findings.add(FILE, `service ${key}`, {
      state: 'left-out',
      reason: `${nameRow(table, row)} is an older state: another row of the service was checked later`,
      column: 'easydcim_service_id',
      value: readCell(row, 'easydcim_service_id'),
    });
  const billed = new Map((input.billed ?? []).map((service) => [service.externalId, service]));
  const withField = [...billed.values()].filter((service) => readField(service, 'easydcim_service_id') !== null);
  const ids = new Set([...picked.chosen.keys(), ...withField.map(({ externalId }) => externalId)]);
  return [...ids]
    .sort(compareIds)
    .map((id) => ({ id, billed: billed.get(id) ?? null, state: picked.chosen.get(id) ?? null }));
}

function refuseShared(panelId: string, ids: readonly string[], refused: Map<string, Refusal>): void {
  const named = ids.slice(0, MOST_NAMED).join(', ');
  const more = ids.length > MOST_NAMED ? ` and ${ids.length - MOST_NAMED} more` : '';
  const reason = `services ${named}${more} of WHMCS have the same id on the panel: correct their ids, or move one of them by hand`;
  for (const id of ids) refused.set(id, { state: 'undecided', reason, column: 'easydcim_service_id', value: panelId });
}

function reportLimited(id: string, findings: Findings): void {
  findings.add('holds.csv', `service ${id}`, {
    state: 'undecided',
    reason:
      'the tool limited it, and it is not moved: its ports or its order may be off; put them back by hand if they should be on',
  });
}

function findRefusal({ billed, state }: Known, { input, settings }: Sources): Refusal | null {
  if (input.billed === null) return null;
  if (billed === null)
    return { state: 'left-out', reason: 'the billing system does not have it: it was deleted there' };
  const { status } = billed;
  if (status === 'terminated') return { state: 'left-out', reason: 'it has ended in the billing system' };
  if (status === 'pending') return { state: 'left-out', reason: 'it is pending in the billing system' };
  if (status === null) {
    const reason = 'its status in the billing system is unknown: add it by hand if it is in use';
    return { state: 'undecided', reason, column: 'status' };
  }
  return findScopeRefusal(billed, state, settings);
}

/** The products of a group are not known here: what the tool has polled was in its scope. */
function findScopeRefusal({ productId }: BilledService, state: OldRow | null, { scope }: ToolSettings): Refusal | null {
  if (scope === null || scope.products.size + scope.groups.length === 0) return null;
  const about = { column: 'product', value: productId };
  if (scope.products.size > 0) {
    if (productId !== null && scope.products.has(productId)) return null;
    return { state: 'left-out', reason: 'its product is not among those that the tool managed', ...about };
  }
  if (state !== null && readCell(state, 'last_check_at') !== null) return null;
  const groups = scope.groups.map(toShown).join(', ');
  const reason = `the tool managed the product groups ${groups} and never polled it: add it by hand if its product is in one of them`;
  return { state: 'undecided', reason, ...about };
}

function findIdRefusal(known: Known, onPanel: ReadonlyMap<string, unknown>): Refusal | null {
  const value = readPanelId(known);
  const panelId = parseId(value);
  const about = { state: 'undecided' as const, column: 'easydcim_service_id', value };
  if (panelId === null) return { ...about, reason: 'it has no valid id on the panel: state its easydcim_service_id' };
  if (onPanel.has(panelId)) return null;
  return { ...about, reason: `the panel has no service ${panelId}: correct its id, or leave it out` };
}
