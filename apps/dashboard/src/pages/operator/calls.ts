import type { RecordsReport, SimulatedCallView } from '@sluice/engine';
import { badge, type Column, link, section, table } from '../../layout/components.js';
import { count, counted, money, name, orNone } from '../../layout/format.js';
import { type Field, searchForm } from '../../layout/forms.js';
import { html, type Html, type Part } from '../../layout/html.js';
import type { Page } from '../page.js';
import type { PageRequest } from '../../requests/page-request.js';
import { readNow } from './last-read.js';
import { lineHref } from './record-values.js';
import { attempt, given, problemNotice, type Scene, serviceLink, toScene, toWord } from './scene.js';
import { choosePanel, panelField } from './telephony.js';

/** Calls that the page of a day shows; the others are only summed. */
const CALLS = 500;

type Call = Parameters<Parameters<PageRequest['sluice']['calls']['records']>[0]['onCall']>[0];

/** `/calls`: those of a day, today by default. */
export const callsPage: Page = async (request) => {
  const { query, sluice } = request;
  const service = given(query.service);
  const panel = await choosePanel(request, service);
  const scene = toScene(request, panel);
  const direction = toWord(query.direction, DIRECTIONS);
  const day = given(query.day);
  // Without a day, those of yesterday are another question.
  const what = ['calls', panel, service, direction, day ?? scene.times.today()];
  const { value, notice } = await readNow(scene, what, async (signal) => {
    const calls: Call[] = [];
    const onCall = (call: Call): void => {
      if (calls.length < CALLS) calls.push(call);
    };
    const asked = { service: service ?? null, panel: panel ?? null, direction: direction ?? null, day: day ?? null };
    return { report: await sluice.calls.records({ ...asked, onCall }, { signal }), calls };
  });
  const fields: Field[] = [
    ...(await panelField(request, panel)),
    { name: 'day', label: 'Day', type: 'date', value: query.day ?? '' },
    { name: 'service', label: 'Service', type: 'search', value: service ?? '' },
    { name: 'direction', label: 'Direction', value: direction ?? '', choices: [['', 'both'], ...DIRECTIONS] },
  ];
  const form = searchForm({ action: '/calls', id: 'calls', submit: 'Show', fields });
  const list = value === null ? null : callsSection(scene, value.report, value.calls);
  return { title: 'Calls', body: html`${form} ${notice} ${list}`, timeZone: scene.times.timeZone };
};

const DIRECTIONS = ['inbound', 'outbound'] as const;

function callsSection(
  { times }: Scene,
  { panel, totals, period, provisional }: RecordsReport,
  calls: readonly Call[],
): Html {
  const list = table({
    caption: 'Calls',
    columns: [
      { title: 'Start', cell: ({ startedAt }) => times.at(startedAt) },
      { title: 'Line', cell: (call) => showLine(panel, call) },
      { title: 'From', cell: ({ source }) => name(source), isMinor: true },
      { title: 'To', cell: showDestination },
      { title: 'State', cell: showState, isMinor: true },
      { title: 'Seconds', cell: ({ talkSeconds }) => count(talkSeconds), isNumber: true, isMinor: true },
      { title: 'Billed', cell: ({ billedSeconds }) => orNone(billedSeconds, count), isNumber: true, isMinor: true },
      { title: 'Charge', cell: ({ charge, currency }) => money(charge, currency), isNumber: true },
    ],
    rows: calls,
    empty: 'There were no calls.',
    filter: true,
  });
  const unknown = totals.withoutCharge === 0 ? '' : ` and ${count(totals.withoutCharge)} without a known charge`;
  const more = totals.calls > calls.length ? `; the first ${count(calls.length)} are shown` : '';
  return section(
    'Calls',
    html`<p class="soft">
        ${times.period({ start: period.from, end: period.to })}: ${counted(totals.calls, 'call')},
        ${money(totals.charge, totals.currency)}${unknown}${provisional ? '; the day is not over' : ''}${more}
      </p>
      ${list}`,
  );
}

function showLine(panel: string, { subscriberId, username }: Call): Html {
  return subscriberId === null ? name(username) : link(lineHref(panel, subscriberId), username ?? subscriberId);
}

function showDestination({ destination, destinationDescription }: Call): Html {
  return html`<bdi>${destination ?? ''}</bdi> <span class="soft" dir="auto">${destinationDescription ?? ''}</span>`;
}

function showState({ disposition }: Call): Html {
  return badge(disposition.toLowerCase(), disposition === 'ANSWERED' ? 'good' : 'quiet');
}

/** `/simulator`: what a call would cost. */
export const simulatorPage: Page = async (request) => {
  const { query, sluice } = request;
  const { destination = '', seconds = '' } = query;
  const [plan, service] = [given(query.plan), given(query.service)];
  const panel = await choosePanel(request, service);
  const form = searchForm({
    action: '/simulator',
    id: 'simulator',
    submit: 'Compute the price',
    fields: [
      ...(await panelField(request, panel)),
      { name: 'destination', label: 'Number', value: destination, isRequired: true },
      { name: 'seconds', label: 'Seconds', type: 'number', value: seconds === '' ? '60' : seconds, isRequired: true },
      { name: 'plan', label: 'Plan', value: plan ?? '', hint: 'Id or name; or a service' },
      { name: 'service', label: 'Service', value: service ?? '' },
    ],
  });
  const scene = toScene(request, panel);
  const { timeZone } = scene.times;
  if (destination === '') return { title: 'Simulator', body: html`${section('Call', form)}`, timeZone };
  const { value, problem } = await attempt(() =>
    sluice.calls.simulate({
      destination,
      seconds: Number(seconds),
      plan: plan ?? null,
      service: plan === undefined ? (service ?? null) : null,
      panel: panel ?? null,
    }),
  );
  const price = value === null ? problemNotice(problem) : priceSection(scene, value, service);
  const body = html`${section('Call', form)} ${price}`;
  return { title: 'Simulator', body, timeZone };
};

function priceSection({ times }: Scene, found: SimulatedCallView, service: string | undefined): Html {
  const { cost, currency, destination, rate, prefix, billedSeconds, at, source, notes } = found;
  const rows: [string, Part][] = [
    ['Cost', html`<strong>${money(cost, currency)}</strong>`],
    ['Destination', html`<bdi>${destination}</bdi>`],
    ['Rate', html`<span dir="auto">${rate.description ?? prefix ?? ''}</span>`],
    ['Price per minute', orNone(rate.pricePerMinute, (price) => money(price, currency))],
    ['Connection fee', orNone(rate.connectionFee, (fee) => money(fee, currency))],
    ['Billed seconds', orNone(billedSeconds, count)],
    ['At', times.full(at)],
    ['Computed by', source === 'panel' ? 'the panel' : 'Sluice, by the rates of the panel'],
    ['Service', orNone(service, serviceLink)],
  ];
  const columns: Column<[string, Part]>[] = [
    { title: 'Figure', cell: ([figure]) => figure },
    { title: 'Value', cell: ([, value]) => value },
  ];
  const figures = table({ caption: 'Price of the call', columns, rows });
  return section('Price', html`${figures}${notes.map((note) => html`<p class="soft">${note}</p>`)}`);
}
