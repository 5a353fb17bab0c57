import type { LineRates } from '@sluice/engine';
import { toSearchedDigits } from '@sluice/quota-core/telephony';
import { toAsciiDigits } from '@sluice/quota-core';
import { type Column, notice, pager, table } from '../../../layout/components.js';
import { searchForm } from '../../../layout/forms.js';
import { html, type Html, type Part } from '../../../layout/html.js';
import type { Wording } from '../../../layout/wording.js';
import type { PanelReads } from '../../../requests/panel-reads.js';
import type { Page } from '../../page.js';
import { toPath } from '../own.js';
import { linePage } from './line-page.js';
import { type LineScene, openLineScene, shortMoney, showAge } from './line-scene.js';

/** Rates on one page: a plan may have a hundred thousand. */
const ROWS = 40;
/** Longest text that is searched for. */
const LONGEST_SEARCH = 60;

type Rate = LineRates['rates'][number];

/** The rates of one page. */
interface RatePage extends Pick<LineRates, 'currency' | 'unusable' | 'rates'> {
  found: number;
  page: number;
  pages: number;
}

/** `/services/:id/rates`: what calls cost by country and prefix, with search. */
export function ratesPage(reads: PanelReads): Page {
  return async (request) => {
    const scene = await openLineScene(request, reads);
    const { service, times, wording } = scene;
    const search = (request.query['search'] ?? '').trim().slice(0, LONGEST_SEARCH);
    const { page = '' } = request.query;
    const read = await readRates(scene, search, /^[1-9]\d{0,4}$/.test(page) ? Number(page) : 1);
    const title = wording.text('rates.title');
    const path = `${toPath(request, service.id)}/rates`;
    const form = searchForm({
      action: path,
      id: 'rates-form',
      fields: [
        {
          name: 'search',
          label: wording.text('rates.search'),
          type: 'search',
          value: search,
          hint: wording.text('rates.searchHint'),
        },
      ],
      submit: wording.text('calls.show'),
    });
    const { value } = read;
    const list = value === null ? null : rateList(scene, value, { path, search });
    const content = html`${form}${readAs(search, wording)}${showAge(read, { times, wording })}${list}`;
    return linePage(scene, title, [{ id: 'rates', title, content }]);
  };
}

/** Says how a number with a calling code was read. */
function readAs(search: string, wording: Wording): Part {
  const digits = /^\s*(?:\+|00)/.test(toAsciiDigits(search)) ? toSearchedDigits(search) : null;
  if (digits === null || digits === '') return null;
  return html`<p class="soft">${wording.say('rates.readAs', { number: wording.identifier(`+${digits}`) })}</p>`;
}

function readRates({ request, service, reads }: LineScene, search: string, asked: number) {
  const { id, client } = service;
  const what = `rates ${id} ${asked} ${search}`;
  return reads.read<RatePage>({ client: client ?? '', what, now: request.now }, async (signal) => {
    const { rates, currency, unusable } = await request.sluice.calls.rates(id, { search, signal, reader: client });
    const pages = Math.max(1, Math.ceil(rates.length / ROWS));
    const page = Math.min(asked, pages);
    const shown = rates.slice((page - 1) * ROWS, page * ROWS);
    return { rates: shown, found: rates.length, currency, unusable, page, pages };
  });
}

function rateList(scene: LineScene, value: RatePage, { path, search }: { path: string; search: string }): Html {
  const { wording } = scene;
  const { rates, found, currency, unusable, page, pages } = value;
  const list = table({
    stacks: true,
    caption: wording.text('rates.title'),
    columns: rateColumns(scene, currency),
    rows: rates,
    empty: wording.text('rates.none'),
  });
  return html`<p class="soft">${wording.say('rates.count', { count: found })}</p>
    ${list} ${pager({ path, query: { search }, page, pages, wording })}
    ${unusable === 0 ? null : notice('info', wording.say('rates.unusable', { count: unusable }))}`;
}

function rateColumns({ times, wording }: LineScene, currency: string): Column<Rate>[] {
  const today = times.today();
  return [
    { title: wording.text('price.destination'), cell: (rate) => showDestination(rate, today, { times, wording }) },
    {
      title: wording.text('rates.prefix'),
      cell: ({ prefix }) => (prefix === '' ? wording.say('rates.any') : wording.identifier(`+${prefix}`)),
    },
    {
      title: wording.text('price.perMinute'),
      cell: ({ pricePerMinute }) => shortMoney(pricePerMinute, currency, wording),
      isNumber: true,
    },
    {
      title: wording.text('price.connection'),
      cell: ({ connectionFee }) =>
        /[1-9]/.test(connectionFee) ? shortMoney(connectionFee, currency, wording) : wording.none,
      isNumber: true,
      isMinor: true,
    },
    {
      title: wording.text('rates.steps'),
      cell: ({ initialIncrementSeconds: first, incrementSeconds: step }) =>
        wording.say('rates.firstThen', { first: Math.max(first, 1), step: Math.max(step, 1) }),
      isMinor: true,
    },
  ];
}

/** The country and what the system calls these numbers, and when the rate begins or ends. */
function showDestination(rate: Rate, today: string, writing: Pick<LineScene, 'times' | 'wording'>): Part {
  const { wording } = writing;
  const { country, description } = rate;
  const place = country === null ? null : wording.name(wording.texts.region(country));
  const what = description === null ? null : wording.name(description);
  const second = place === null || what === null ? null : html`<span class="refs soft">${what}</span>`;
  return html`${place ?? what ?? wording.none}${second}${begins(rate, today, writing)}`;
}

/** When a rate begins that is not valid yet, or ends. */
function begins(
  { validFrom, validTo }: Rate,
  today: string,
  { times, wording }: Pick<LineScene, 'times' | 'wording'>,
): Part {
  const parts = [
    validFrom !== null && validFrom > today ? wording.say('rates.from', { day: times.day(validFrom) }) : null,
    validTo === null ? null : wording.say('rates.until', { day: times.day(validTo) }),
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : html`<span class="refs soft">${wording.list(parts)}</span>`;
}
