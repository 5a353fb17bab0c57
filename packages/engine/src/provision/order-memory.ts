import { usageError } from '@sluice/panel-kind';
import {
  checkLocalDate,
  localDateOf,
  nextDueDateAfter,
  parseBillingCycleName,
  zonedMidnight,
} from '@sluice/quota-core';
import type { ActionRecord, ServiceRecord } from '@sluice/state-store';
import { zoneOf } from '../config/zone-of.js';
import { plannedRow, COMMAND_PREFIX } from '../run/journal.js';
import type { Session } from '../session.js';
import type { ProvisionRequest } from './request.js';
import type { OrderMemory, VerbOrder } from './verb-order.js';

/** An order of this verb that was broken off. */
export async function openOrder(session: Session, id: string, verb: string): Promise<ActionRecord | null> {
  const rows = await session.store.actions.unsettled({ services: [id] });
  return rows.find((row) => row.type === `${COMMAND_PREFIX}${verb}`) ?? null;
}

/** The memory of an order that was broken off. */
export function orderMemory(row: ActionRecord | null): OrderMemory | null {
  return row ? (row.payload as OrderMemory) : null;
}

/** Does this order finish the broken-off one? One to another date or product takes its place. */
export function isSameOrder(open: ActionRecord, memory: OrderMemory): boolean {
  const earlier = orderMemory(open);
  return earlier?.until === memory.until && earlier?.product === memory.product && earlier?.by === memory.by;
}

/** What the order is to remember: what a broken-off one had decided is kept. */
export function memoryOf(
  session: Session,
  service: ServiceRecord,
  request: ProvisionRequest,
  open: ActionRecord | null,
): OrderMemory {
  const earlier = orderMemory(open);
  switch (request.verb) {
    case 'renew': {
      if (request.until !== undefined) return { until: untilOf(request.until) };
      const begun = open !== null && isRepeat(session, service, open) ? earlier?.until : undefined;
      return { until: begun ?? onePeriodOn(session, service) };
    }
    case 'change-package':
      return { product: request.product ?? earlier?.product ?? '' };
    case 'terminate':
      return { by: earlier?.by ?? session.deps.actor() };
    default:
      return { passwordFile: earlier?.passwordFile ?? null };
  }
}

const DAY_MS = 86_400_000;

/**
 * Is a renewal without a date the broken-off one once more, or the next one? A repeat follows soon; the next renewal is due when
 * the time that the first was to give is over.
 */
function isRepeat(session: Session, service: ServiceRecord, open: ActionRecord): boolean {
  const until = orderMemory(open)?.until;
  if (until === undefined) return false;
  const begunAt = Date.parse(open.plannedAt);
  const endsAt = Date.parse(zonedMidnight(until, zoneOf(session.config, service.panel)));
  return Date.parse(session.now()) - begunAt < Math.max(DAY_MS, (endsAt - begunAt) / 2);
}

function untilOf(text: string): string {
  try {
    return checkLocalDate(text, 'until');
  } catch (error) {
    throw usageError('bad_option', (error as Error).message);
  }
}

function onePeriodOn(session: Session, service: ServiceRecord): string {
  if (service.billingCycle === null) {
    throw usageError('no_cycle', `"${service.id}" has no billing cycle to renew by`, { service: service.id });
  }
  const from = service.nextDueDate ?? localDateOf(session.now(), zoneOf(session.config, service.panel));
  return nextDueDateAfter({ nextDueDate: from, billingCycle: parseBillingCycleName(service.billingCycle) });
}

/** The journal row that an order stands in until all of it is done. */
export function orderRow(order: VerbOrder, service: ServiceRecord, run: string): ActionRecord {
  const { session, request, memory, row } = order;
  return plannedRow({
    id: row,
    run,
    panel: service.panel,
    service: service.id,
    type: `${COMMAND_PREFIX}${request.verb}`,
    target: service.id,
    key: `${COMMAND_PREFIX}${request.verb}:${service.id}:${row}`,
    hold: null,
    prior: null,
    payload: memory,
    plannedAt: session.now(),
  });
}
