import type { PanelKind } from '@sluice/panel-kind';
import type { ActionRecord, ServiceRecord, StoreTables } from '@sluice/state-store';
import { findCycleAnchor } from '../../base/lifecycle.js';
import { findEntry } from '../../base/config/find-entry.js';
import type { Config } from '../../base/config/schema.js';
import { ownsAccount } from '../../kernel/subject/account.js';
import { COMMAND_PREFIX, isCommandRow } from '../../kernel/subject/command-row.js';
import { findGone } from './gone-accounts.js';

/** Returns a service with no more than its id. */
export function blankService(id: string, now: string): ServiceRecord {
  return {
    id,
    panel: '',
    product: '',
    client: null,
    clientSince: null,
    name: null,
    clientName: null,
    clientEmail: null,
    language: null,
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
  // Browsers and HTTP clients resolve two of these in addresses; the third is an address of the API.
  if (['.', '..', 'export'].includes(id)) return `"${id}" is not a valid id: it means another address`;
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
  if (product !== undefined && !ended) problems.push(...checkCycle(record, product));
  const kind = kinds.find((known) => known.kind === panel?.kind);
  for (const { name, required } of kind?.refs ?? []) {
    if (required !== true || record.refs[name] !== undefined) continue;
    problems.push([name, `${name} is required on a panel of kind ${kind?.title ?? ''}`]);
  }
  return problems;
}

/** A limit over the billing cycle can't be counted without the cycle. */
function checkCycle(record: ServiceRecord, { quota, limits = [] }: Config['products'][string]): [string, string][] {
  const ofCycle = limits.find(({ window }) => window === 'cycle');
  if (quota === undefined && ofCycle === undefined) return [];
  const what = quota === undefined ? `the limit "${ofCycle?.id ?? ''}" of the billing cycle` : 'a quota';
  const missing = { billing_cycle: record.billingCycle, next_due_date: findCycleAnchor(record) };
  return Object.entries(missing)
    .filter(([, value]) => value === null)
    .map(([key]) => [key, `${key} is required: product "${record.product}" has ${what}`]);
}

function listed(known: Record<string, unknown>): string {
  return Object.keys(known).join(', ') || 'none';
}

/** A change of a service's panel. */
export interface Move {
  before: ServiceRecord;
  after: ServiceRecord;
}

/** Why a service can't be changed. */
export interface ChangeProblem {
  /** Code of the remedy (docs/errors.md). */
  code: string;
  message: string;
}

/**
 * Returns why services can't move to another panel, by service. An account would be left behind, and restrictions are lifted on
 * the panel where they were applied, so a held service can't move, except back to the panel of its evidence.
 */
export async function panelChangeProblems(
  findKind: (panel: string) => PanelKind | undefined,
  tables: StoreTables,
  moves: readonly Move[],
): Promise<Map<string, ChangeProblem>> {
  const problems = new Map<string, ChangeProblem>();
  if (moves.length === 0) return problems;
  const add = (service: string, problem: ChangeProblem): void => {
    if (!problems.has(service)) problems.set(service, problem);
  };
  const byId = new Map(moves.map((move) => [move.before.id, move]));
  const services = [...byId.keys()];
  const unresolved = await tables.actions.unresolved({ services });
  const started = new Set(unresolved.filter(isAccountCommand).map(({ service, panel }) => `${panel} ${service ?? ''}`));
  for (const move of moves) {
    const { id, panel } = move.before;
    const kind = findKind(panel);
    // A panel that is not in the config any more has another name now.
    if (kind === undefined) continue;
    if (ownsAccount(kind, move.before) || started.has(`${panel} ${id}`)) add(id, leavesAccount(move));
  }
  const gone = await findGone(tables, services);
  const evidence = (await tables.evidence.open({ services })).filter(({ service }) => !gone.has(service));
  const restricted = new Set(evidence.map((item) => item.service));
  for (const { service } of await tables.holds.open({ services })) {
    const panel = byId.get(service)?.before.panel ?? '';
    if (!restricted.has(service)) add(service, isHeld(service, { panel, isGone: findKind(panel) === undefined }));
  }
  for (const { service, panel } of evidence) {
    if (panel !== byId.get(service)?.after.panel)
      add(service, isHeld(service, { panel, isGone: findKind(panel) === undefined }));
  }
  for (const { id, service, panel, type, target } of unresolved.filter((row) => !isCommandRow(row))) {
    if (service === null || panel === byId.get(service)?.after.panel) continue;
    const message = `the panel of "${service}" can't be changed while ${type} ${target} is in doubt (${id})`;
    add(service, { code: 'service_in_doubt', message });
  }
  return problems;
}

/** Whether the row is a creation or removal of an account that is not finished. */
function isAccountCommand({ type }: Pick<ActionRecord, 'type'>): boolean {
  return type === `${COMMAND_PREFIX}create` || type === `${COMMAND_PREFIX}terminate`;
}

function leavesAccount({ before, after }: Move): ChangeProblem {
  const where = `product "${after.product}" is on panel "${after.panel}"`;
  const message = `"${before.id}" has an account on panel "${before.panel}" (product "${before.product}"), and ${where}`;
  return { code: 'account_left_behind', message };
}

function isHeld(service: string, { panel, isGone }: { panel: string; isGone: boolean }): ChangeProblem {
  const what = `the panel of "${service}" can't be changed while the service is held`;
  const message = isGone
    ? `${what}, and panel "${panel}" is not in the config: put it back there, and release the service first`
    : `${what}; release it first`;
  return { code: 'service_held', message };
}
