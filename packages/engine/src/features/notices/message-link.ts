import type { Language } from '@sluice/messages/languages';
import type { ApiTokenRecord, ServiceRecord } from '@sluice/state-store';
import { NO_RIGHTS, toHash } from '../access/grants.js';
import type { NotifySettings } from '../../base/config/notify-schema.js';
import { toPublicAddress } from '../../base/config/public-address.js';
import { fillTemplate } from '../../base/template.js';
import { isValid } from '../../base/token-status.js';
import type { Context } from '../../context/context.js';
import { findPages } from '../billing/billing-pages.js';
import { signText } from './mail-links.js';

/** How long a link of a message lasts at least; the one of a month is in all messages of it. */
const LASTS_MS = 40 * 86_400_000;

/** Who made the links of messages, as lists of tokens show it. */
const MAKER = 'notices';

/** Whose message it is, and about what. */
interface Linked {
  service: ServiceRecord | undefined;
  /** Whose the service was at the time of the notice. */
  client: string | null;
  settings: Pick<NotifySettings, 'for' | 'link'>;
}

/**
 * Returns the page that the reader of a message is led to, as anybody may read it; null for none. Operators get that of the server
 * (`serve.publicUrl`); a client the address that the channel states (`link`), else his page in the billing system, where he may do what that
 * lets him. With `link: share` it is known to nobody but him: {@link readSentLink}.
 */
export function findLink(
  context: Pick<Context, 'config' | 'deps'>,
  { service, client, settings }: Linked,
): string | null {
  if (service === undefined) return null;
  if (settings.for === 'operator') return toPublicAddress(context.config, toPath(service));
  const { link } = settings;
  if (link === undefined || link === 'share') return findBillingPage(context, service);
  return fillTemplate(link, { service: encodeURIComponent(service.id), client: encodeURIComponent(client ?? '') });
}

/**
 * Returns the page that the reader of a message is led to when it is sent: as {@link findLink}, with `link: share` the client's pages here.
 * Those only read, so nothing that is written around the link offers a purchase.
 */
export async function readSentLink(context: Context, linked: Linked, language: Language): Promise<string | null> {
  const { service, client, settings } = linked;
  const isShared = settings.for === 'client' && settings.link === 'share';
  // The notice may be about the time of a former client.
  const isOwn = service !== undefined && client !== null && service.client === client;
  if (!isShared || !isOwn || context.config.serve.publicUrl === undefined) return findLink(context, linked);
  const token = await shareToken(context, client);
  const address = `/share/${token ?? ''}${toPath(service)}?language=${language}`;
  return token === null ? findLink(context, linked) : toPublicAddress(context.config, address);
}

const toPath = ({ id }: ServiceRecord): string => `/services/${encodeURIComponent(id)}`;

function findBillingPage({ config, deps }: Pick<Context, 'config' | 'deps'>, { refs }: ServiceRecord): string | null {
  const { kind, pages } = findPages({ config, billing: deps.billing });
  const id = kind?.serviceRef === undefined ? undefined : refs[kind.serviceRef];
  return id === undefined ? null : (pages?.service?.(id) ?? null);
}

/**
 * Returns the share link of a client that the messages of this month have, which only reads: its text follows from the key of the
 * store, and is not stored. Null once it was revoked.
 */
async function shareToken(context: Context, client: string): Promise<string | null> {
  const now = context.now();
  const token = await signText(context, `share ${client} ${now.slice(0, 7)}`);
  const hash = toHash(token);
  const expiresAt = new Date(context.deps.clock.now() + LASTS_MS).toISOString();
  const stored = await context.store.apiTokens.find(hash);
  const known = stored ?? (await storeToken());
  return isValid(known, now) ? token : null;

  async function storeToken(): Promise<ApiTokenRecord> {
    return context.store.write(async ({ apiTokens }) => {
      const other = await apiTokens.find(hash);
      if (other !== null) return other;
      const record = {
        ...{ id: `tok-${toHash(`notices:${hash}`).slice(0, 24)}`, name: 'messages', hash, kind: 'share' as const },
        ...{ scopes: [`client:${client}`], client, rights: NO_RIGHTS, createdAt: now, createdBy: MAKER },
        ...{ expiresAt, revokedAt: null, lastUsedAt: null, scopesBefore: null },
      };
      await apiTokens.add(record);
      return record;
    });
  }
}
