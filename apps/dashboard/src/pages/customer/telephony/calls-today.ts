import type { RecordsReport } from '@sluice/engine';
import { type Section, table } from '../../../layout/components.js';
import { html } from '../../../layout/html.js';
import { toPath } from '../own.js';
import { callColumns, type CallRecord, callSums } from './call-table.js';
import { type LineScene, showAge } from './line-scene.js';

/** Most calls of a day beside other parts; the page of calls has all. */
const MOST_CALLS = 10;

/** Calls of today, the newest first, and their sums. */
interface DayOfCalls {
  calls: CallRecord[];
  totals: RecordsReport['totals'];
}

/** The newest calls of today with the sums of all, and where those of other days are. */
export async function callsToday({ request, service, reads, times, wording }: LineScene): Promise<Section> {
  const title = wording.text('calls.today');
  const all = request.isEmbedded
    ? {}
    : { aside: html`<a href="${toPath(request, service.id)}/calls">${wording.say('calls.byMonth')}</a>` };
  const head = { id: 'calls', title, ...all };
  const { sluice, now } = request;
  const read = await reads.read<DayOfCalls>(
    { client: service.client ?? '', what: `calls ${service.id}`, now },
    async (signal) => {
      const calls: CallRecord[] = [];
      const onCall = (call: CallRecord): void => {
        calls.push(call);
        if (calls.length > MOST_CALLS) calls.shift();
      };
      const { totals } = await sluice.calls.records(
        { service: service.id, onCall },
        { signal, reader: service.client },
      );
      return { calls: calls.reverse(), totals };
    },
  );
  const { value } = read;
  if (value === null) return { ...head, content: showAge(read, { times, wording }) };
  const { calls, totals } = value;
  const more =
    totals.calls > calls.length
      ? html`<p class="soft">${wording.say('calls.newest', { shown: calls.length, count: totals.calls })}</p>`
      : null;
  const list = table({
    stacks: true,
    caption: title,
    columns: callColumns(times, wording),
    rows: calls,
    empty: wording.text('calls.none'),
  });
  const sums = callSums(totals, { wording, isOver: false });
  return { ...head, content: html`${showAge(read, { times, wording })}${sums}${list}${more}` };
}
