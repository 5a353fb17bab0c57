import type { KindTraits } from '@sluice/panel-kind';
import { findSubjectAgent, findSubjectPanel, findSubjectUser, toAgentSubject, toUserSubject } from '@sluice/quota-core';
import type { ActionRecord, EvidenceRecord, HoldRecord, ServiceRecord, StoreTables } from '@sluice/state-store';
import { storeHolds } from './change-holds.js';
import { adoptChanges, leaveOutResolved, listUnknown, readOpenChanges, renameChange } from './open-changes.js';

/** All open holds with their evidence and services: enough to release everything without the store. */
export interface HoldsFile {
  about: string;
  at: string;
  services: ServiceRecord[];
  holds: HoldRecord[];
  evidence: EvidenceRecord[];
  /** Changes for holds whose end is not stored; only in the copy that a restore makes, where there are any. */
  actions?: ActionRecord[] | undefined;
}

/** Rows of a file of open holds. */
type Rows = Pick<HoldsFile, 'services' | 'holds' | 'evidence' | 'actions'>;

type Held = Pick<StoreTables, 'holds' | 'evidence' | 'actions'>;

/** Kinds of panels, of which a hold that was widened has the wide suspension. */
export type Suspensions = readonly Pick<KindTraits, 'wideSuspension'>[];

/** Reads the open evidence of all services and all agents, and the holds that are open or have some of it. */
export async function readLasting({
  holds,
  evidence,
}: Omit<Held, 'actions'>): Promise<Pick<Rows, 'holds' | 'evidence'>> {
  const found = { holds: await holds.lasting(), evidence: await evidence.open() };
  for (const agentsOf of await holds.panelsOfAgents()) {
    found.holds.push(...(await holds.lasting({ agentsOf })));
    found.evidence.push(...(await evidence.open({ agentsOf })));
  }
  return found;
}

/** Reads the same, and the changes whose end is not stored, with their holds. */
export async function readUnfinished(tables: Held): Promise<Omit<Rows, 'services'>> {
  const { holds, evidence } = await readLasting(tables);
  const actions = await readOpenChanges(tables);
  if (actions.length === 0) return { holds, evidence };
  const ids = new Set(actions.map(({ hold }) => hold));
  for (const { id } of holds) ids.delete(id);
  const ended = ids.size === 0 ? [] : await readStored({ holds, evidence, actions }, tables);
  return { holds: [...holds, ...ended.filter(({ id }) => ids.has(id))], evidence, actions };
}

const isOpen = ({ until }: HoldRecord): boolean => until === null;

/** Returns the rows of a file by the names that a store has of panels; without those of panels that it can't know. */
export function renamePanels(
  toName: (panel: string) => string | null,
  { services, holds, evidence, actions }: Rows,
): Rows {
  const toSubject = (key: string): string | null => {
    const [agent, named] = [findSubjectAgent(key), findSubjectPanel(key)];
    if (agent === null || named === null) return key;
    const panel = toName(named);
    if (panel === null) return null;
    const user = findSubjectUser(key);
    return user === null ? toAgentSubject(panel, agent) : toUserSubject(panel, agent, user);
  };
  const left = new Set(services.filter(({ panel }) => toName(panel) === null).map(({ id }) => id));
  return {
    services: services.flatMap((row) => {
      const panel = toName(row.panel);
      return panel === null ? [] : [{ ...row, panel }];
    }),
    holds: holds.flatMap((row) => {
      const service = toSubject(row.service);
      return service === null || left.has(service) ? [] : [{ ...row, service }];
    }),
    evidence: evidence.flatMap((row) => {
      const [panel, service] = [toName(row.panel), toSubject(row.service)];
      return panel === null || service === null || left.has(service) ? [] : [{ ...row, panel, service }];
    }),
    actions: actions?.flatMap((row) =>
      left.has(row.service ?? '') ? [] : (renameChange(row, toName, toSubject) ?? []),
    ),
  };
}

/**
 * Returns the rows without the holds, the evidence and the changes that a store knows as ended: it is the newer one of these. Those of
 * a hold for which another one stands there stay.
 */
export async function leaveOutEnded(rows: Rows, tables: Held): Promise<Rows> {
  const { services, holds, evidence, actions } = rows;
  const stored = await readStored(rows, tables);
  const ended = toEnded(stored);
  const open = new Set(stored.filter(isOpen).map(toReasonKey));
  const proofs = await tables.evidence.ofHolds(stored.map(({ id }) => id));
  const undone = new Set(proofs.flatMap(({ id, until }) => (until === null ? [] : [id])));
  return {
    services,
    holds: holds.filter((row) => !isOpen(row) || !ended.has(row.id) || open.has(toReasonKey(row))),
    evidence: evidence.filter(({ id }) => !undone.has(id)),
    actions: actions && (await leaveOutResolved(actions, tables)),
  };
}

function toEnded(stored: readonly HoldRecord[]): Set<string> {
  return new Set(stored.flatMap((row) => (isOpen(row) ? [] : [row.id])));
}

/** Reads the holds of a store, open and ended ones, also those of agents: users that these rows name may be restricted for one. */
async function readStored(rows: Omit<Rows, 'services'>, { holds }: Pick<Held, 'holds'>): Promise<HoldRecord[]> {
  const named = [
    ...[...rows.evidence, ...(rows.actions ?? [])].map(({ panel }) => panel),
    ...rows.holds.map((row) => findSubjectPanel(row.service)),
  ];
  const panels = new Set([...(await holds.panelsOfAgents()), ...named]);
  const found = await holds.all();
  for (const agentsOf of panels) if (agentsOf !== null) found.push(...(await holds.all({ agentsOf })));
  return found;
}

/** Returns whether a store has, or had, a hold of these rows. */
export async function knowsAny(rows: Omit<Rows, 'services'>, tables: Pick<Held, 'holds'>): Promise<boolean> {
  const ids = new Set((await readStored(rows, tables)).map(({ id }) => id));
  return rows.holds.some(({ id }) => ids.has(id));
}

/** Returns whether a store lacks an open hold, its restriction, open evidence, or a change whose end is not stored, of these rows. */
export async function lacksAny(
  { holds, evidence, actions = [] }: Rows,
  tables: Held,
  kinds: Suspensions,
): Promise<boolean> {
  const found = await readLasting(tables);
  const held = new Map(found.holds.filter(isOpen).map((row) => [toReasonKey(row), row]));
  const known = new Set(found.evidence.map(({ id }) => id));
  const isLacking = (row: HoldRecord): boolean => {
    const stored = held.get(toReasonKey(row));
    return stored === undefined || toChange(stored, row, kinds).restriction !== stored.restriction;
  };
  if ((await listUnknown(actions, tables)).length > 0) return true;
  return evidence.some(({ id }) => !known.has(id)) || holds.some((row) => isOpen(row) && isLacking(row));
}

/**
 * Lists the subjects of the open holds that a store does not know and for which nothing of these rows is restricted: a panel may have
 * been changed for them before that was stored.
 */
export async function listUnsure(rows: Rows, tables: Pick<Held, 'holds'>): Promise<string[]> {
  const known = new Set((await readStored(rows, tables)).map(({ id }) => id));
  const restricted = new Set(rows.evidence.map(({ service }) => service));
  const unsure = rows.holds.filter((row) => isOpen(row) && !known.has(row.id) && !restricted.has(row.service));
  return [...new Set(unsure.map(({ service }) => service))];
}

/**
 * Stores the services, holds, evidence and changes that the store lacks. An open hold of the same reason stands for one of the file, and becomes
 * as that one; evidence of the same target ends for that of the file, which is newer. Returns whether the store has all of them now.
 */
export async function adoptRows(
  rows: Rows,
  tables: StoreTables,
  { at, kinds }: { at: string; kinds: Suspensions },
): Promise<boolean> {
  const known = await tables.services.list({ ids: rows.services.map(({ id }) => id) });
  const ids = new Set(known.map(({ id }) => id));
  await tables.services.put(rows.services.filter(({ id }) => !ids.has(id)));
  const stored = await readStored(rows, tables);
  const standsFor = await adoptHolds(rows.holds, { stored, at, kinds }, tables);
  const proofs = await tables.evidence.ofHolds([...rows.holds, ...stored].map(({ id }) => id));
  const applied = new Map(proofs.filter(({ until }) => until === null).map((row) => [toTargetKey(row), row]));
  const seen = new Set(proofs.map(({ id }) => id));
  let isWhole = true;
  for (const item of rows.evidence) {
    if (seen.has(item.id)) continue;
    const before = applied.get(toTargetKey(item));
    if (before !== undefined) await tables.evidence.end(before.id, at, 'dropped');
    // A damaged file may name a target twice.
    if (!(await tables.evidence.add({ ...item, hold: standsFor.get(item.hold) ?? item.hold }))) isWhole = false;
  }
  const holds = new Set([...stored, ...rows.holds].map(({ id }) => id));
  const evidence = new Set([...proofs, ...rows.evidence].map(({ id }) => id));
  return (await adoptChanges(rows.actions ?? [], { holds, evidence, standsFor }, tables)) && isWhole;
}

/**
 * Stores the holds that the store lacks, as ended where one of the store stands for it: it does not begin again when that one has
 * ended. Returns those that stand for one of the file.
 */
async function adoptHolds(
  holds: readonly HoldRecord[],
  { stored, at, kinds }: { stored: readonly HoldRecord[]; at: string; kinds: Suspensions },
  tables: StoreTables,
): Promise<Map<string, string>> {
  const open = new Map(stored.filter(isOpen).map((row) => [toReasonKey(row), row]));
  const ids = new Set(stored.map(({ id }) => id));
  const standsFor = new Map<string, string>();
  for (const hold of holds) {
    const other = isOpen(hold) ? open.get(toReasonKey(hold)) : undefined;
    if (other !== undefined) {
      standsFor.set(hold.id, other.id);
      await tables.holds.update(other.id, toChange(other, hold, kinds));
      if (!ids.has(hold.id)) await storeHolds(tables, [{ ...hold, until: at }]);
    } else if (!ids.has(hold.id)) await storeHolds(tables, [hold]);
  }
  return standsFor;
}

type Changing = Pick<HoldRecord, 'restriction' | 'note' | 'cycle' | 'usedBytes' | 'allowedBytes'>;

/** Returns what an open hold of the store has when it stands for one of the file. */
function toChange(stored: HoldRecord, hold: HoldRecord, kinds: Suspensions): Changing {
  const { restriction, note, cycle, usedBytes, allowedBytes } = isNewer(stored, hold, kinds) ? stored : hold;
  return { restriction: restriction ?? stored.restriction, note, cycle, usedBytes, allowedBytes };
}

/** Returns whether a hold of the store is newer than that of the file, as where an older store is replaced. */
function isNewer(stored: HoldRecord, hold: HoldRecord, kinds: Suspensions): boolean {
  if (stored.id !== hold.id) return stored.since > hold.since;
  // While a hold lasts, it is only widened.
  return stored.restriction !== hold.restriction && kinds.some((one) => one.wideSuspension === stored.restriction);
}

/**
 * Suspends the services of these holds for billing that were suspended: else the next run finds the holds no longer due, and ends
 * them. One that is only overdue is held by its due date, and is not suspended.
 */
export async function suspendUnpaid(rows: Rows, tables: StoreTables, at: string): Promise<void> {
  const suspended = new Set(rows.services.filter(({ status }) => status === 'suspended').map(({ id }) => id));
  const ended = toEnded(await readStored(rows, tables));
  const held = rows.holds.filter((row) => isOpen(row) && !ended.has(row.id) && row.reason === 'billing');
  const unpaid = held.filter(({ service }) => suspended.has(service));
  const active = await tables.services.list({ ids: unpaid.map(({ service }) => service) });
  const changes = active
    .filter(({ status }) => status === 'active')
    .map(({ id }) => ({ id, status: 'suspended' as const, updatedAt: at }));
  if (changes.length > 0) await tables.services.update(changes);
}

function toReasonKey({ service, reason }: Pick<HoldRecord, 'service' | 'reason'>): string {
  return JSON.stringify([service, reason]);
}

function toTargetKey({ panel, kind, target }: EvidenceRecord): string {
  return JSON.stringify([panel, kind, target]);
}
