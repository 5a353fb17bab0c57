import type { PanelKind } from '@sluice/panel-kind';
import type { ServiceRecord, StoreTables } from '@sluice/state-store';
import { entryOf } from '../config/entry-of.js';
import type { Config } from '../config/schema.js';
import { isCommandRow } from '../run/journal.js';

/** A service with nothing but its id. */
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
    createdAt: now,
    updatedAt: now,
  };
}

/** What is wrong with the id of a new service; null when nothing is. */
export function idProblem(id: string): string | null {
  if (/^[\w.:@-]{1,128}$/.test(id)) return null;
  return `"${id}" is no id: letters, digits and . _ : @ - only, at most 128`;
}

/** What a service lacks to be worked with: key and message of each problem. */
export function checkService(record: ServiceRecord, config: Config, kinds: readonly PanelKind[]): [string, string][] {
  const problems: [string, string][] = [];
  const panel = entryOf(config.panels, record.panel);
  const product = entryOf(config.products, record.product);
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
      `product "${record.product}" is sold on panel "${product.panel}", not on "${record.panel}"`,
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
 * Why services can't change to these panels, by service. What Sluice restricted on a panel is given back there, so a
 * service that is held stays there; one that was moved before may go back to where its evidence lies.
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
    const message = `"${action.service}" can't change its panel while ${action.type} ${action.target} is in doubt: let a poll resolve it first`;
    if (!problems.has(action.service)) problems.set(action.service, message);
  }
  return problems;
}

function heldMessage(service: string): string {
  return `"${service}" can't change its panel while it is held: release it first`;
}
