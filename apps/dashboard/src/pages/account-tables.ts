import type { ServiceDetail } from '@sluice/engine';
import { coloured, table } from '../layout/components.js';
import { name } from '../layout/format.js';
import { html, type Html } from '../layout/html.js';
import type { Wording } from '../layout/wording.js';

/** The tunnels of an account with their nodes, and its forwards. */
export function accountTables(
  { tunnels: list, forwards }: NonNullable<ServiceDetail['account']>,
  wording: Wording,
): Html {
  const showState = ({ pausedByUs, status }: (typeof forwards)[number]): Html => {
    if (pausedByUs) return coloured(wording.say('state.paused'), 'bad');
    return status === 1 ? coloured(wording.say('state.active'), 'good') : coloured(wording.say('state.off'), 'quiet');
  };
  const states = table({
    caption: wording.text('account.forwards'),
    columns: [
      { title: wording.text('account.forward'), cell: (forward) => wording.name(forward.name) },
      { title: wording.text('account.onPanel'), cell: showState },
    ],
    rows: forwards,
  });
  return html`${table({
    caption: wording.text('account.tunnels'),
    columns: [
      { title: wording.text('account.tunnel'), cell: (tunnel) => wording.name(tunnel.name) },
      {
        title: wording.text('account.nodes'),
        cell: ({ nodes }) => (nodes.length === 0 ? '–' : wording.list(nodes.map(name))),
      },
    ],
    rows: list,
    empty: wording.text('account.noTunnel'),
  })}
  ${
    states === null
      ? null
      : html`<h3>${wording.say('account.forwards')}</h3>
          ${states}`
  }`;
}
