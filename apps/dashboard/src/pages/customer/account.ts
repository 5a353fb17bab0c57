import type { ServiceDetail } from '@sluice/engine';
import { SluiceError } from '@sluice/panel-kind';
import { accountTables, forwardCount } from '../account-tables.js';
import { facts, type Section } from '../../layout/components.js';
import { html } from '../../layout/html.js';
import { toWording } from '../../layout/wording.js';
import type { PageRequest } from '../../requests/page-request.js';
import { toTimes } from '../../layout/page-times.js';

/** The account of a service on its panel: where its client logs in, tunnels with their nodes, and forwards. */
export async function accountSection(request: PageRequest, service: ServiceDetail): Promise<Section | null> {
  const { account } = service;
  const login = await readLogin(request, service.id);
  if (account == null && login === null) return null;
  const times = toTimes(request, service.panel);
  const wording = toWording(request.language);
  const showEnd = (expiresAt: string | null) =>
    expiresAt === null ? wording.say('account.noEnd') : times.full(expiresAt);
  const content = html`${facts([
    login?.url == null
      ? null
      : [
          wording.text('account.loginAt'),
          html`<a href="${login.url}" rel="noopener noreferrer" dir="ltr">${login.url}</a>`,
        ],
    login === null
      ? null
      : [wording.text('account.userName'), html`<code>${wording.identifier(login.username)}</code>`],
    account == null ? null : [wording.text('account.validUntil'), showEnd(account.expiresAt)],
    account == null ? null : forwardCount(account, wording),
  ])}
  ${account == null ? null : accountTables(account, wording)}`;
  return { id: 'account', title: wording.text('account.title'), content };
}

/**
 * Returns where the client logs in, from the store: `url` is null where clients are shown no address. Null on panels where clients have no
 * login, and before the account exists.
 */
export async function readLogin(
  { sluice, viewer }: PageRequest,
  id: string,
): Promise<{ url: string | null; username: string } | null> {
  try {
    return await sluice.panels.loginLink(id, { reader: viewer.client ?? undefined });
  } catch (error) {
    if (error instanceof SluiceError && error.kind !== 'internal') return null;
    throw error;
  }
}
