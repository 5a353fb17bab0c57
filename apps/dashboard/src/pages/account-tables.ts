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
    stacks: true,
    caption: wording.text('account.forwards'),
    columns: [
      {
        title: wording.text('account.forward'),
        cell: (forward) => html`${wording.name(forward.name)} ${showState(forward)}`,
      },
      { title: wording.text('account.listens'), cell: ({ listens }) => showAddresses(listens, wording) },
      { title: wording.text('account.target'), cell: ({ targets }) => showAddresses(targets, wording) },
    ],
    rows: forwards,
    empty: wording.text('account.noForward'),
  });
  return html`${table({
      caption: wording.text('account.tunnels'),
      columns: [
        { title: wording.text('account.tunnel'), cell: (tunnel) => wording.name(tunnel.name) },
        {
          title: wording.text('account.nodes'),
          cell: ({ nodes }) => (nodes.length === 0 ? '–' : wording.list(nodes.map(name))),
        },
        list.some(({ speedMbit }) => speedMbit !== undefined)
          ? { title: wording.text('account.speed'), cell: ({ speedMbit }) => showSpeed(speedMbit, wording) }
          : null,
      ],
      rows: list,
      empty: wording.text('account.noTunnel'),
    })}
    <h3>${wording.say('account.forwards')}</h3>
    ${states}`;
}

function showSpeed(speed: number | null | undefined, wording: Wording): Html {
  if (speed === undefined) return wording.unknown;
  return speed === null
    ? wording.say('service.noLimit')
    : wording.say('chart.megabits', { rate: wording.count(speed) });
}

/** How many forwards an account has of those allowed; null where that was not read yet. */
export function forwardCount(
  { maxForwards, forwards }: NonNullable<ServiceDetail['account']>,
  wording: Wording,
): readonly [string, Html] | null {
  if (maxForwards === undefined) return null;
  const figures = { used: wording.count(forwards.length), allowed: wording.count(maxForwards) };
  return [wording.text('account.forwards'), wording.say('usage.of', figures)];
}

/** Addresses of a forward; where they were not read yet, they are unknown. */
function showAddresses(addresses: readonly string[] | undefined, wording: Wording): Html {
  if (addresses === undefined) return wording.unknown;
  if (addresses.length === 0) return wording.none;
  return wording.list(addresses.map((address) => wording.identifier(address)));
}
