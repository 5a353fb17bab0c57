import type { ServiceDetail } from '@sluice/engine';
import { badge, listed, table } from '../layout/components.js';
import { name } from '../layout/format.js';
import { html, type Html } from '../layout/html.js';

/** The tunnels of an account with their nodes, and its forwards. */
export function accountTables({ tunnels: list, forwards }: NonNullable<ServiceDetail['account']>): Html {
  const states = table({
    caption: 'Forwards',
    columns: [
      { title: 'Forward', cell: (forward) => name(forward.name) },
      {
        title: 'On the panel',
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
