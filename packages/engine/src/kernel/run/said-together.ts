import type { NoticeRecord, ServiceRecord, StoreTables } from '@sluice/state-store';
import { toReader } from '../../base/notice-reader.js';
import type { ConfiguredChannel } from './channels.js';

type Read = (channel: ConfiguredChannel, notice: NoticeRecord) => boolean;

/**
 * Returns whether a person reads of a notice in another one that is stored with it: a hold says that its limit is used up, so the
 * threshold is left out. Who gets no messages of holds, and programs, are sent the threshold.
 */
export async function findSaidWithHold(
  { clientNotices }: Pick<StoreTables, 'clientNotices'>,
  notices: readonly NoticeRecord[],
  services: ReadonlyMap<string, ServiceRecord>,
): Promise<Read> {
  const held = new Set(notices.filter(isOfLimit).map(toLimit));
  const twice = new Set(notices.filter((notice) => notice.code === 'threshold' && held.has(toLimit(notice))));
  if (twice.size === 0) return () => false;
  const readers = [...twice].flatMap(({ service }) => findReader(services, service) ?? []);
  const choices = await clientNotices.list(readers);
  const refusing = new Set(
    choices.filter(({ event, wanted }) => event === 'hold' && !wanted).map(({ reader }) => reader),
  );
  return ({ kind, settings, events }, notice) => {
    if (!twice.has(notice) || kind.clientAddress === 'none' || !events.includes('hold')) return false;
    const isClientMail = settings.for === 'client' && kind.clientAddress === 'email';
    return !isClientMail || !refusing.has(findReader(services, notice.service) ?? '');
  };
}

function findReader(services: ReadonlyMap<string, ServiceRecord>, id: string | null): string | null {
  const service = services.get(id ?? '');
  return service === undefined ? null : toReader(service);
}

const toLimit = ({ service, data }: NoticeRecord): string =>
  JSON.stringify([service, (data as { limit?: string | null } | null)?.limit ?? null]);

/** A hold for another reason has the figures of the quota, too. */
function isOfLimit({ code, data }: NoticeRecord): boolean {
  const { limit, reason } = (data ?? {}) as { limit?: string | null; reason?: string | null };
  return code === 'hold' && reason === limit;
}
