import { findSubjectAgent, toAgentSubject } from '@sluice/quota-core';
import type { EvidenceRecord, HoldRecord, ServiceRecord, StoreTables } from '@sluice/state-store';

/** All open holds with their evidence and services: enough to release everything without the store. */
export interface HoldsFile {
  about: string;
  at: string;
  services: ServiceRecord[];
  holds: HoldRecord[];
  evidence: EvidenceRecord[];
}

/** Rows of a file of open holds. */
type Rows = Pick<HoldsFile, 'services' | 'holds' | 'evidence'>;

type Held = Pick<StoreTables, 'holds' | 'evidence' | 'agents'>;

/**
 * Reads the open evidence of all services and all agents, and the holds that are open or have some of it. `beside`: panels of which
 * the store may have no agent.
 */
export async function readLasting(
  { holds, evidence, agents }: Held,
  beside: readonly string[] = [],
): Promise<Pick<Rows, 'holds' | 'evidence'>> {
  const found = { holds: await holds.lasting(), evidence: await evidence.open() };
  const panels = new Set([...(await agents.list()).map(({ panel }) => panel), ...beside]);
  for (const agentsOf of [...panels].sort()) {
    found.holds.push(...(await holds.lasting({ agentsOf })));
    found.evidence.push(...(await evidence.open({ agentsOf })));
  }
  return found;
}

const isOpen = ({ until }: HoldRecord): boolean => until === null;

/** Returns the rows of a file by the names that a store has of panels; without those of panels that it can't know. */
export function renamePanels(toName: (panel: string) => string | null, { services, holds, evidence }: Rows): Rows {
  const toSubject = (key: string): string | null => {
    const agent = findSubjectAgent(key);
    if (agent === null) return key;
    const panel = toName(toPanel(key));
    return panel === null ? null : toAgentSubject(panel, agent);
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
  };
}

/** Returns whether a store lacks an open hold, or open evidence, of these rows. */
export async function lacksAny(rows: Rows, tables: Held): Promise<boolean> {
  const { holds, evidence } = rows;
  const found = await readLasting(tables, panelsOfAgents(rows));
  const held = new Set(found.holds.filter(isOpen).map(toReasonKey));
  const known = new Set(found.evidence.map(({ id }) => id));
  return evidence.some(({ id }) => !known.has(id)) || holds.some((row) => isOpen(row) && !held.has(toReasonKey(row)));
}

/**
 * Stores the services, holds and evidence that the store lacks. An open hold of the same reason stands for one of the file; evidence of
 * the same target ends for that of the file, which is newer.
 */
export async function adoptRows(rows: Rows, tables: StoreTables, at: string): Promise<void> {
  const known = await tables.services.list({ ids: rows.services.map(({ id }) => id) });
  const ids = new Set(known.map(({ id }) => id));
  await tables.services.put(rows.services.filter(({ id }) => !ids.has(id)));
  const lasting = await readLasting(tables, panelsOfAgents(rows));
  const standsFor = await adoptHolds(rows.holds, lasting.holds, tables);
  const evidence = await tables.evidence.ofHolds([...rows.holds.map(({ id }) => id), ...standsFor.values()]);
  const stored = new Set(evidence.map(({ id }) => id));
  const applied = new Map(lasting.evidence.map((row) => [toTargetKey(row), row]));
  for (const item of rows.evidence) {
    const before = applied.get(toTargetKey(item));
    if (stored.has(item.id) || before?.id === item.id) continue;
    if (before !== undefined) await tables.evidence.end(before.id, at, 'dropped');
    await tables.evidence.add({ ...item, hold: standsFor.get(item.hold) ?? item.hold });
  }
}

/** Stores the holds that the store lacks; returns those of the store that stand for one of the file. */
async function adoptHolds(
  holds: readonly HoldRecord[],
  lasting: readonly HoldRecord[],
  tables: StoreTables,
): Promise<Map<string, string>> {
  const open = new Map(lasting.filter(isOpen).map((row) => [toReasonKey(row), row.id]));
  const stored = new Set([...(await tables.holds.all()), ...lasting].map(({ id }) => id));
  const standsFor = new Map<string, string>();
  for (const hold of holds) {
    const other = isOpen(hold) ? open.get(toReasonKey(hold)) : undefined;
    if (other !== undefined) standsFor.set(hold.id, other);
    else if (!stored.has(hold.id)) await tables.holds.add(hold);
  }
  return standsFor;
}

/** Suspends the services of these holds that are for billing: else the next run finds them no longer due, and ends them. */
export async function suspendUnpaid({ holds }: Rows, tables: StoreTables, at: string): Promise<void> {
  const services = holds.filter((row) => isOpen(row) && row.reason === 'billing');
  const active = await tables.services.list({ ids: services.map(({ service }) => service) });
  const changes = active
    .filter(({ status }) => status === 'active')
    .map(({ id }) => ({ id, status: 'suspended' as const, updatedAt: at }));
  if (changes.length > 0) await tables.services.update(changes);
}

function panelsOfAgents({ holds, evidence }: Rows): string[] {
  const subjects = [...holds, ...evidence].map(({ service }) => service);
  return subjects.filter((key) => findSubjectAgent(key) !== null).map(toPanel);
}

/** Returns the panel that the key of an agent names. */
function toPanel(key: string): string {
  return key.slice(key.indexOf(':') + 1, key.lastIndexOf(':'));
}

function toReasonKey({ service, reason }: Pick<HoldRecord, 'service' | 'reason'>): string {
  return JSON.stringify([service, reason]);
}

function toTargetKey({ panel, kind, target }: EvidenceRecord): string {
  return JSON.stringify([panel, kind, target]);
}
