import type { ServiceDetail } from '@sluice/engine';
import { SluiceError } from '@sluice/panel-kind';
import { badge, facts, type Section, table } from '../layout/components.js';
import { name, Times } from '../layout/format.js';
import { html, type Html, type Part } from '../layout/html.js';
import type { PageRequest } from '../page.js';

/** The account of a service on its panel: where its client logs in, tunnels with their nodes, and forwards. */
export async function accountSection(request: PageRequest, service: ServiceDetail): Promise<Section | null> {
  const { account } = service;
  const login = await loginOf(request, service.id);
  if (account == null && login === null) return null;
  const times = new Times(request.now, request.sluice.config.timeZone);
  const content = html`${facts([
    login === null ? null : ['Log in at', html`<a href="${login.url}" rel="noopener noreferrer">${login.url}</a>`],
    login === null ? null : ['User name', html`<code>${name(login.username)}</code>`],
    account == null ? null : ['Valid until', account.expiresAt === null ? 'no end' : times.at(account.expiresAt)],
  ])}
  ${account == null ? null : tunnels(account)}`;
  return { id: 'account', title: 'Account', content };
}

function tunnels({ tunnels: list, forwards }: NonNullable<ServiceDetail['account']>): Html {
  const rows = list.map((tunnel): Part[] => [
    name(tunnel.name),
    tunnel.nodes.length === 0 ? '–' : tunnel.nodes.map((node, index) => html`${index === 0 ? '' : ', '}${name(node)}`),
  ]);
  const states = forwards.map((forward): Part[] => [
    name(forward.name),
    forward.pausedByUs ? badge('paused', 'bad') : forward.status === 1 ? badge('active') : badge('off', 'quiet'),
  ]);
  return html`${table({ caption: 'Tunnels', columns: [{ title: 'Tunnel' }, { title: 'Nodes' }], rows, empty: 'The account has no tunnel.' })}
  ${
    states.length === 0
      ? null
      : html`<h3>Forwards</h3>
          ${table({ caption: 'Forwards', columns: [{ title: 'Forward' }, { title: 'State' }], rows: states, empty: '' })}`
  }`;
}

/** Returns where the client logs in, from the store; null on panels where clients have no login, and before the account exists. */
export async function loginOf({ sluice }: PageRequest, id: string): Promise<{ url: string; username: string } | null> {
  try {
    const { url, username } = await sluice.panels.loginLink(id);
    return /^https?:\/\//i.test(url) ? { url, username } : null;
  } catch (error) {
    if (error instanceof SluiceError) return null;
    throw error;
  }
}
