import { type Allowance, type Mode, REPORTED_STATUSES } from '@sluice/quota-core';
import type { DecisionRecord, ServiceRecord } from '@sluice/state-store';
import { group } from '../../base/lifecycle.js';
import { isLeftBehind } from '../../context/reach.js';
import { allowancesNow } from '../../kernel/subject/allowance-now.js';
import { isProtected, readLastingHolds } from '../../kernel/subject/holds.js';
import { lastUsage, serviceView } from '../../kernel/subject/views.js';
import type { Context } from '../../context/context.js';
import type { MetricTable } from './families.js';

const FAILING = new Set(['failed', 'unreadable']);
/** Statuses with a figure of 0 from the beginning: an increase can be seen. */
const AT_ONCE = REPORTED_STATUSES.filter((status) => ['ok', 'held', 'over', 'doubted'].includes(status));

/** Adds usage and allowance of each service, and how many services there are by status. */
export async function addServiceMetrics(context: Context, table: MetricTable): Promise<void> {
  const { store, config } = context;
  const services = await store.services.list();
  const allowances = await allowancesNow(context, services);
  const cycles = new Map((await store.cycles.newest()).map((row) => [row.service, row]));
  const open = group(await readLastingHolds(store));
  const counts = new Map(
    Object.keys(config.panels).map((panel) => [panel, new Map<string, number>(AT_ONCE.map((status) => [status, 0]))]),
  );
  const unread = new Map(Object.keys(config.panels).map((panel) => [panel, 0]));
  for (const service of services) {
    const { id, panel } = service;
    const decision = allowances.get(id)?.decision ?? null;
    const cycle = cycles.get(id) ?? null;
    const holds = open.get(id) ?? [];
    const isUnderProtection = isProtected(config, service, context.now());
    const view = serviceView({ service, decision, cycle, holds, actions: [], protected: isUnderProtection });
    const { status } = view;
    const ofPanel = counts.get(panel) ?? new Map<string, number>();
    counts.set(panel, ofPanel.set(status, (ofPanel.get(status) ?? 0) + 1));
    if (isLeftBehind(context, service) || FAILING.has(decision?.status ?? ''))
      unread.set(panel, (unread.get(panel) ?? 0) + 1);
    addUsage(table, service, lastUsage(view, decision, cycle).usage);
    addAllowance(table, service, decision);
  }
  for (const [panel, services] of unread) table.add('sluice_services_unread', { panel }, services);
  for (const [panel, ofPanel] of counts)
    for (const [status, count] of ofPanel) table.add('sluice_services', { panel, status }, count);
}

function addUsage(
  table: MetricTable,
  { id, panel }: ServiceRecord,
  usage: ReturnType<typeof lastUsage>['usage'],
): void {
  if (usage === null) return;
  const figures = { in: usage.inBytes, out: usage.outBytes, total: usage.totalBytes };
  for (const [direction, bytes] of Object.entries(figures))
    table.add('sluice_service_usage_bytes', { panel, service: id, direction }, bytes);
  table.add('sluice_service_read_timestamp_seconds', { panel, service: id }, Date.parse(usage.readAt) / 1000);
}

const DIRECTIONS: Readonly<Record<Mode, string>> = { IN: 'in', OUT: 'out', TOTAL: 'total' };

function addAllowance(table: MetricTable, { id, panel }: ServiceRecord, decision: DecisionRecord | null): void {
  const allowance = (decision?.allowance ?? null) as Allowance | null;
  if (allowance?.kind !== 'limited' || decision?.mode == null) return;
  const direction = DIRECTIONS[decision.mode];
  table.add('sluice_service_allowance_bytes', { panel, service: id, direction }, allowance.allowedBytes);
}
