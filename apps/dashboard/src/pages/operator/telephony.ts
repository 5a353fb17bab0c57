import type { ListedRecords, Sluice, TelephonyDocument } from '@sluice/engine';
import { toFinder } from '@sluice/quota-core';
import { address, type Column, link, pager, section, table } from '../../layout/components.js';
import { counted } from '../../layout/format.js';
import { type Field, searchForm } from '../../layout/forms.js';
import { html, type Html } from '../../layout/html.js';
import { words } from '../../layout/words.js';
import type { Page } from '../page.js';
import type { PageRequest } from '../../requests/page-request.js';
import { readNow } from './last-read.js';
import { panelsWith } from './navigation.js';
import { fieldTitle, readNames, type RecordScene, servicesByLine, showServices, showValue } from './record-values.js';
import { attempt, given, nothingFound, toNumber, toScene } from './scene.js';

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
    columns: ['number', 'status', 'subscriber_id', 'destination', 'channels', 'monthly_price'],
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
    columns: ['name', 'status', 'description', 'monthly_price', 'included_minutes'],
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

/** Fields that links name exactly, by the key in the address. */
const EXACT = { id: 'id', line: 'subscriber_id', customer: 'customer_id' } as const;

/** Returns the page of a list. */
export function listPage(list: List): Page {
  return async (request) => {
    const { query, sluice } = request;
    const panel = await choosePanel(request);
    const scene = toScene(request, panel);
    const [{ value, notice }, names] = await Promise.all([
      readNow(scene, ['list', list.resource, panel], (signal) =>
        sluice.telephony.list(list.resource, { panel, signal }),
      ),
      readNames(scene, panel, list.columns),
    ]);
    const { times } = scene;
    const found =
      value === null ? null : { ...value, times, names, services: await servicesByLine(sluice, value.panel) };
    const body = html`${searchForm({ action: list.path, id: 'records', submit: 'Show', fields: [...(await panelField(request, panel)), { name: 'q', label: 'Search', type: 'search', value: query.q ?? '' }] })}
    ${notice} ${found === null ? null : section(list.title, recordsTable(request, list, found))}`;
    return { title: list.title, body, timeZone: scene.times.timeZone };
  };
}

function recordsTable({ query }: PageRequest, list: List, found: RecordScene & Pick<ListedRecords, 'records'>): Html {
  const { path, title } = list;
  const { panel, records } = found;
  const exact = Object.entries(EXACT).flatMap(([key, field]) => {
    const wanted = query[key] ?? '';
    return wanted === '' ? [] : [{ key, field, wanted }];
  });
  const isFound = toRecordFinder(query.q ?? '');
  const matching = records.filter(
    (record) => isFound(record) && exact.every(({ field, wanted }) => words(record[field]) === wanted),
  );
  const pages = Math.max(1, Math.ceil(matching.length / ROWS));
  const page = Math.min(pages, toNumber(query.page, 1));
  const shown = matching.slice((page - 1) * ROWS, page * ROWS);
  const kept = Object.fromEntries(exact.map(({ key, wanted }) => [key, wanted]));
  const narrowed = exact.map(
    ({ field, wanted }) => html` with ${fieldTitle(field).toLowerCase()} <bdi>${wanted}</bdi>`,
  );
  return html`<p class="soft">
      ${counted(matching.length, 'record')}${narrowed} of panel
      <bdi>${panel}</bdi>${narrowed.length === 0 ? null : html` · <a href="${address(path, { panel })}">All</a>`}
    </p>
    ${table({ caption: title, columns: listColumns(list, found), rows: shown, empty: nothingFound(query.q, 'There is none.') })}
    ${pager({ path, query: { q: query.q ?? '', panel, ...kept }, page, pages })}`;
}

function listColumns(
  { path, columns, hasPages, resource }: List,
  found: RecordScene & Pick<ListedRecords, 'records'>,
): (Column<TelephonyDocument> | null)[] {
  const { panel, records } = found;
  const [first = 'id', ...others] = columns;
  const showName = (record: TelephonyDocument): Html => {
    const text = words(record[first]) || words(record.id);
    const href = address(`${path}/${encodeURIComponent(words(record.id))}`, { panel });
    return hasPages ? link(href, text) : html`<bdi>${text}</bdi>`;
  };
  const line = resource === 'subscribers' ? 'id' : resource === 'dids' ? 'subscriber_id' : null;
  const known = others.filter((field) => records.some((record) => record[field] != null));
  return [
    { title: fieldTitle(first), cell: showName },
    line === null ? null : { title: 'Service', cell: (record) => showServices(found, record[line]) },
    ...known.map((field, index) => ({
      title: fieldTitle(field),
      cell: (record: TelephonyDocument) => showValue(found, record, field),
      isMinor: index > 1,
      isNumber: /price|minutes|channels/.test(field),
    })),
  ];
}

/** Returns whether a record is found by what a person searches for, in one of its values. */
export function toRecordFinder(text: string): (record: TelephonyDocument) => boolean {
  const isFound = toFinder(text);
  return (record) => isFound(Object.values(record).map(words));
}

/**
 * Returns the panel that a page is about: the one in its address or of a service; where there are several, the first. Undefined
 * where the config has only one.
 */
export async function choosePanel({ sluice, query }: PageRequest, service?: string): Promise<string | undefined> {
  const panels = await panelsWith(sluice, 'calls');
  if (given(query.panel) !== undefined || panels.length < 2) return given(query.panel) ?? panels[0];
  const of = service === undefined ? null : await attempt(() => sluice.services.show(service));
  return of?.value?.panel ?? panels[0];
}

/** A choice of the panel, where there are several with telephony. */
export async function panelField({ sluice }: PageRequest, chosen: string | undefined): Promise<Field[]> {
  const panels = await panelsWith(sluice, 'calls');
  if (panels.length < 2) return [];
  return [{ name: 'panel', label: 'Panel', value: chosen ?? '', choices: panels }];
}
