import { mayWithFields, type UseCase } from '@sluice/contract';
import type { LineView, ServiceDetail } from '@sluice/engine';
import { facts, type Section, table } from '../../../layout/components.js';
import { plain } from '../../../layout/format.js';
import { postForm } from '../../../layout/forms.js';
import { html, type Html, type Part } from '../../../layout/html.js';
import { toWording, type Wording } from '../../../layout/wording.js';
import type { PageRequest } from '../../../requests/page-request.js';
import { toPath } from '../own.js';
import { type LineScene, number, shortMoney, showAge, showState } from './line-scene.js';

/** A line, or what is said in its place. */
export interface ShownLine {
  value: LineView | null;
  notice: Part;
}

/** Returns a line as its client may see it. */
export async function readLine({ request, service, reads, times, wording }: LineScene): Promise<ShownLine> {
  const { id, client } = service;
  const read = await reads.read({ client: client ?? '', what: `line ${id}`, now: request.now }, (signal) =>
    request.sluice.telephony.line(id, { signal, reader: client }),
  );
  return { value: read.value, notice: showAge(read, { times, wording }) };
}

/** The line of a service with its plan and numbers. */
export async function lineSection(
  { request, service }: Pick<LineScene, 'request' | 'service'>,
  { value: line, notice: why }: ShownLine,
): Promise<Section> {
  const wording = toWording(request.language);
  const head = { id: 'line', title: wording.text('line.title') };
  if (line === null) return { ...head, content: why };
  const rates = html`<a href="${toPath(request, service.id)}/rates">${wording.say('rates.title')}</a>`;
  const terms = await request.sluice.services.customerMay(service.id);
  const mayChange = (useCase: UseCase): boolean => mayWithFields(request.viewer, useCase, terms);
  const { subscriber, plan } = line;
  const aside = request.isEmbedded || subscriber['plan_id'] == null ? {} : { aside: rates };
  const content = html`${why}
  ${facts([
    [wording.text('account.userName'), html`<code>${number(subscriber['username'], wording)}</code>`],
    [wording.text('line.state'), showState(subscriber['status'], wording)],
    [wording.text('line.plan'), wording.name(plain(plan?.['name'] ?? subscriber['plan_id']))],
    ...planFacts(plan, wording),
    line.credit === null
      ? null
      : [wording.text('line.credit'), shortMoney(line.credit.left, line.credit.currency, wording)],
    [wording.text('line.channels'), showChannels(subscriber['channels'], wording)],
    subscriber['caller_id'] == null ? null : [wording.text('line.callerId'), number(subscriber['caller_id'], wording)],
  ])}
  ${mayChange('telephony.set') && line.changeable.subscriber.includes('caller_id') ? callerIdForm(request, service, plain(subscriber['caller_id'])) : null}
  ${numbers(request, service, { line, mayChange: mayChange('dids.set') && line.changeable.numbers.includes('destination') })}`;
  return { ...head, ...aside, content };
}

/** Price and included minutes of a plan, where the system states them. */
function planFacts(plan: LineView['plan'], wording: Wording): [string, Part][] {
  const { monthly_price: price, currency, included_minutes: minutes } = plan ?? {};
  const shown: [string, Part][] = [];
  if (plain(price) !== '')
    shown.push([wording.text('line.planPrice'), wording.money(plain(price), plain(currency) || null)]);
  if (typeof minutes === 'number') shown.push([wording.text('line.planMinutes'), wording.count(minutes)]);
  return shown;
}

function showChannels(channels: unknown, wording: Wording): Part {
  if (channels === 'unlimited') return wording.say('service.noLimit');
  return plain(channels) === '' ? wording.unknown : wording.texts.decimal(plain(channels));
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
