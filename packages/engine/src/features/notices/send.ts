import type { SendReport } from '@sluice/contract/documents';
import type { ChannelMessage, NoticeChannel } from '@sluice/contract/ports';
import { printable } from '@sluice/panel-http/printable';
import { SluiceError, toItemError } from '@sluice/panel-kind';
import type { DeliveryRecord, NoticeRecord } from '@sluice/state-store';
import { isInterrupted } from '../../base/interruption.js';
import { Leases } from '../../context/leases.js';
import type { Context } from '../../context/context.js';
import { type ConfiguredChannel, configuredChannels } from '../../kernel/run/channels.js';
import { readServices } from '../../kernel/run/notice.js';
import { createDueReader, type DueReader } from '../billing/due-invoices.js';
import { quietUntil } from './quiet-until.js';
import { toReader } from '../../base/notice-reader.js';
import { isWantedBy } from './choices.js';
import { isClientMail, isMail } from './client-mail.js';
import { type Addressed, findClient, readSentParts } from './read-parts.js';
import { toMessage } from './to-message.js';

/** The lease of all that is sent: two processes never send at the same time. */
const LEASE = 'notices';
/** No attempt begins later than this in a round; one that began ends with the channel's own time-out. */
const BUDGET_MS = 10_000;
const PAGE = 50;
/** Most deliveries that a removed channel loses in one round. */
const PAGE_OF_REMOVED = 500;
const FIRST_WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 6 * 3_600_000;
/** Longer than two waits, and than quiet hours. */
const LATEST_MS = 14 * 3_600_000;
/** A delivery is given up after this time, and after this many attempts. */
const GIVE_UP_MS = 3 * 86_400_000;
const LEAST_ATTEMPTS = 5;

interface Round {
  context: Context;
  leases: Leases;
  report: SendReport;
  readDue: DueReader;
  /** Aborted when no further attempt may begin. */
  over: AbortSignal;
}

/**
 * Sends the notices that are due, for at most about 20 s. An attempt is stored before it is made: a process that is killed in
 * between repeats it later, with the same id. What was acknowledged is not sent again. Failures of receivers are counted.
 *
 * @throws SluiceError and errors of the store
 */
export async function sendDue(context: Context): Promise<SendReport> {
  const report: SendReport = { sent: 0, failed: 0, givenUp: 0, busy: false };
  report.givenUp += await giveUpRemoved(context);
  const waiting = await findWaiting(context);
  if (waiting.length === 0 || context.deps.signal.aborted) return report;
  const leases = new Leases(context, context.runId ?? context.id('send'));
  try {
    if ('heldBy' in (await leases.tryTake(LEASE))) return { ...report, busy: true };
    const over = AbortSignal.any([context.deps.signal, AbortSignal.timeout(BUDGET_MS)]);
    const round: Round = { context, leases, report, readDue: createDueReader(context), over };
    const rounds = await Promise.allSettled(waiting.map((channel) => sendThrough(round, channel)));
    for (const result of rounds) if (result.status === 'rejected') throw result.reason;
    return report;
  } finally {
    await leases.releaseAll();
  }
}

async function findWaiting(context: Context): Promise<ConfiguredChannel[]> {
  const waiting: ConfiguredChannel[] = [];
  for (const channel of configuredChannels(context)) {
    const due = await listDue(context, channel.name, 1);
    if (due.length > 0) waiting.push(channel);
  }
  return waiting;
}

/** Lists what is due for a channel. An attempt that is planned for later than any can be was planned while the clock was ahead. */
function listDue({ store, deps }: Context, channel: string, limit: number): ReturnType<typeof store.deliveries.due> {
  const now = new Date(deps.clock.now());
  const latest = new Date(now.getTime() + LATEST_MS).toISOString();
  return store.deliveries.due({ channel, now: now.toISOString(), latest, limit });
}

/** Marks as given up what waits for channels that the config does not name, after the time after which all others are given up. */
async function giveUpRemoved(context: Context): Promise<number> {
  const { store, deps } = context;
  const names = configuredChannels(context).map(({ name }) => name);
  const pending = (await store.deliveries.counts()).filter(({ state }) => state === 'pending');
  let givenUp = 0;
  for (const { channel } of pending.filter((each) => !names.includes(each.channel))) {
    const due = await listDue(context, channel, PAGE_OF_REMOVED);
    const old = due.filter(({ delivery }) => deps.clock.now() - Date.parse(delivery.at) >= GIVE_UP_MS);
    const lastError = 'channel_removed: The config does not name this channel';
    await store.write(async (tables) => {
      for (const { delivery } of old) await tables.deliveries.update(delivery.id, { state: 'given-up', lastError });
    });
    givenUp += old.length;
  }
  return givenUp;
}

/** Sends what is due for one channel; ends where the receiver does not answer. */
async function sendThrough(round: Round, channel: ConfiguredChannel): Promise<void> {
  const { context, over } = round;
  let opened: NoticeChannel | null = null;
  try {
    for (;;) {
      const due = await listDue(context, channel.name, PAGE);
      if (due.length === 0) return;
      const notices = due.map(({ notice }) => notice);
      const services = await readServices(context.store, notices);
      for (const { delivery, notice } of due) {
        if (over.aborted) return;
        if (await isPutOff(context, channel, delivery)) continue;
        const service = services.get(notice.service ?? '');
        if (await isUnwanted(context, channel, { delivery, notice, service })) continue;
        const send = async (): Promise<void> => {
          opened ??= await channel.open();
          const message = await toSentMessage(round, channel, { delivery, notice, service });
          await sendLogged(context, channel, notice.service, () => opened?.send(message, context.deps.signal));
        };
        if (!(await attempt(round, delivery, send))) return;
        await dropEnded(context, channel, { delivery, notice });
      }
    }
  } finally {
    (opened as NoticeChannel | null)?.close();
  }
}

/** Returns a notice as it is sent; mails to clients have a chart beside their figures, and digests one of their day. */
async function toSentMessage(
  { context, readDue }: Round,
  channel: ConfiguredChannel,
  addressed: Addressed,
): Promise<ChannelMessage> {
  const parts = await readSentParts(context, channel, addressed, readDue);
  const message = toMessage(parts);
  const { service } = addressed;
  const isDigest = isMail(channel) && addressed.notice.code === 'digest';
  const isOfCycle = service !== undefined && isClientMail(channel) && message.view.figures.length > 0;
  if (!isDigest && !isOfCycle) return message;
  const { digestPictures, mailPictures } = await import('./mail-pictures.js');
  const pictures = isOfCycle ? await mailPictures(context, parts, service) : await digestPictures(context, parts);
  return { ...message, view: { ...message.view, pictures } };
}

/** Drops what is still to be sent of something whose end the receiver knows: a later attempt would open it again. */
async function dropEnded(
  { store }: Context,
  { name, kind }: ConfiguredChannel,
  { delivery, notice: end }: { delivery: DeliveryRecord; notice: NoticeRecord },
): Promise<void> {
  const begun = kind.ends?.[end.code];
  if (begun === undefined) return;
  const found = await store.deliveries.list({ state: 'pending' });
  // It was refused itself: what it ends may be sent before it.
  if (found.some((each) => each.delivery.id === delivery.id)) return;
  for (const { delivery: other, notice } of found) {
    const isOver = notice.code === begun && notice.at <= end.at;
    if (isOver && other.channel === name && notice.panel === end.panel && notice.service === end.service)
      await store.deliveries.drop(other.id);
  }
}

/** Drops a mail whose reader does not want it any more; returns whether it did. */
async function isUnwanted(
  context: Context,
  channel: ConfiguredChannel,
  { delivery: { id, event, recipient }, notice, service }: Addressed,
): Promise<boolean> {
  const { store } = context;
  if (service === undefined || recipient === null || !isClientMail(channel)) return false;
  const client = await findClient(context, service, notice.at);
  if (await isWantedBy(store, toReader({ id: service.id, client }), event)) return false;
  await store.deliveries.drop(id);
  return true;
}

/** Puts off what is due in the quiet hours of its channel to their end; returns whether it did. */
async function isPutOff(
  context: Context,
  { settings: { quietHours } }: ConfiguredChannel,
  { id, event }: DeliveryRecord,
): Promise<boolean> {
  if (quietHours === undefined || quietHours.except.some((each) => each === event)) return false;
  const { timeZone = context.config.timeZone } = quietHours;
  const nextAt = quietUntil({ ...quietHours, timeZone }, context.now());
  if (nextAt === null) return false;
  await context.store.write((tables) => tables.deliveries.update(id, { nextAt }));
  return true;
}

/** Makes one attempt; returns whether the next message may be sent through this channel. */
async function attempt(round: Round, delivery: DeliveryRecord, send: () => Promise<void>): Promise<boolean> {
  const { context, leases, report } = round;
  const { id } = delivery;
  const attempts = delivery.attempts + 1;
  const planned = { attempts, nextAt: nextAttempt(context, attempts, 0) };
  // Without the lease, or where it was sent meanwhile, nothing is sent.
  if (!(await context.write(leases.held, (tables) => tables.deliveries.update(id, planned)))) return true;
  try {
    await send();
  } catch (error) {
    if (isInterrupted(toItemError(error))) return false;
    return afterFailure(round, { ...delivery, attempts }, error);
  }
  // Without the fence: what was acknowledged stays so, also where the lease was lost.
  await context.store.write((tables) =>
    tables.deliveries.update(id, { state: 'sent', sentAt: context.now(), lastError: null }),
  );
  report.sent++;
  return true;
}

async function afterFailure({ context, report }: Round, delivery: DeliveryRecord, error: unknown): Promise<boolean> {
  const { id, at, attempts } = delivery;
  const { code, message } = toItemError(error);
  const lastError = printable(`${code}: ${message}`);
  const isOver = context.deps.clock.now() - Date.parse(at) >= GIVE_UP_MS && attempts >= LEAST_ATTEMPTS;
  const wait = error instanceof SluiceError ? Number(error.details['retryAfterMs'] ?? 0) : 0;
  const change = isOver ? { state: 'given-up' as const } : { nextAt: nextAttempt(context, attempts, wait) };
  await context.store.write((tables) => tables.deliveries.update(id, { lastError, ...change }));
  report.failed++;
  if (isOver) report.givenUp++;
  return code === 'receiver_refused';
}

/** Waits double from a minute to six hours, and are up to a fifth longer, so that channels are not called all at once. */
function nextAttempt({ deps }: Context, attempts: number, leastMs: number): string {
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempts - 1));
  const longer = Math.max(wait, Math.min(leastMs, LONGEST_WAIT_MS)) * (1 + deps.random() / 5);
  return new Date(deps.clock.now() + Math.round(longer)).toISOString();
}

/** Sends once, and adds the attempt to the API log under the channel's name. */
export async function sendLogged(
  context: Context,
  channel: ConfiguredChannel,
  service: string | null,
  send: () => Promise<void> | undefined,
): Promise<void> {
  const started = context.deps.clock.now();
  const record = (failure: { code: string; message: string } | null): void => {
    context.logCall({
      at: new Date(started).toISOString(),
      panel: channel.name,
      service,
      endpoint: `notify ${channel.kind.kind}`,
      method: 'SEND',
      path: '',
      status: null,
      durationMs: context.deps.clock.now() - started,
      attempt: 1,
      ok: failure === null,
      code: failure?.code ?? null,
      message: failure?.message ?? null,
      changing: false,
    });
  };
  try {
    await send();
    record(null);
  } catch (error) {
    record(toItemError(error));
    throw error;
  }
}
