import type { ListedRecords, Sluice, TelephonyDocument } from '@sluice/engine';
import { address, badge, type Column, pager, section, table } from '../layout/components.js';
import { count, counted, label, name, NONE, words } from '../layout/format.js';
import { type Field, searchForm } from '../layout/forms.js';
import { html, type Html, type Part } from '../layout/html.js';
import type { Page, PageRequest } from '../page.js';
import { panelsWith } from './navigation.js';
import { attempt, problemNotice, toNumber } from './scene.js';

/** A list of the telephony system as pages show it. */
interface List {
  path: string;
  resource: Parameters<Sluice['telephony']['list']>[0];
  title: string;
  /** The columns; the first is the name. */
  columns: readonly string[];
  /** Whether each record has a page of its own. */
  hasPages: boolean;
}

const ROWS = 100;

/** The lists with pages. */
export const LISTS: Readonly<Record<'lines' | 'dids' | 'customers' | 'plans' | 'carriers', List>> = {
  lines: {
    path: '/lines',
    resource: 'subscribers',
    title: 'Lines',
    columns: ['username', 'status', 'customer_id', 'plan_id', 'caller_id', 'channels', 'external_ref'],
    hasPages: true,
  },
  dids: {
    path: '/dids',
    resource: 'dids',
    title: 'DIDs',
    columns: ['number', 'status', 'subscriber_id', 'destination', 'channels', 'monthly_price', 'currency'],
    hasPages: true,
  },
  customers: {
    path: '/customers',
    resource: 'customers',
    title: 'Customers',
    columns: ['name', 'status', 'email', 'document', 'external_ref'],
    hasPages: false,
  },
  plans: {
    path: '/plans',
    resource: 'plans',
    title: 'Plans',
    columns: ['name', 'status', 'description', 'monthly_price', 'currency', 'included_minutes'],
    hasPages: true,
  },
  carriers: {
    path: '/carriers',
    resource: 'carriers',
    title: 'Carriers',
    columns: ['name', 'code', 'csp', 'status'],
    hasPages: false,
  },
};

/** Returns the page of a list. */
export function listPage(list: List): Page {
  return async (request) => {
    const { query, sluice } = request;
    const panel = chosenPanel(request);
    const { value, problem } = await attempt(() => sluice.telephony.list(list.resource, { panel }));
    const body = html`${searchForm({ action: list.path, id: 'records', submit: 'Show', fields: [...panelField(request), { name: 'q', label: 'Search', type: 'search', value: query.q ?? '' }] })}
    ${value === null ? problemNotice(problem) : section(list.title, recordsTable(request, list, value))}`;
    return { title: list.title, body };
  };
}

function recordsTable(
  { query }: PageRequest,
  { path, title, columns, hasPages }: List,
  { panel, records }: ListedRecords,
): Html {
  const found = records.filter((record) => contains(record, query.q ?? ''));
  const known = columns.filter((column, index) => index === 0 || records.some((record) => record[column] != null));
  const pages = Math.max(1, Math.ceil(found.length / ROWS));
  const page = Math.min(pages, toNumber(query.page, 1));
  const rows = found.slice((page - 1) * ROWS, page * ROWS).map((record): Part[] =>
    known.map((column, index) => {
      const text = html`<bdi>${words(record[column]) || words(record.id)}</bdi>`;
      if (index > 0) return cellOf(column, record[column]);
      return hasPages
        ? html`<a href="${address(`${path}/${encodeURIComponent(words(record.id))}`, { panel })}">${text}</a>`
        : text;
    }),
  );
  const titles = known.map((column, index): Column => ({
    title: label(column),
    isMinor: index > 2,
    isNumber: /price|minutes|channels/.test(column),
  }));
  return html`<p class="soft">${counted(found.length, 'record')} of panel <bdi>${panel}</bdi></p>
    ${table({ caption: title, columns: titles, rows, empty: 'There is none.' })}
    ${pager({ path, query: { q: query.q ?? '', panel }, page, pages })}`;
}

function cellOf(column: string, value: unknown): Part {
  if (value === null || value === undefined || value === '') return NONE;
  if (column === 'status') return badge(words(value));
  return typeof value === 'number' ? count(value) : name(words(value));
}

/** Whether one of a record's values contains a text, in any case. */
export function contains(record: TelephonyDocument, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  return wanted === '' || Object.values(record).some((value) => words(value).toLowerCase().includes(wanted));
}

/** Returns the panel that the address names; undefined for the only one. */
export function chosenPanel({ query }: PageRequest): string | undefined {
  return query.panel === undefined || query.panel === '' ? undefined : query.panel;
}

/** A choice of the panel, where there are several with telephony. */
export function panelField(request: PageRequest): Field[] {
  const panels = panelsWith(request.sluice, 'calls');
  if (panels.length < 2) return [];
  const choices = panels.map((panel) => [panel, panel] as const);
  return [{ name: 'panel', label: 'Panel', value: chosenPanel(request) ?? panels[0] ?? '', choices }];
}

/** Every field of a record that has a value. */
export function recordFacts(record: TelephonyDocument): readonly (readonly [string, Part])[] {
  return Object.entries(record)
    .filter(([, value]) => words(value) !== '')
    .map(([key, value]) => [label(key), cellOf(key, value)] as const);
}
