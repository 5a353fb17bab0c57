import type { NoticeChoices } from '@sluice/contract/documents';
import type { StoreTables } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { notFound } from '../../base/errors.js';
import { toReader } from '../../base/notice-reader.js';
import { chooseFor, type ChosenEvents, readChoices } from './choices.js';

/** Where the key of the links is: anyone who has the store could write the choices themselves. */
const KEY = 'notice-links';

/** Bytes of a signature. */
const SIGNATURE_BYTES = 16;

/** A longer text is not a link. */
const LONGEST = 600;

/** What the link in a mail is about. */
export interface MailLink {
  /** As `toReader` returns it. */
  reader: string;
  /** The event of the mail. */
  event: string;
}

/** Returns the token of a link by which the reader of a mail chooses without a login which mails he gets; it does not end. */
export async function signMailLink(context: Context, { reader, event }: MailLink): Promise<string> {
  const payload = Buffer.from(JSON.stringify([reader, event])).toString('base64url');
  return `${payload}.${sign(await requireKey(context), payload)}`;
}

/** Returns 256 bits that follow from a text and the key of the links, as text for an address. */
export async function signText(context: Context, text: string): Promise<string> {
  const key = Buffer.from(await requireKey(context), 'hex');
  return crypto().createHmac('sha256', key).update(text).digest('base64url');
}

/** A link of a mail, and what its reader has chosen. */
export interface OpenedMailLink {
  event: string;
  choices: NoticeChoices;
}

/**
 * Returns which mails the reader of a link gets.
 *
 * @throws SluiceError `unknown_link`
 */
export async function openMailLink(context: Context, token: string): Promise<OpenedMailLink> {
  const { reader, event } = await requireMailLink(context, token);
  return { event, choices: await readChoices(context, reader) };
}

/**
 * Stores which mails the reader of a link wants; without events, none of the event of its mail, as mail programs ask for it.
 *
 * @throws SluiceError `unknown_link`, `bad_option`
 */
export async function chooseByMailLink(
  context: Context,
  token: string,
  events?: ChosenEvents,
): Promise<OpenedMailLink> {
  const { reader, event } = await requireMailLink(context, token);
  return { event, choices: await chooseFor(context, reader, events ?? { [event]: false }) };
}

async function requireMailLink({ store }: Context, token: string): Promise<MailLink> {
  const [payload = '', signature = '', ...rest] = token.length > LONGEST ? [] : token.split('.');
  const key = await readKey(store);
  const isOwn = key !== null && rest.length === 0 && isSame(signature, sign(key, payload));
  if (!isOwn) throw notFound('unknown_link', 'The link is not one of a mail, or its store was replaced', {});
  const [reader = '', event = ''] = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as string[];
  if (!(await isReader(store, reader)))
    throw notFound('unknown_link', 'The mails of the link go to another reader by now; nothing was changed', {});
  return { reader, event };
}

/** Returns whether a reader has a service: the client may have been merged into another one, and the service be a client's by now. */
async function isReader({ services }: Pick<StoreTables, 'services'>, reader: string): Promise<boolean> {
  const [, kind, id = ''] = /^(client|service):(.*)$/s.exec(reader) ?? [];
  const found = await services.list(kind === 'client' ? { client: id, limit: 1 } : { ids: [id] });
  return found.some((service) => toReader(service) === reader);
}

async function readKey({ conditions }: Pick<StoreTables, 'conditions'>): Promise<string | null> {
  return ((await conditions.get(KEY))?.details as { key: string } | undefined)?.key ?? null;
}

/** Two processes that make the first mail at once end with one key. */
async function requireKey(context: Context): Promise<string> {
  const known = await readKey(context.store);
  if (known !== null) return known;
  const made = Buffer.from(context.deps.randomBytes(32)).toString('hex');
  const since = context.now();
  return context.store.write(async (tables) => {
    const stored = await readKey(tables);
    if (stored !== null) return stored;
    await tables.conditions.put({ key: KEY, since, runs: 1, details: { key: made } });
    return made;
  });
}

/** Loaded on demand, since most calls send no mail. */
const crypto = () => process.getBuiltinModule('node:crypto');

function sign(key: string, payload: string): string {
  const digest = crypto().createHmac('sha256', Buffer.from(key, 'hex')).update(payload).digest();
  return digest.subarray(0, SIGNATURE_BYTES).toString('base64url');
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && crypto().timingSafeEqual(left, right);
}
