import type { RecordsReport } from '@sluice/engine';
import type { RecordsRequest } from '@sluice/engine/options';
import type { Key } from '@sluice/messages';
import { type Column, facts } from '../../../layout/components.js';
import type { Times } from '../../../layout/format.js';
import { html, type Html, type Part } from '../../../layout/html.js';
import type { Wording } from '../../../layout/wording.js';
import { number } from './line-scene.js';

/** A call as its client sees it. */
export type CallRecord = Parameters<RecordsRequest['onCall']>[0];

/** How calls ended, in words. */
const OUTCOMES: ReadonlyMap<string, Key & `outcome.${string}`> = new Map([
  ['ANSWERED', 'outcome.answered'],
  ['NO ANSWER', 'outcome.noAnswer'],
  ['BUSY', 'outcome.busy'],
  ['FAILED', 'outcome.failed'],
  ['CONGESTION', 'outcome.congestion'],
] as const);

/** The columns of calls, for the tables of a page. */
export function callColumns(times: Times, wording: Wording): Column<CallRecord>[] {
  return [
    { title: wording.text('purchases.when'), cell: ({ startedAt }) => times.at(startedAt) },
    {
      title: wording.text('calls.direction'),
      cell: ({ direction }) => wording.code('calls', direction),
      isMinor: true,
    },
    { title: wording.text('calls.from'), cell: ({ source }) => showParty(source, wording) },
    { title: wording.text('calls.to'), cell: ({ destination }) => showParty(destination, wording) },
    {
      title: wording.text('calls.outcome'),
      cell: ({ disposition }) => showOutcome(disposition, wording),
      isMinor: true,
    },
    {
      title: wording.text('calls.length'),
      cell: ({ talkSeconds }) =>
        Number.isNaN(talkSeconds) ? wording.unknown : wording.say('calls.seconds', { count: talkSeconds }),
      isNumber: true,
      isMinor: true,
    },
    {
      title: wording.text('calls.charge'),
      cell: ({ charge, currency }) => wording.money(charge, currency),
      isNumber: true,
    },
  ];
}

/** A number on one side of a call; systems write one that was withheld as a word. */
function showParty(value: string | null, wording: Wording): Part {
  if (value?.toLowerCase() === 'anonymous') return wording.say('calls.withheld');
  return html`<span class="number">${number(value, wording)}</span>`;
}

function showOutcome(disposition: string, wording: Wording): Part {
  const key = OUTCOMES.get(disposition);
  return key === undefined ? wording.name(disposition) : wording.say(key);
}

/** The sums of calls; `isOver`: nothing is added any more. */
export function callSums(
  totals: RecordsReport['totals'],
  { wording, isOver }: { wording: Wording; isOver: boolean },
): Html {
  const { calls, talkSeconds, charge, currency, withoutCharge } = totals;
  const [minutes, seconds] = [Math.floor(talkSeconds / 60), talkSeconds % 60];
  return facts([
    [wording.text('calls.calls'), wording.count(calls)],
    [wording.text('calls.talk'), wording.say('calls.minutes', { minutes, seconds })],
    [wording.text(isOver ? 'calls.charges' : 'calls.sum'), wording.money(charge, currency)],
    withoutCharge === 0 ? null : [wording.text('calls.withoutCharge'), wording.count(withoutCharge)],
  ]);
}
