import type { RecordsReport } from '@sluice/engine';
import type { RecordsRequest } from '@sluice/engine/options';
import { OUTCOME_KEYS } from '@sluice/engine/words';
import { roundMoney } from '@sluice/quota-core';
import { type Column, facts } from '../../../layout/components.js';
import type { Times } from '../../../layout/format.js';
import { html, type Html, type Part } from '../../../layout/html.js';
import type { Wording } from '../../../layout/wording.js';
import { number, shortMoney } from './line-scene.js';

/** A call as its client sees it. */
export type CallRecord = Parameters<RecordsRequest['onCall']>[0];

/** The columns of calls, for the tables of a page. */
export function callColumns(times: Times, wording: Wording): Column<CallRecord>[] {
  return [
    // Dates break where a screen is narrow, so that the charge is in sight.
    {
      title: wording.text('purchases.when'),
      cell: ({ startedAt }) => html`<span class="wrap">${times.at(startedAt)}</span>`,
    },
    { title: wording.text('line.number'), cell: (call) => showOther(call, wording) },
    { title: wording.text('calls.own'), cell: (call) => showParty(toOwn(call), wording), isMinor: true },
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
      cell: ({ charge, currency }) => (charge === null ? wording.unknown : shortMoney(charge, currency, wording)),
      isNumber: true,
    },
  ];
}

/** The number of the client on its side of a call. */
function toOwn({ direction, source, destination, did }: CallRecord): string | null {
  return direction === 'inbound' ? (did ?? destination) : source;
}

/** The number of the other side, with the way that the call went and what the system calls that number. */
function showOther(call: CallRecord, wording: Wording): Html {
  const { direction, source, destination, destinationDescription: about } = call;
  const other = showParty(direction === 'inbound' ? source : destination, wording);
  const way = wording.code('calls', direction);
  const more = direction === 'inbound' || about === null ? way : wording.list([way, wording.name(about)]);
  return html`${other}<span class="refs soft">${more}</span>`;
}

/** A number on one side of a call; systems write one that was withheld as a word. */
function showParty(value: string | null, wording: Wording): Part {
  if (value?.toLowerCase() === 'anonymous') return wording.say('calls.withheld');
  return html`<span class="number">${number(value, wording)}</span>`;
}

function showOutcome(disposition: string, wording: Wording): Part {
  const key = OUTCOME_KEYS.get(disposition);
  return key === undefined ? wording.name(disposition) : wording.say(key);
}

/** The sums of calls, in the decimals of bills; `isOver`: nothing is added any more. */
export function callSums(
  totals: RecordsReport['totals'],
  { wording, isOver }: { wording: Wording; isOver: boolean },
): Html {
  const { calls, talkSeconds, charge, currency, withoutCharge } = totals;
  const [minutes, seconds] = [Math.floor(talkSeconds / 60), talkSeconds % 60];
  return facts([
    [wording.text('calls.calls'), wording.count(calls)],
    [wording.text('calls.talk'), wording.say('calls.minutes', { minutes, seconds })],
    [wording.text(isOver ? 'calls.charges' : 'calls.sum'), wording.money(roundMoney(charge, currency), currency)],
    withoutCharge === 0 ? null : [wording.text('calls.withoutCharge'), wording.count(withoutCharge)],
  ]);
}
