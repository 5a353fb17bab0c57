import type { ServiceDetail } from '@sluice/engine';
import { SluiceError } from '@sluice/panel-kind';
import { badge, facts, listed, type Section, table } from '../layout/components.js';
import { name } from '../layout/format.js';
import { html, type Html } from '../layout/html.js';
import type { PageRequest } from '../page.js';
import { toTimes } from '../page-times.js';

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
  ${account == null ? null : tunnels(account)}`;
  return { id: 'account', title: 'Account', content };
}

function tunnels({ tunnels: list, forwards }: NonNullable<ServiceDetail['account']>): Html {
  const states = table({
    caption: 'Forwards',
    columns: [
      { title: 'Forward', cell: (forward) => name(forward.name) },
      {
        title: 'State',
        cell: ({ pausedByUs, status }) =>
          pausedByUs ? badge('paused', 'bad') : status === 1 ? badge('active') : badge('off', 'quiet'),
      },
    ],
    rows: forwards,
  });
  return html`${table({
    caption: 'Tunnels',
    columns: [
      { title: 'Tunnel', cell: (tunnel) => name(tunnel.name) },
      { title: 'Nodes', cell: ({ nodes }) => (nodes.length === 0 ? '–' : listed(nodes.map(name))) },
    ],
    rows: list,
    empty: 'The account has no tunnel.',
  })}
  ${
    states === null
      ? null
      : html`<h3>Forwards</h3>
          ${states}`
  }`;
}

/**
 * Returns where the client logs in, from the store: `url` is null where clients are shown no address. Null on panels where clients have no
 * login, and before the account exists.
 */
export async function readLogin(
  { sluice }: PageRequest,
  id: string,
): Promise<{ url: string | null; username: string } | null> {
  try {
    return await sluice.panels.loginLink(id);
  } catch (error) {
    if (error instanceof SluiceError && error.kind !== 'internal') return null;
    throw error;
  }
}
