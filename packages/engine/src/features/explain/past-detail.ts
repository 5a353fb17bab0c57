import type { HoldMarks, ServiceDetail } from '@sluice/contract/documents';
import type { Allowance } from '@sluice/quota-core';
import type { CycleRecord, DecisionRecord, HoldRecord, SampleRecord, ServiceRecord } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { detailFor } from '../services/for-reader.js';
import { isVisible, type Reader } from '../../context/reader.js';
import { datesInForce, toOverride, toPurchase } from '../services/show.js';
import { findFallen } from '../../kernel/subject/fallen.js';
import { lastUsage, serviceView, toLifecycle } from '../../kernel/subject/views.js';

/** What the store has of a service at a past instant. */
export interface Past {
  service: ServiceRecord;
  at: string;
  reader: Reader;
  /** The decision in force. */
  decision: DecisionRecord | null;
  /** Its cycle. */
  cycle: CycleRecord | null;
  /** The holds that were open, or not undone yet. */
  holds: readonly (Pick<HoldRecord, 'reason' | 'since'> & HoldMarks)[];
  /** The last reading that was used; null where there was none. */
  reading: Pick<SampleRecord, 'at' | 'inBytes' | 'outBytes' | 'totalBytes'> | null;
}

/** What a decision was made with. */
type PastInputs = Partial<Pick<ServiceRecord, 'protectedUntil' | 'quotaReleasedUntil' | 'nextDueDate'>>;

/**
 * Returns the detail of a service as it was: `detail` is that of now, of which only what the store keeps no history of remains
 * (product, client, ids, own quota and mode, termination, account).
 */
export async function toPastDetail(context: Context, detail: ServiceDetail, past: Past): Promise<ServiceDetail> {
  const { service, at, reader, cycle, holds } = past;
  const decision = withReading(past);
  const inputs = (decision?.inputs ?? {}) as PastInputs;
  const { protectedUntil = null, quotaReleasedUntil = null, nextDueDate = detail.nextDueDate } = inputs;
  const dates = datesInForce(context, { ...service, protectedUntil, quotaReleasedUntil }, at);
  const view = serviceView({ service, decision, cycle, holds, actions: [], protected: dates.protected });
  const overrides = await context.store.overrides.all(service.id);
  const override = overrides.findLast(({ since, until }) => since <= at && (until === null || until > at));
  const purchases = await context.store.purchases.list({ services: [service.id] });
  const [quota = null] = ((decision?.allowance ?? null) as Allowance | null)?.parts ?? [];
  const { stoppedByPanel: stopped, unread: _ofNow, unpaid: _now, panelRemoved, panelUndecided, ...kept } = detail;
  const downSince = kept.panelDownSince !== null && kept.panelDownSince <= at ? kept.panelDownSince : null;
  const then = {
    ...kept,
    ...view,
    // What has lasted since before was so then.
    panelDownSince: downSince,
    ...(downSince !== null && panelRemoved && { panelRemoved }),
    ...(panelUndecided !== undefined && panelUndecided.since <= at && { panelUndecided }),
    ...(stopped !== undefined && stopped.since <= at && holds.length === 0 && { stoppedByPanel: stopped }),
    ...lastUsage(view, decision, null),
    fallen: findFallen(decision, holds),
    nextDueDate,
    quota,
    purchases: purchases
      .filter((row) => row.at <= at && isVisible(row, service, reader))
      .map((row) => toPurchase(context, row, { cycle, service })),
    overrides: override === undefined ? null : toOverride(override),
    lifecycle: toLifecycle(
      service,
      holds.filter(({ releasing }) => releasing !== true),
    ),
    ...dates,
  };
  return detailFor(then, { service, decision }, reader);
}

/** A decision is stored again only where it changes: later readings that led to the same one are newer than its figures. */
function withReading({ decision, reading }: Past): DecisionRecord | null {
  if (decision === null || reading === null || reading.at <= (decision.readAt ?? '')) return decision;
  const { inBytes, outBytes, totalBytes, at } = reading;
  return { ...decision, inBytes, outBytes, totalBytes, readAt: at };
}
