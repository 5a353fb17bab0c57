import type { NoticeChoices } from '@sluice/contract/documents';
import type { MessageView, NoticeChannel } from '@sluice/contract/ports';
import { chooseLanguage, type Language } from '@sluice/messages/languages';
import { printable } from '@sluice/panel-http/printable';
import { SluiceError, usageError } from '@sluice/panel-kind';
import type { ClientAddressRecord } from '@sluice/state-store';
import { notFound, unsupported } from '../../base/errors.js';
import { readerOfClient } from '../../base/notice-reader.js';
import { toPublicAddress } from '../../base/config/public-address.js';
import type { Context } from '../../context/context.js';
import type { ConfiguredChannel } from '../../kernel/run/channels.js';
import { withRun } from '../../kernel/run/bracket.js';
import { readChoices, requireClient } from './choices.js';
import { findClientMail } from './client-mail.js';
import { NO_DATA } from '../../kernel/run/notice-data.js';
import { sendLogged } from './send.js';

/** Mails to addresses that a client asks for, in `ATTEMPTS_MS`: somebody else's could be one of them. */
const MOST_ATTEMPTS = 3;
const ATTEMPTS_MS = 86_400_000;
/** How long an address can be confirmed. */
const CONFIRM_MS = 2 * 86_400_000;
const LONGEST_ADDRESS = 254;

/** Sends the mail that confirms an address, or drops the address of a client; see `notices.setAddress`. */
export async function setAddress(context: Context, client: string, address: string | null): Promise<NoticeChoices> {
  await requireClient(context, client);
  const reader = readerOfClient(client);
  if (address === null) {
    await change(context, reader, (tables) => dropAddress(tables, reader));
    return readChoices(context, reader);
  }
  const to = address.trim();
  if (!isAddress(to)) throw usageError('bad_option', `"${to}" is not an e-mail address; nothing was changed`);
  const channel = requireClientMail(context);
  const token = Buffer.from(context.deps.randomBytes(32)).toString('base64url');
  const link = toPublicAddress(context.config, `/mails/confirm/${token}`);
  if (link === null)
    throw unsupported('serve.publicUrl names no address of the page that confirms; nothing was changed');
  await change(context, reader, async ({ clientAddresses }) => {
    const [known] = await clientAddresses.list([reader]);
    await clientAddresses.put(ask(context, known, { reader, asked: to, askedHash: toHash(token) }));
    return true;
  });
  await sendConfirmation(context, channel, { client, to, link });
  return readChoices(context, reader);
}

/** Confirms an address; see `notices.confirmAddress`. */
export async function confirmAddress(context: Context, token: string): Promise<{ address: string }> {
  const askedHash = toHash(token);
  const find = async ({ clientAddresses }: Pick<Context['store'], 'clientAddresses'>) => {
    const found = await clientAddresses.findAsked(askedHash);
    const isLate = found?.askedAt == null || context.deps.clock.now() - Date.parse(found.askedAt) > CONFIRM_MS;
    if (found === null || isLate)
      throw notFound('unknown_link', 'The link confirms no address, or not any more; nothing was changed');
    return found;
  };
  const { reader, asked, address } = await find(context.store);
  // Opened once more: a mail program may have opened it before its reader.
  if (asked === null) return { address: address ?? '' };
  await change(context, reader, async (tables) => {
    const found = await find(tables);
    if (found.asked === null) return false;
    const confirmed = { address: found.asked, confirmedAt: context.now(), asked: null };
    await tables.clientAddresses.put({ ...found, ...confirmed });
    return true;
  });
  return { address: asked };
}

/** What was sent stays counted: otherwise each drop would permit more mails. */
async function dropAddress(
  { clientAddresses }: Pick<Context['store'], 'clientAddresses'>,
  reader: string,
): Promise<boolean> {
  const [known] = await clientAddresses.list([reader]);
  if (known === undefined || (known.address === null && known.asked === null)) return false;
  const dropped = { address: null, confirmedAt: null, asked: null, askedHash: null, askedAt: null };
  await clientAddresses.put({ ...known, ...dropped });
  return true;
}

/** @throws SluiceError `too_many_mails` */
function ask(
  context: Context,
  known: ClientAddressRecord | undefined,
  wanted: Pick<ClientAddressRecord, 'reader' | 'asked' | 'askedHash'>,
): ClientAddressRecord {
  const now = context.deps.clock.now();
  const recent = (known?.attempts ?? []).filter((at) => now - Date.parse(at) < ATTEMPTS_MS);
  if (recent.length >= MOST_ATTEMPTS) {
    const message = `${recent.length} mails were sent to addresses of this client in the last 24 hours; nothing was changed`;
    const retryAfterMs = Date.parse(recent[0] ?? '') + ATTEMPTS_MS - now;
    throw new SluiceError('too_many_mails', message, { kind: 'conflict', details: { retryAfterMs } });
  }
  const askedAt = context.now();
  const { address = null, confirmedAt = null } = known ?? {};
  return { address, confirmedAt, ...wanted, askedAt, attempts: [...recent, askedAt] };
}

async function change(
  context: Context,
  reader: string,
  work: (tables: Pick<Context['store'], 'clientAddresses'>) => Promise<boolean>,
): Promise<void> {
  const scope = reader.replace(':', ' ');
  await withRun(context, { command: 'notice address', dryRun: false, scope }, (run) => run.storeChange(work));
}

function requireClientMail(context: Context): ConfiguredChannel {
  const channel = findClientMail(context);
  if (channel !== undefined) return channel;
  throw unsupported('The config has no mail channel for clients ("for: client"); nothing was changed');
}

async function sendConfirmation(
  context: Context,
  channel: ConfiguredChannel,
  { client, to, link }: { client: string; to: string; link: string },
): Promise<void> {
  const language = await readClientLanguage(context, client);
  const { toTexts } = await import('@sluice/messages');
  const { toMessageView } = await import('./message-view.js');
  const texts = toTexts(language);
  const brand = context.config.brand.name;
  const view: MessageView = {
    ...toMessageView(texts),
    link: { text: texts.text('mail.confirmButton'), href: `${link}?language=${language}` },
  };
  const subject = brand === undefined ? texts.text('mail.confirmTitle') : texts.text('mail.confirmTitleOf', { brand });
  const message = {
    ...{ delivery: context.id('confirm'), event: 'address', code: 'address', at: context.now() },
    ...({ panel: null, service: null, client, for: 'client', recipient: to } as const),
    ...{ subject: printable(subject), text: texts.text('mail.confirmText'), data: { ...NO_DATA, client }, view },
  };
  let opened: NoticeChannel | null = null;
  try {
    await sendLogged(context, channel, null, async () => {
      opened = await channel.open();
      await opened.send(message, context.deps.signal);
    });
  } finally {
    (opened as NoticeChannel | null)?.close();
  }
}

/** Returns the language of a client, by that of his services, else of the config, else English. */
async function readClientLanguage({ config, store }: Context, client: string): Promise<Language> {
  const services = await store.services.list({ client });
  const own = services.find(({ language }) => language !== null)?.language;
  return chooseLanguage({ client: own, config: config.serve.language });
}

function isAddress(text: string): boolean {
  return text.length <= LONGEST_ADDRESS && /^[^\s@<>(),;:"[\]\\\p{C}]+@[^\s@<>(),;:"[\]\\\p{C}]+$/u.test(text);
}

function toHash(token: string): string {
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(token).digest('base64url');
}
