import type { ServiceDetail } from '@sluice/engine';
import { SluiceError } from '@sluice/panel-kind';
import { accountTables } from '../account-tables.js';
import { facts, type Section } from '../../layout/components.js';
import { name } from '../../layout/format.js';
import { html } from '../../layout/html.js';
import type { PageRequest } from '../../requests/page-request.js';
import { toTimes } from '../../layout/page-times.js';

/** The account of a service on its panel: where its client logs in, tunnels with their nodes, and forwards. */
export async function accountSection(request: PageRequest, service: ServiceDetail): Promise<Section | null> {
  const { account } = service;
  const login = await readLogin(request, service.id);
  if (account == null && login === null) return null;
  const times = toTimes(request, service.panel);
  const content = html`${facts([
    login?.url == null ? null : ['Log in at', html`<a href="${login.url}" rel="noopener noreferrer">${login.url}</a>`],
    login === null ? null : ['User name', html`<code>${name(login.username)}</code>`],
    account == null ? null : ['Valid until', account.expiresAt === null ? 'no end' : times.at(account.expiresAt)],
  ])}
  ${account == null ? null : accountTables(account)}`;
  return { id: 'account', title: 'Account', content };
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
