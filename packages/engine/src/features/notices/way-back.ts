import type { Advice, ServiceDetail } from '@sluice/contract/documents';
import type { ChannelMessage } from '@sluice/contract/ports';
import type { Said } from '@sluice/messages/said';
import type { NoticeRecord, ServiceRecord } from '@sluice/state-store';
import { findTimeZone } from '../../base/config/find-entry.js';
import type { NotifySettings } from '../../base/config/notify-schema.js';
import type { Context } from '../../context/context.js';
import { withAdvice } from '../advice/client-advice.js';
import { needsPayment } from '../advice/advise.js';
import { sayBack } from '../advice/say-advice.js';
import { stateOfHold } from '../advice/situation.js';
import type { DueInvoices, DueReader } from '../billing/due-invoices.js';
import { showService } from '../explain/explain.js';

/** A notice for the client of a service. */
interface Told {
  notice: Pick<NoticeRecord, 'code' | 'at'>;
  service: ServiceRecord;
  client: string;
  data: ChannelMessage['data'];
  settings: Pick<NotifySettings, 'link'>;
}

/**
 * Returns how a service that is restricted comes back, as its page says it now; none of another notice, and where it is restricted for
 * another reason, or again, by now. A purchase is not offered where the message leads to pages that only read.
 */
export async function readWayBack(
  context: Context,
  { notice, service, client, data, settings }: Told,
): Promise<readonly Said[]> {
  const held = await readHeld(context, { notice, service, client, data, settings });
  return held === null ? [] : sayBack(held.advice, held.shown, findTimeZone(context.config, service.panel));
}

/** Returns what is to be paid before a service that is restricted comes back; null where nothing is, and where that is not known. */
export async function readWayToPay(context: Context, told: Told, readDue: DueReader): Promise<DueInvoices | null> {
  const { reason } = told.data as Told['data'] & { reason?: string | null };
  if (reason !== 'billing') return null;
  const held = await readHeld(context, told);
  if (held === null || !needsPayment(held.advice)) return null;
  const due = await readDue(told.service.id, told.client);
  return due?.owed == null ? null : due;
}

/** Returns a service with its advice where it is still held as its notice says; null where it is not, and of another notice. */
async function readHeld(
  context: Context,
  { notice, service, client, data, settings }: Told,
): Promise<{ shown: ServiceDetail; advice: Advice } | null> {
  const { reason } = data as Told['data'] & { reason?: string | null };
  if (notice.code !== 'hold' || reason == null || service.client !== client) return null;
  const shown = await showService(context, service.id, client);
  const of = { reader: client, mayBuy: settings.link !== 'share' };
  const [{ advice } = shown] = await withAdvice(context, [shown], of);
  const isSame = advice?.state === stateOfHold(reason) && isSameHold(shown, { reason, notice });
  return advice === undefined || !isSame ? null : { shown, advice };
}

/** A service that was released and is held again since has another way back. */
function isSameHold(
  { holds }: Pick<ServiceDetail, 'holds'>,
  { reason, notice }: Pick<Told, 'notice'> & { reason: string },
): boolean {
  return holds.some((hold) => hold.reason === reason && hold.since <= notice.at);
}
