import type { AgentPeriod } from '@sluice/engine';
import { bound, bytes, type Column, shares, state, text, time } from '../columns.js';
import { bytesCell } from '../terminal.js';

/** The panel in whose time zone a period is shown. */
export interface PanelPeriod {
  panel: string;
}

/** The columns of the periods of an agent. */
export const PERIODS: Column<AgentPeriod & PanelPeriod>[] = [
  bound('start', ({ start }) => start),
  bound('end', ({ end }) => end),
  {
    name: 'limit',
    align: 'right',
    value: ({ limitBytes }) => limitBytes,
    cell: ({ limitBytes }) => (limitBytes === null ? 'none' : bytesCell(limitBytes)),
  },
  bytes('used', ({ usedBytes }) => usedBytes),
  ...shares<AgentPeriod & PanelPeriod>(
    ({ usedBytes }) => usedBytes,
    ({ limitBytes }) => limitBytes,
    { extra: true, priority: 7 },
  ),
  state('status', toStatus),
  time('exceeded', ({ exceededAt }) => exceededAt, { priority: 3 }),
  time('read', ({ readAt }) => readAt, { title: 'last read', priority: 2 }),
  text('accounting', ({ accounting }) => accounting, { extra: true, priority: 9 }),
];

function toStatus({ ended, exceeded }: AgentPeriod): string {
  if (exceeded === null) return 'unknown';
  if (exceeded) return 'exceeded';
  return ended ? 'ended' : 'open';
}
