import type { AgentExplained } from '@sluice/engine';
import { badge, section, table } from '../../layout/components.js';
import { bytes, name, NONE, orNone } from '../../layout/format.js';
import { html, type Html } from '../../layout/html.js';
import { describeReserved } from '../../layout/words.js';
import type { Scene } from './scene.js';

const ACTION_ROWS = 50;

const RESERVED_FOR = { creation: 'a new user', raise: 'a raised user', order: 'an ordered package' } as const;

/** The users that were disabled for an agent, and what is reserved under its limit. */
export function actionsSection({ times }: Scene, { actions, reservations, accounting }: AgentExplained): Html {
  const changes = table({
    caption: 'Changes to its users',
    columns: [
      { title: 'When', cell: ({ at }) => times.at(at) },
      { title: 'Change', cell: (action) => name(action.name) },
      { title: 'State', cell: ({ state }) => badge(state) },
      { title: 'Used', cell: ({ usedBytes }) => orNone(usedBytes, bytes), isNumber: true, isMinor: true },
      { title: 'Limit', cell: ({ limitBytes }) => orNone(limitBytes, bytes), isNumber: true, isMinor: true },
    ],
    rows: actions.slice(0, ACTION_ROWS),
    empty: 'Nothing was changed.',
    filter: true,
  });
  const reserved = table({
    caption: describeReserved(accounting),
    hidesCaption: false,
    columns: [
      { title: 'For', cell: ({ kind }) => RESERVED_FOR[kind] },
      { title: 'User', cell: ({ uuid }) => html`<code>${uuid}</code>` },
      { title: 'Size', cell: (row) => bytes(row.bytes), isNumber: true },
      { title: 'Left', cell: ({ leftBytes }) => bytes(leftBytes), isNumber: true },
      { title: 'State', cell: ({ state }) => badge(state) },
      // Once its user is on the panel, it lasts until it is counted or used.
      { title: 'Until', cell: ({ state, expiresAt }) => (state === 'open' ? times.at(expiresAt) : NONE) },
    ],
    rows: reservations,
  });
  return html`${section('Changes to its users', changes)} ${reserved === null ? null : section('Reserved', reserved)}`;
}
