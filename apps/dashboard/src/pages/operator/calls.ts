import type { RecordsReport } from '@sluice/engine';
import { badge, section, table } from '../layout/components.js';
import { count, counted, money, name, NONE } from '../layout/format.js';
import { type Field, searchForm } from '../layout/forms.js';
import { html, type Html, type Part } from '../layout/html.js';
import type { Page, PageRequest } from '../page.js';
import { readNow } from './last-read.js';
import { readCapabilities } from './navigation.js';
import { lineHref } from './record-values.js';
import { attempt, problemNotice, type Scene, serviceLink, toScene, toWord } from './scene.js';
import { chosenPanel, panelField } from './telephony.js';

/** Calls that the page of a day shows; the others are only summed. */
const CALLS = 500;

type Call = Parameters<Parameters<PageRequest['sluice']['calls']['records']>[0]['onCall']>[0];

/** `/calls`: those of a day, today by default. */
export const callsPage: Page = async (request) => {
  const { query, sluice } = request;
  const scene = toScene(request, chosenPanel(request) ?? null);
  const service = query.service?.trim() === '' ? undefined : query.service?.trim();
  const direction = toWord(query.direction, DIRECTIONS);
  const day = query.day === undefined || query.day === '' ? null : query.day;
  const panel = chosenPanel(request) ?? null;
  // Without a day, those of yesterday are another question.
  const what = ['calls', panel ?? '', service, direction, day ?? scene.times.today()];
  await readCapabilities(sluice);
  const { value, notice } = await readNow(scene, what, async (signal) => {
    const calls: Call[] = [];
    const onCall = (call: Call): void => {
      if (calls.length < CALLS) calls.push(call);
    };
    const asked = { service: service ?? null, panel, direction: direction ?? null, day, onCall };
    return { report: await sluice.calls.records(asked, { signal }), calls };
  });
  const fields: Field[] = [
    ...panelField(request),
    { name: 'day', label: 'Day', type: 'date', value: query.day ?? '' },
    { name: 'service', label: 'Service', type: 'search', value: service ?? '' },
    {
      name: 'direction',
      label: 'Direction',
      value: direction ?? '',
      choices: [['', 'both'], ...DIRECTIONS.map((word) => [word, word] as const)],
    },
  ];
  const form = searchForm({ action: '/calls', id: 'calls', submit: 'Show', fields });
  const list = value === null ? null : callsSection(scene, value.report, value.calls);
  return { title: 'Calls', body: html`${form} ${notice} ${list}` };
};

const DIRECTIONS = ['inbound', 'outbound'] as const;

function callsSection(
  { times }: Scene,
  { panel, totals, period, provisional }: RecordsReport,
  calls: readonly Call[],
): Html {
  const rows = calls.map((call): Part[] => [
    times.at(call.startedAt),
    call.subscriberId === null
      ? name(call.username)
      : html`<a href="${lineHref(panel, call.subscriberId)}"><bdi>${call.username ?? call.subscriberId}</bdi></a>`,
    name(call.source),
    html`<bdi>${call.destination ?? ''}</bdi>
      <span class="soft" dir="auto">${call.destinationDescription ?? ''}</span>`,
    badge(call.disposition.toLowerCase(), call.disposition === 'ANSWERED' ? 'good' : 'quiet'),
    count(call.talkSeconds),
    call.billedSeconds === null ? NONE : count(call.billedSeconds),
    money(call.charge, call.currency),
  ]);
  const columns = [
    { title: 'Start' },
    { title: 'Line' },
    { title: 'From', isMinor: true },
    { title: 'To' },
    { title: 'State', isMinor: true },
    { title: 'Seconds', isNumber: true, isMinor: true },
    { title: 'Billed', isNumber: true, isMinor: true },
    { title: 'Charge', isNumber: true },
  ];
  const more = totals.calls > calls.length ? `; the first ${count(calls.length)} are shown` : '';
  return section(
    'Calls',
    html`<p class="soft">
        ${times.full(period.from)} to ${times.full(period.to)}: ${counted(totals.calls, 'call')},
        ${money(totals.charge, totals.currency)}${provisional ? '; the day is not over' : ''}${more}
      </p>
      ${table({ caption: 'Calls', columns, rows, empty: 'There were no calls.', filter: true })}`,
  );
}

/** `/simulator`: what a call would cost. */
export const simulatorPage: Page = async (request) => {
  const { query, sluice } = request;
  const { destination = '', seconds = '', plan = '', service = '' } = query;
  await readCapabilities(sluice);
  const form = searchForm({
    action: '/simulator',
    id: 'simulator',
    submit: 'Compute the price',
    fields: [
      ...panelField(request),
      { name: 'destination', label: 'Number', value: destination, isRequired: true },
      { name: 'seconds', label: 'Seconds', type: 'number', value: seconds === '' ? '60' : seconds, isRequired: true },
      { name: 'plan', label: 'Plan', value: plan, hint: 'Id or name; or a service' },
      { name: 'service', label: 'Service', value: service },
    ],
  });
  if (destination === '') return { title: 'Simulator', body: html`${section('Call', form)}` };
  const { value, problem } = await attempt(() =>
    sluice.calls.simulate({
      destination,
      seconds: Number(seconds),
      plan: plan === '' ? null : plan,
      service: service === '' || plan !== '' ? null : service,
      panel: chosenPanel(request) ?? null,
    }),
  );
  const scene = toScene(request);
  const rows =
    value === null
      ? []
      : ([
          ['Cost', html`<strong>${money(value.cost, value.currency)}</strong>`],
          ['Destination', html`<bdi>${value.destination}</bdi>`],
          ['Rate', html`<span dir="auto">${value.rate.description ?? value.prefix ?? ''}</span>`],
          [
            'Price per minute',
            value.rate.pricePerMinute === null ? NONE : money(value.rate.pricePerMinute, value.currency),
          ],
          [
            'Connection fee',
            value.rate.connectionFee === null ? NONE : money(value.rate.connectionFee, value.currency),
          ],
          ['Billed seconds', value.billedSeconds === null ? NONE : count(value.billedSeconds)],
          ['At', scene.times.full(value.at)],
          ['Computed by', value.source === 'panel' ? 'the panel' : 'Sluice, by the rates of the panel'],
          ['Service', service === '' ? NONE : serviceLink(service)],
        ] satisfies Part[][]);
  const body = html`${section('Call', form)}
  ${
    value === null
      ? problemNotice(problem)
      : section(
          'Price',
          html`${table({ caption: 'Price of the call', columns: [{ title: 'Figure' }, { title: 'Value' }], rows, empty: '' })}${value.notes.map((note) => html`<p class="soft">${note}</p>`)}`,
        )
  }`;
  return { title: 'Simulator', body };
};
