import type { AgentPeriod } from '@sluice/engine';
import { table, usageBar } from '../layout/components.js';
import type { Times } from '../layout/format.js';
import { html, type Html, type Part } from '../layout/html.js';
import type { Wording } from '../layout/wording.js';

/** Most periods on a page; the API lists all. */
const MOST_PERIODS = 24;

/** What periods are shown with. */
interface Shows {
  wording: Wording;
  times: Times;
  /** Zone of the panel, whose calendar periods follow. */
  timeZone: string;
}

/** Returns the periods of an agent that have ended, newest first; null where none has. */
export function endedPeriods(periods: readonly AgentPeriod[], shows: Shows): Html | null {
  const { wording, times, timeZone } = shows;
  const rows = periods.filter(({ ended }) => ended).slice(0, MOST_PERIODS);
  if (rows.length === 0) return null;
  const list = table<AgentPeriod>({
    caption: wording.text('agentPeriod.title'),
    columns: [
      {
        title: wording.text('agentPeriod.period'),
        cell: ({ start, end }) =>
          end === null ? times.bound(start, timeZone) : times.period({ start, end }, timeZone),
      },
      { title: wording.text('agent.budget'), cell: (period) => showLimit(period, wording), isNumber: true },
      {
        title: wording.text('service.used'),
        cell: ({ usedBytes: used, limitBytes: allowed }) =>
          html`${wording.bytes(used)} ${usageBar({ used, allowed }, { wording })}`,
      },
      { title: wording.text('agentPeriod.usedUp'), cell: (period) => showUsedUp(period, shows) },
    ],
    rows,
    stacks: true,
    empty: wording.none,
  });
  return html`${list}
    <p class="soft">${wording.say('agentPeriod.note')}</p>`;
}

function showLimit({ limitBytes }: AgentPeriod, wording: Wording): Part {
  return limitBytes === null ? wording.say('service.noLimit') : wording.bytes(limitBytes);
}

function showUsedUp({ exceeded, exceededAt }: AgentPeriod, { wording, times }: Shows): Part {
  if (exceeded === null) return wording.unknown;
  if (!exceeded) return wording.say('agentPeriod.no');
  return exceededAt === null ? wording.say('agentPeriod.yes') : times.full(exceededAt);
}
