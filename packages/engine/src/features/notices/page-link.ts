import type { Language } from '@sluice/messages/languages';
import type { ApiTokenRecord, ServiceRecord } from '@sluice/state-store';
import { NO_RIGHTS, toHash } from '../access/grants.js';
import type { NotifySettings } from '../../base/config/notify-schema.js';
import { toPublicAddress } from '../../base/config/public-address.js';
import { fillTemplate } from '../../base/template.js';
import { isValid } from '../../base/token-status.js';
import type { Context } from '../../context/context.js';
import { signText } from './mail-links.js';

/** How long a link of a message lasts at least; the one of a month is in all messages of it. */
const LASTS_MS = 40 * 86_400_000;

/** Who made the links of messages, as lists of tokens show it. */
const MAKER = 'notices';

/** What a link of a message leads to. */
interface LinkedPage {
  service: ServiceRecord;
  language: Language;
  /** When the notice was written. */
  at: string;
}

/** Returns the address that a channel states for the links of its messages to clients; null where it states none, or it is not reached. */
export async function readPageLink(
  context: Context,
  { for: reader, link }: Pick<NotifySettings, 'for' | 'link'>,
  { service, language, at }: LinkedPage,
): Promise<string | null> {
  const path = `/services/${encodeURIComponent(service.id)}`;
  const { client } = service;
  if (reader === 'operator' || link === undefined) return null;
  if (link !== 'share')
    return fillTemplate(link, { service: encodeURIComponent(service.id), client: encodeURIComponent(client ?? '') });
  // The notice may be about the time of a former client.
  if (client === null || (service.clientSince !== null && at <= service.clientSince)) return null;
  if (context.config.serve.publicUrl === undefined) return null;
  const token = await shareToken(context, client);
  return token === null ? null : toPublicAddress(context.config, `/share/${token}${path}?language=${language}`);
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
