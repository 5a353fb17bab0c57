import { staffText } from '@sluice/messages/staff';
import { describeReason } from '@sluice/quota-core';
import type { HoldRecord, ServiceRecord, StoreTables } from '@sluice/state-store';
import { beginHolds } from '../../context/change-holds.js';
import type { Context } from '../../context/context.js';
import { addNotices, noticeRows, serviceNotice } from '../../kernel/run/notice.js';

/** Begins a hold that an operator asks for, and stores its notice in the same transaction: its client reads of it as of any other. */
export async function beginByCommand(
  context: Context,
  tables: StoreTables,
  { hold, service, run }: { hold: HoldRecord; service: ServiceRecord; run: string },
): Promise<void> {
  await beginHolds(tables, [hold], context.now());
  const { id, reason, note } = hold;
  const why =
    note === null ? describeReason(reason) : staffText('staff.why', { reason: describeReason(reason), why: note });
  const notice = serviceNotice(service, 'hold', staffText('staff.heldByCommand', { service: service.id, why }), id);
  await addNotices(context, tables, noticeRows(context, run, [{ ...notice, facts: { reason } }]));
}
