import type { PanelKind } from '@sluice/panel-kind';
import type { ServiceRecord, StoreTables } from '@sluice/state-store';
import { findEntry } from '../config/find-entry.js';
import type { Config } from '../config/schema.js';
import { isCommandRow } from '../run/command-row.js';

/** Returns a service with no more than its id. */
export function blankService(id: string, now: string): ServiceRecord {
  return {
    id,
    panel: '',
    product: '',
    client: null,
    billingCycle: null,
    nextDueDate: null,
    status: 'active',
    trafficMode: null,
    baseQuotaOverrideGb: null,
    refs: {},
    ownRefs: [],
    fields: {},
    protectedUntil: null,
    quotaReleasedUntil: null,
    createdAt: now,
    updatedAt: now,
  };
}

/** Returns the problem with the id of a new service, or null. */
export function idProblem(id: string): string | null {
  if (/^[\w.:@-]{1,128}$/.test(id)) return null;
  return `"${id}" is not a valid id: use letters, digits and . _ : @ -, at most 128 characters`;
}

/** Returns key and message of each problem of a service. */
export function checkService(record: ServiceRecord, config: Config, kinds: readonly PanelKind[]): [string, string][] {
  const problems: [string, string][] = [];
  const panel = findEntry(config.panels, record.panel);
  const product = findEntry(config.products, record.product);
  if (record.panel === '') problems.push(['panel', 'panel is required']);
  else if (!panel)
    problems.push(['panel', `there is no panel "${record.panel}" in the config; known: ${listed(config.panels)}`]);
  if (record.product === '') problems.push(['product', 'product is required']);
  else if (!product)
    problems.push([
      'product',
      `there is no product "${record.product}" in the config; known: ${listed(config.products)}`,
    ]);
  if (panel && product && product.panel !== record.panel) {
    problems.push([
      'product',
      `product "${record.product}" belongs to panel "${product.panel}", not to "${record.panel}"`,
    ]);
  }
  const ended = record.status === 'terminated' || record.status === 'vanished';
  if (product?.quota !== undefined && !ended) {
    if (record.billingCycle === null)
      problems.push(['billing_cycle', `billing_cycle is required: product "${record.product}" has a quota`]);
    if (record.nextDueDate === null)
      problems.push(['next_due_date', `next_due_date is required: product "${record.product}" has a quota`]);
  }
  const kind = kinds.find((known) => known.kind === panel?.kind);
  for (const { name, required } of kind?.refs ?? []) {
    if (required !== true || record.refs[name] !== undefined) continue;
    problems.push([name, `${name} is required on a panel of kind ${kind?.title ?? ''}`]);
  }
  return problems;
}

function listed(known: Record<string, unknown>): string {
  return Object.keys(known).join(', ') || 'none';
}

/**
 * Returns why services can't move to these panels, by service. Restrictions are lifted on the panel where they were
 * applied, so a held service can't move, except back to the panel of its evidence.
 */
export async function panelChangeProblems(
  tables: StoreTables,
  moves: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const problems = new Map<string, string>();
  if (moves.size === 0) return problems;
  const services = [...moves.keys()];
  const evidence = await tables.evidence.open({ services });
  const restricted = new Set(evidence.map((item) => item.service));
  for (const { service } of await tables.holds.open({ services })) {
    if (!restricted.has(service)) problems.set(service, heldMessage(service));
  }
  for (const { service, panel } of evidence) {
    if (panel !== moves.get(service)) problems.set(service, heldMessage(service));
  }
  for (const action of await tables.actions.unsettled({ services })) {
    if (action.service === null || isCommandRow(action) || action.panel === moves.get(action.service)) continue;
    const message = `the panel of "${action.service}" can't be changed while ${action.type} ${action.target} is in doubt; a poll resolves it`;
    if (!problems.has(action.service)) problems.set(action.service, message);
  }
  return problems;
}

function heldMessage(service: string): string {
  return `the panel of "${service}" can't be changed while the service is held; release it first`;
}
