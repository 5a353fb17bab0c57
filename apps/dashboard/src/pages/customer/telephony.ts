import { mayWithFields, type UseCase } from '@sluice/contract';
import type { LineView, RecordsReport, ServiceDetail, SimulatedCallView } from '@sluice/engine';
import type { RecordsRequest } from '@sluice/engine/options';
import { SluiceError } from '@sluice/panel-kind';
import { badge, facts, notice, type Section, table } from '../../layout/components.js';
import { count, money, name, plain, type Times } from '../../layout/format.js';
import { postForm, searchForm } from '../../layout/forms.js';
import { html, type Html, type Part } from '../../layout/html.js';
import { forClient, LINE_NOT_SET_UP } from '../../server/failure.js';
import { billState } from '../bill-state.js';
import { hasCapability } from '../capabilities.js';
import { hasEnded } from '../lifecycle.js';
import type { PageRequest } from '../../requests/page-request.js';
import { toTimes } from '../../layout/page-times.js';
import { toPath } from './own.js';
import type { LastRead, PanelReads } from '../../requests/panel-reads.js';

/** Most calls of a day on a page; the bill has all. */
const MOST_CALLS = 200;

type CallRecord = Parameters<RecordsRequest['onCall']>[0];

/** Calls of today, the newest first, and their sums. */
interface DayOfCalls {
  calls: CallRecord[];
  totals: RecordsReport['totals'];
}

/** What the sections share. */
interface LineScene {
  request: PageRequest;
  service: ServiceDetail;
  reads: PanelReads;
  times: Times;
}

/** The line of a service with its plan, numbers, today's calls, the simulator and bills; nothing for services without a line. */
export async function telephonySections(
  request: PageRequest,
  service: ServiceDetail,
  reads: PanelReads,
): Promise<(Section | null)[]> {
  if (!(await hasCapability(request.sluice, service.panel, 'calls'))) return [];
  const scene = { request, service, reads, times: toTimes(request, service.panel) };
  // The panel may have removed the line; its calls and bills stay.
  if (hasEnded(service)) return Promise.all([callsSection(scene), billsSection(scene)]);
  // Together, so that a panel that hangs delays the page by one time-out.
  const simulator = request.isEmbedded ? null : simulatorSection(scene);
  const line = readLine(scene).then((read) => lineSection(scene, read));
  return Promise.all([line, simulator, callsSection(scene), billsSection(scene)]);
}

/** A line, or what is said in its place. */
interface ShownLine {
  value: LineView | null;
  notice: Part;
}

/** Returns a line as its client may see it. */
async function readLine({ request, service, reads, times }: LineScene): Promise<ShownLine> {
  const { id, client } = service;
  const read = await reads.read({ client: client ?? '', what: `line ${id}`, now: request.now }, (signal) =>
    request.sluice.telephony.line(id, { signal, reader: client }),
  );
  return { value: read.value, notice: showAge(read, times) };
}

const WRONG: ReadonlySet<string> = new Set(['conflict', 'not-found']);

/** Why something of the telephone system can't be shown, in words for customers. */
function describeUnread({ value, error }: LastRead<unknown>): string {
  if (error instanceof SluiceError && (WRONG.has(error.kind) || error.code === 'PANEL_NOT_FOUND'))
    return LINE_NOT_SET_UP;
  if (error instanceof SluiceError && error.code === 'too_many_requests')
    return 'Too much was read of your line just now: wait a minute before you read it again.';
  const isDown = 'The telephone system can’t be reached at the moment.';
  return value === null ? `${isDown} Please try again later.` : isDown;
}

/** One sentence in place of what can't be read, or the age of what is shown instead. */
function showAge(read: LastRead<unknown>, times: Times): Html | null {
  const { value, at, failed } = read;
  if (value === null) return notice('warning', describeUnread(read));
  return failed ? notice('warning', html`${describeUnread(read)} This is from ${times.full(at)}.`) : null;
}

/** The line of a service with its plan and numbers. */
export async function lineSection(
  { request, service }: Pick<LineScene, 'request' | 'service'>,
  { value: line, notice: why }: ShownLine,
): Promise<Section> {
  const head = { id: 'line', title: 'Line' };
  if (line === null) return { ...head, content: why };
  const terms = await request.sluice.services.customerMay(service.id);
  const mayChange = (useCase: UseCase): boolean => mayWithFields(request.viewer, useCase, terms);
  const { subscriber, plan } = line;
  const content = html`${why}
  ${facts([
    ['User name', html`<code>${text(subscriber['username'])}</code>`],
    ['State of the line', badge(plain(subscriber['status']) || 'unknown')],
    ['Plan', text(plan?.['name'] ?? subscriber['plan_id'])],
    ['Calls at the same time', text(subscriber['channels'])],
    subscriber['caller_id'] == null ? null : ['Caller id', text(subscriber['caller_id'])],
  ])}
  ${mayChange('telephony.set') && line.changeable.subscriber.includes('caller_id') ? callerIdForm(request, service, plain(subscriber['caller_id'])) : null}
  ${numbers(request, service, { line, mayChange: mayChange('dids.set') && line.changeable.numbers.includes('destination') })}`;
  return { ...head, content };
}

function callerIdForm(request: PageRequest, { id }: ServiceDetail, value: string): Html {
  return postForm(request, {
    action: `${toPath(request, id)}/caller-id`,
    id: 'caller-id',
    fields: [{ name: 'caller_id', label: 'Caller id', value, hint: 'The number that others see', isRequired: true }],
    submit: 'Change',
  });
}

function numbers(
  request: PageRequest,
  service: ServiceDetail,
  { line, mayChange }: { line: LineView; mayChange: boolean },
): Html {
  const list = table({
    caption: 'Numbers',
    columns: [
      { title: 'Number', cell: ({ number }) => html`<span class="number">${text(number)}</span>` },
      { title: 'State', cell: ({ status }) => badge(plain(status) || 'unknown') },
      { title: 'Goes to', cell: (did) => goesTo(did, line) },
    ],
    rows: line.numbers,
    empty: 'The line has no number of its own.',
  });
  const action = `${toPath(request, service.id)}/destination`;
  const forms = line.numbers.map((did) => {
    const number = plain(did['number']);
    const { type, value } = toDestination(did);
    return postForm(request, {
      ...{ action, id: destinationForm({ number }), hidden: { number }, submit: 'Change' },
      fields: [
        {
          name: 'destination',
          label: `Calls to ${number} go to`,
          value: type === 'number' ? (value ?? '') : '',
          hint: 'A number; empty for this line',
        },
      ],
    });
  });
  return html`<h3>Numbers</h3>
    ${list} ${mayChange ? forms : null}`;
}

/** Returns the id of the form for where the calls to a number go. */
export function destinationForm({ number = '' }: { number?: string }): string {
  return `destination-${number.replaceAll(/\W/g, '')}`;
}

type Did = LineView['numbers'][number];

function toDestination({ destination }: Did): { type?: string; value?: string | null } {
  return destination ?? {};
}

function goesTo(did: Did, { subscriber }: LineView): Part {
  const { type, value } = toDestination(did);
  if (type === 'number') return value == null ? 'another number, set before you had it' : text(value);
  if (type === 'subscriber' && value !== subscriber['id']) return 'another line';
  return type === 'none' ? 'nowhere' : 'this line';
}

async function simulatorSection({ request, service, reads, times }: LineScene): Promise<Section> {
  const { sluice, now, query } = request;
  const head = { id: 'simulator', title: 'Price of a call' };
  const { destination = '', seconds = '60' } = query;
  const showForm = (message: string | null): Html =>
    searchForm({
      action: `${toPath(request, service.id)}#simulator`,
      id: SIMULATOR,
      ...(message === null ? {} : { refused: { form: SIMULATOR, values: { destination, seconds }, message } }),
      fields: [
        { name: 'destination', label: 'Number to call', value: destination, isRequired: true },
        { name: 'seconds', label: 'Seconds', type: 'number', value: seconds, isRequired: true },
      ],
      submit: 'Show the price',
    });
  const length = /^\d{1,6}$/.test(seconds) ? Number(seconds) : null;
  if (destination === '') return { ...head, content: showForm(null) };
  const read =
    length === null
      ? null
      : await reads.read<SimulatedCallView>(
          { client: service.client ?? '', what: `price ${service.id} ${destination} ${seconds}`, now },
          (signal) =>
            sluice.calls.simulate(
              { service: service.id, destination: destination.slice(0, 40), seconds: length },
              { signal },
            ),
        );
  if (read === null) return { ...head, content: showForm('Seconds: write a whole number of at most six digits') };
  const error = read.value === null && read.error !== undefined ? forClient(read.error) : null;
  const wrong = error instanceof SluiceError && error.kind === 'usage' ? error : null;
  const content = html`${showForm(wrong?.message ?? null)}${wrong === null ? price(read, times) : null}`;
  return { ...head, content };
}

const SIMULATOR = 'simulator-form';

function price({ value, failed }: LastRead<SimulatedCallView>, times: Times): Html {
  if (value === null || failed)
    return notice('warning', 'The price of this call can’t be shown. Check the number, or try again later.');
  return html`${facts([
    ['Number', text(value.destination)],
    ['Price', money(value.cost, value.currency)],
    value.billedSeconds === null ? null : ['Charged seconds', String(value.billedSeconds)],
    value.rate.pricePerMinute === null ? null : ['Per minute', money(value.rate.pricePerMinute, value.currency)],
    value.rate.description === null ? null : ['Destination', text(value.rate.description)],
    ['At', times.full(value.at)],
  ])}${value.source === 'panel' ? null : html`<p class="soft">Computed from the rates; the bill counts.</p>`}`;
}

async function callsSection({ request, service, reads, times }: LineScene): Promise<Section> {
  const head = { id: 'calls', title: 'Calls today' };
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
  if (value === null) return { ...head, content: showAge(read, times) };
  const more =
    value.totals.calls > value.calls.length
      ? html`<p class="soft">The newest ${value.calls.length} of ${count(value.totals.calls)} calls.</p>`
      : null;
  const list = table({
    caption: 'Calls today',
    columns: [
      { title: 'When', cell: ({ startedAt }) => times.at(startedAt) },
      { title: 'Direction', cell: ({ direction }) => direction, isMinor: true },
      { title: 'From', cell: ({ source }) => html`<span class="number">${text(source)}</span>` },
      { title: 'To', cell: ({ destination }) => html`<span class="number">${text(destination)}</span>` },
      { title: 'Length', cell: ({ talkSeconds }) => `${count(talkSeconds)} s`, isNumber: true, isMinor: true },
      { title: 'Charge', cell: ({ charge, currency }) => money(charge, currency), isNumber: true },
    ],
    rows: value.calls,
    empty: 'There was no call today yet.',
  });
  const sums = facts([
    ['Calls', count(value.totals.calls)],
    ['Charges so far', money(value.totals.charge, value.totals.currency)],
    value.totals.withoutCharge === 0 ? null : ['Calls without a known charge', count(value.totals.withoutCharge)],
  ]);
  return { ...head, content: html`${showAge(read, times)}${sums}${list}${more}` };
}

/** What a bill in doubt is to its client. */
const BILLING = ['being billed', 'info'] as const;
const OWN_STATES = { planned: BILLING, sending: BILLING, unknown: BILLING };

async function billsSection({ request, service, times }: LineScene): Promise<Section> {
  const { bills } = await request.sluice.calls.bills({ service: service.id, reader: service.client });
  const showFile = ({ id, state }: (typeof bills)[number]): Part =>
    state === 'confirmed'
      ? html`<a href="${toPath(request, service.id)}/bills/${encodeURIComponent(id)}" download>CSV</a>`
      : '–';
  const content = table({
    caption: 'Bills',
    columns: [
      { title: 'Period', cell: ({ period: { from, to } }) => times.period({ start: from, end: to }) },
      { title: 'State', cell: (bill) => billState(bill, OWN_STATES) },
      { title: 'Calls', cell: ({ calls }) => count(calls), isNumber: true, isMinor: true },
      { title: 'Amount', cell: ({ total, currency }) => money(total, currency), isNumber: true },
      { title: 'Invoice', cell: ({ invoice }) => name(invoice), isMinor: true },
      request.isEmbedded ? null : { title: 'Calls as a file', cell: showFile },
    ],
    rows: bills,
    empty: 'There is no bill yet.',
  });
  return { id: 'bills', title: 'Bills', content };
}

/** A value of a record as text from outside. */
function text(value: unknown): Html {
  return name(plain(value));
}
