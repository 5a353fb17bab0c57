import type { NoticeChoices } from '@sluice/contract/documents';
import { usageError } from '@sluice/panel-kind';
import type { StoreTables } from '@sluice/state-store';
import { CLIENT_EVENTS } from '../../base/notice-events.js';
import { notFound } from '../../base/errors.js';
import { nameFew } from '../../base/natural-order.js';
import type { Context } from '../../context/context.js';
import { withRun } from '../../kernel/run/bracket.js';
import { findClientMail } from './client-mail.js';
import { readerOfClient } from '../../base/notice-reader.js';

/** Which mails a client wants, by event; those that are not named stay as they are. */
export type ChosenEvents = Readonly<Record<string, boolean>>;

/** Returns which mails a reader gets, and where. */
export async function readChoices(context: Context, reader: string): Promise<NoticeChoices> {
  const { clientNotices, clientAddresses } = context.store;
  const stored = new Map((await clientNotices.list([reader])).map((choice) => [choice.event, choice]));
  const [own] = await clientAddresses.list([reader]);
  const events = findClientMail(context)?.events ?? [];
  return {
    sends: events.length > 0,
    events: CLIENT_EVENTS.filter((event) => events.length === 0 || events.includes(event)).map((event) => {
      const choice = stored.get(event);
      return { event, wanted: choice?.wanted ?? true, since: choice?.since ?? null };
    }),
    address: own?.address ?? null,
    confirmedAt: own?.confirmedAt ?? null,
    asked: own?.asked ?? null,
    askedAt: own?.asked == null ? null : own.askedAt,
  };
}

/**
 * Returns which mails a client gets, and where.
 *
 * @throws SluiceError `unknown_client` where no service has this client
 */
export async function showChoices(context: Context, client: string): Promise<NoticeChoices> {
  await requireClient(context, client);
  return readChoices(context, readerOfClient(client));
}

/**
 * Stores which mails a client wants.
 *
 * @throws SluiceError `unknown_client`, `bad_option` for an event of which no client is notified
 */
export async function chooseForClient(context: Context, client: string, events: ChosenEvents): Promise<NoticeChoices> {
  await requireClient(context, client);
  return chooseFor(context, readerOfClient(client), events);
}

/** Stores which mails a reader wants; only what differs from what is stored gets a new time, and a run in the log. */
export async function chooseFor(context: Context, reader: string, events: ChosenEvents): Promise<NoticeChoices> {
  const unknown = Object.keys(events).filter((event) => !CLIENT_EVENTS.some((known) => known === event));
  if (unknown.length > 0 || Object.keys(events).length === 0) {
    const known = CLIENT_EVENTS.join(', ');
    const which = unknown.length === 0 ? 'No event is named' : `No client is notified of ${nameFew(unknown)}`;
    throw usageError('bad_option', `${which}; events are ${known}; nothing was changed`);
  }
  await withRun(context, { command: 'notice choose', dryRun: false, scope: reader.replace(':', ' ') }, (run) =>
    run.storeChange(async ({ clientNotices }) => {
      const stored = new Map((await clientNotices.list([reader])).map(({ event, wanted }) => [event, wanted]));
      const changed = Object.entries(events).filter(([event, wanted]) => (stored.get(event) ?? true) !== wanted);
      const since = context.now();
      await clientNotices.put(changed.map(([event, wanted]) => ({ reader, event, wanted, since })));
      return changed.length > 0;
    }),
  );
  return readChoices(context, reader);
}

/** Returns whether a reader gets mails of an event. */
export async function isWantedBy(
  { clientNotices }: Pick<StoreTables, 'clientNotices'>,
  reader: string,
  event: string,
): Promise<boolean> {
  const choices = await clientNotices.list([reader]);
  return choices.every((choice) => choice.event !== event || choice.wanted);
}

/** @throws SluiceError `unknown_client` where no service has this client */
export async function requireClient({ store }: Context, client: string): Promise<void> {
  if ((await store.services.list({ client, limit: 1 })).length > 0) return;
  throw notFound('unknown_client', `No service has the client "${client}"; nothing was changed`, { client });
}
