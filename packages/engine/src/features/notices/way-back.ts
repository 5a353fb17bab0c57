import type { ServiceDetail } from '@sluice/contract/documents';
import type { ChannelMessage } from '@sluice/contract/ports';
import type { Said } from '@sluice/messages/said';
import type { NoticeRecord, ServiceRecord } from '@sluice/state-store';
import { findTimeZone } from '../../base/config/find-entry.js';
import type { NotifySettings } from '../../base/config/notify-schema.js';
import type { Context } from '../../context/context.js';
import { withAdvice } from '../advice/client-advice.js';
import { sayBack } from '../advice/say-advice.js';
import { stateOfHold } from '../advice/situation.js';
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
  const { reason } = data as Told['data'] & { reason?: string | null };
  if (notice.code !== 'hold' || reason == null || service.client !== client) return [];
  const shown = await showService(context, service.id, client);
  const of = { reader: client, mayBuy: settings.link !== 'share' };
  const [{ advice } = shown] = await withAdvice(context, [shown], of);
  if (advice === undefined || advice.state !== stateOfHold(reason) || !isSameHold(shown, { reason, notice })) return [];
  return sayBack(advice, shown, findTimeZone(context.config, service.panel));
}

/** A service that was released and is held again since has another way back. */
function isSameHold(
  { holds }: Pick<ServiceDetail, 'holds'>,
  { reason, notice }: Pick<Told, 'notice'> & { reason: string },
): boolean {
  return holds.some((hold) => hold.reason === reason && hold.since <= notice.at);
}
