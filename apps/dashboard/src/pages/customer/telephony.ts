import { mayWithFields, type UseCase } from '@sluice/contract';
import type { LineView, RecordsReport, ServiceDetail, SimulatedCallView } from '@sluice/engine';
import type { RecordsRequest } from '@sluice/engine/options';
import { SluiceError } from '@sluice/panel-kind';
import { coloured, type Column, facts, findTone, notice, type Section, table } from '../../layout/components.js';
import { name, plain, type Times } from '../../layout/format.js';
import { postForm, searchForm } from '../../layout/forms.js';
import { html, type Html, type Part } from '../../layout/html.js';
import { toWording, type Wording } from '../../layout/wording.js';
import { wordError } from '../../layout/word-error.js';
import { forClient } from '../../server/failure.js';
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
  wording: Wording;
}

/** The line of a service with its plan, numbers, today's calls, the simulator and bills; nothing for services without a line. */
export async function telephonySections(
  request: PageRequest,
  service: ServiceDetail,
  reads: PanelReads,
): Promise<(Section | null)[]> {
  if (!(await hasCapability(request.sluice, service.panel, 'calls'))) return [];
  const wording = toWording(request.language);
  const scene = { request, service, reads, times: toTimes(request, service.panel), wording };
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
async function readLine({ request, service, reads, times, wording }: LineScene): Promise<ShownLine> {
  const { id, client } = service;
  const read = await reads.read({ client: client ?? '', what: `line ${id}`, now: request.now }, (signal) =>
    request.sluice.telephony.line(id, { signal, reader: client }),
  );
  return { value: read.value, notice: showAge(read, { times, wording }) };
}

const WRONG: ReadonlySet<string> = new Set(['conflict', 'not-found']);

/** Why something of the telephone system can't be shown. */
function findUnread({ value, error }: LastRead<unknown>) {
  if (error instanceof SluiceError && (WRONG.has(error.kind) || error.code === 'PANEL_NOT_FOUND'))
    return 'problem.line';
  if (error instanceof SluiceError && error.code === 'too_many_requests') return 'line.tooMany';
  return value === null ? 'line.downLater' : 'line.down';
}

/** One sentence in place of what can't be read, or the age of what is shown instead. */
function showAge(read: LastRead<unknown>, { times, wording }: Pick<LineScene, 'times' | 'wording'>): Html | null {
  const { value, at, failed } = read;
  const why = wording.say(findUnread(read));
  if (value === null) return notice('warning', why);
  return failed ? notice('warning', wording.say('line.from', { why, at: times.full(at) })) : null;
}

/** The line of a service with its plan and numbers. */
export async function lineSection(
  { request, service }: Pick<LineScene, 'request' | 'service'>,
  { value: line, notice: why }: ShownLine,
): Promise<Section> {
  const wording = toWording(request.language);
  const head = { id: 'line', title: wording.text('line.title') };
  if (line === null) return { ...head, content: why };
  const terms = await request.sluice.services.customerMay(service.id);
  const mayChange = (useCase: UseCase): boolean => mayWithFields(request.viewer, useCase, terms);
  const { subscriber, plan } = line;
  const content = html`${why}
  ${facts([
    [wording.text('account.userName'), html`<code>${number(subscriber['username'], wording)}</code>`],
    [wording.text('line.state'), showState(subscriber['status'], wording)],
    [wording.text('line.plan'), wording.name(plain(plan?.['name'] ?? subscriber['plan_id']))],
    [wording.text('line.channels'), wording.texts.decimal(plain(subscriber['channels']))],
    subscriber['caller_id'] == null ? null : [wording.text('line.callerId'), number(subscriber['caller_id'], wording)],
  ])}
  ${mayChange('telephony.set') && line.changeable.subscriber.includes('caller_id') ? callerIdForm(request, service, plain(subscriber['caller_id'])) : null}
  ${numbers(request, service, { line, mayChange: mayChange('dids.set') && line.changeable.numbers.includes('destination') })}`;
  return { ...head, content };
}

function callerIdForm(request: PageRequest, { id }: ServiceDetail, value: string): Html {
  const wording = toWording(request.language);
  const [label, hint] = [wording.text('line.callerId'), wording.text('line.callerIdHint')];
  return postForm(request, {
    action: `${toPath(request, id)}/caller-id`,
    id: 'caller-id',
    fields: [{ name: 'caller_id', label, value, hint, isRequired: true }],
    submit: wording.text('line.change'),
  });
}

function numbers(
  request: PageRequest,
  service: ServiceDetail,
  { line, mayChange }: { line: LineView; mayChange: boolean },
): Html {
  const wording = toWording(request.language);
  const title = wording.text('line.numbers');
  const list = table({
    caption: title,
    columns: [
      {
        title: wording.text('line.number'),
        cell: (did) => html`<span class="number">${number(did['number'], wording)}</span>`,
      },
      { title: wording.text('service.state'), cell: ({ status }) => showState(status, wording) },
      { title: wording.text('line.goesTo'), cell: (did) => goesTo(did, line, wording) },
    ],
    rows: line.numbers,
    empty: wording.text('line.noNumber'),
  });
  const action = `${toPath(request, service.id)}/destination`;
  const forms = line.numbers.map((did) => {
    const called = plain(did['number']);
    const { type, value } = toDestination(did);
    return postForm(request, {
      ...{
        action,
        id: destinationForm({ number: called }),
        hidden: { number: called },
        submit: wording.text('line.change'),
      },
      fields: [
        {
          name: 'destination',
          label: wording.say('line.callsGoTo', { number: wording.identifier(called) }),
          value: type === 'number' ? (value ?? '') : '',
          hint: wording.text('line.destinationHint'),
        },
      ],
    });
  });
  return html`<h3>${title}</h3>
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

function goesTo(did: Did, { subscriber }: LineView, wording: Wording): Part {
  const { type, value } = toDestination(did);
  if (type === 'number') return value == null ? wording.say('line.otherNumber') : number(value, wording);
  if (type === 'subscriber' && value !== subscriber['id']) return wording.say('line.otherLine');
  return wording.say(type === 'none' ? 'line.nowhere' : 'line.thisLine');
}

async function simulatorSection({ request, service, reads, times, wording }: LineScene): Promise<Section> {
  const { sluice, now, query } = request;
  const head = { id: 'simulator', title: wording.text('price.title') };
  const { destination = '', seconds = '60' } = query;
  const showForm = (message: string | null, field?: string): Html =>
    searchForm({
      action: `${toPath(request, service.id)}#simulator`,
      id: SIMULATOR,
      ...(message === null ? {} : { refused: { form: SIMULATOR, values: { destination, seconds }, message, field } }),
      fields: [
        { name: 'destination', label: wording.text('price.number'), value: destination, isRequired: true },
        { name: 'seconds', label: wording.text('price.seconds'), type: 'number', value: seconds, isRequired: true },
      ],
      submit: wording.text('price.show'),
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
  if (read === null) return { ...head, content: showForm(wording.text('problem.seconds'), 'seconds') };
  const error = read.value === null && read.error !== undefined ? forClient(read.error) : null;
  const wrong = error instanceof SluiceError && error.kind === 'usage' ? error : null;
  const why = wrong === null ? null : wordError(wording, wrong);
  const content = html`${showForm(why)}${wrong === null ? price(read, times, wording) : null}`;
  return { ...head, content };
}

const SIMULATOR = 'simulator-form';

function price({ value, failed }: LastRead<SimulatedCallView>, times: Times, wording: Wording): Html {
  if (value === null || failed) return notice('warning', wording.say('price.unknown'));
  const { pricePerMinute, description } = value.rate;
  return html`${facts([
    [wording.text('line.number'), number(value.destination, wording)],
    [wording.text('price.price'), wording.money(value.cost, value.currency)],
    value.billedSeconds === null ? null : [wording.text('price.charged'), wording.count(value.billedSeconds)],
    pricePerMinute === null ? null : [wording.text('price.perMinute'), wording.money(pricePerMinute, value.currency)],
    description === null ? null : [wording.text('price.destination'), name(description)],
    [wording.text('price.at'), times.full(value.at)],
  ])}${value.source === 'panel' ? null : html`<p class="soft">${wording.say('price.computed')}</p>`}`;
}

async function callsSection({ request, service, reads, times, wording }: LineScene): Promise<Section> {
  const head = { id: 'calls', title: wording.text('calls.today') };
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
    caption: head.title,
    columns: callColumns(times, wording),
    rows: calls,
    empty: wording.text('calls.none'),
  });
  const sums = facts([
    [wording.text('calls.calls'), wording.count(totals.calls)],
    [wording.text('calls.sum'), wording.money(totals.charge, totals.currency)],
    totals.withoutCharge === 0 ? null : [wording.text('calls.withoutCharge'), wording.count(totals.withoutCharge)],
  ]);
  return { ...head, content: html`${showAge(read, { times, wording })}${sums}${list}${more}` };
}

function callColumns(times: Times, wording: Wording): Column<CallRecord>[] {
  const showNumber = (value: unknown): Html => html`<span class="number">${number(value, wording)}</span>`;
  return [
    { title: wording.text('purchases.when'), cell: ({ startedAt }) => times.at(startedAt) },
    {
      title: wording.text('calls.direction'),
      cell: ({ direction }) => wording.code('calls', direction),
      isMinor: true,
    },
    { title: wording.text('calls.from'), cell: ({ source }) => showNumber(source) },
    { title: wording.text('calls.to'), cell: ({ destination }) => showNumber(destination) },
    {
      title: wording.text('calls.length'),
      cell: ({ talkSeconds }) => wording.say('calls.seconds', { count: talkSeconds }),
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

/** What a bill in doubt is to its client. */
const BILLING = ['bill.beingBilled', 'info'] as const;
const OWN_STATES = { planned: BILLING, sending: BILLING, unknown: BILLING };

async function billsSection({ request, service, times, wording }: LineScene): Promise<Section> {
  const { bills } = await request.sluice.calls.bills({ service: service.id, reader: service.client });
  const showFile = ({ id, state }: (typeof bills)[number]): Part =>
    state === 'confirmed'
      ? html`<a href="${toPath(request, service.id)}/bills/${encodeURIComponent(id)}" download>CSV</a>`
      : '–';
  const title = wording.text('bills.title');
  const content = table({
    caption: title,
    columns: [
      {
        title: wording.text('service.period'),
        cell: ({ period: { from, to } }) => times.period({ start: from, end: to }),
      },
      { title: wording.text('service.state'), cell: (bill) => billState(bill, wording, OWN_STATES) },
      { title: wording.text('calls.calls'), cell: ({ calls }) => wording.count(calls), isNumber: true, isMinor: true },
      {
        title: wording.text('bills.amount'),
        cell: ({ total, currency }) => wording.money(total, currency),
        isNumber: true,
      },
      {
        title: wording.text('purchases.invoice'),
        cell: ({ invoice }) => wording.name(invoice),
        isMinor: true,
      },
      request.isEmbedded ? null : { title: wording.text('bills.file'), cell: showFile },
    ],
    rows: bills,
    empty: wording.text('bills.none'),
  });
  return { id: 'bills', title, content };
}

/** A number or user name of a record. */
function number(value: unknown, wording: Wording): Html {
  return wording.identifier(plain(value));
}

/** The state of a record of the panel, in words where it is one that we know. */
function showState(value: unknown, wording: Wording): Html {
  const state = plain(value) || 'unknown';
  return coloured(wording.code('state', state), findTone(state));
}
