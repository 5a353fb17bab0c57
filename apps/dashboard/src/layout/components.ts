import { toPercent } from '@sluice/quota-core';
import { NONE } from './format.js';
import { html, type Html, join, type Part } from './html.js';
import { ENGLISH, type Wording } from './wording.js';
import { inWords } from './words.js';

/** How a state is coloured; the words always say it too. */
export type Tone = 'good' | 'warning' | 'bad' | 'info' | 'quiet';

/** States by their tone; any other is quiet. */
const STATES = {
  good: ['ok', 'done', 'paid', 'active', 'added', 'applied', 'on'],
  bad: ['held', 'over', 'failed', 'suspended', 'exceeded', 'unreachable'],
  warning: [
    'unreadable',
    'doubted',
    'partial',
    'brake',
    'busy',
    'interrupted',
    'in-doubt',
    'refunding',
    'unknown',
    'missing',
  ],
  info: ['pending', 'planned', 'running', 'observe', 'open'],
} as const satisfies Partial<Record<Tone, readonly string[]>>;

const TONES: ReadonlyMap<string, Tone> = new Map(
  Object.entries(STATES).flatMap(([tone, states]) => states.map((state) => [state, tone as Tone])),
);

/** A text as a link. */
export function link(href: string, text: Part): Html {
  return html`<a href="${href}"><bdi>${text}</bdi></a>`;
}

/** Returns the tone of a state. */
export function findTone(state: string): Tone {
  return TONES.get(state) ?? 'quiet';
}

/** A state in coloured words, for staff. */
export function badge(state: string, tone: Tone = findTone(state)): Html {
  return coloured(inWords(state), tone);
}

/** Coloured words. */
export function coloured(words: Part, tone: Tone): Html {
  return html`<span class="badge badge-${tone}">${words}</span>`;
}

/** How full an allowance is. */
export interface Fill {
  /** Null is unknown. */
  used: number | null;
  /** Null is unlimited or unknown. */
  allowed: number | null;
}

function toTone(percent: number): Tone {
  if (percent >= 100) return 'bad';
  return percent >= 80 ? 'warning' : 'good';
}

/**
 * A bar that shows the share of an allowance in a tone, by default its own, with the percentage as the reader writes it; nothing where it
 * is not known.
 */
export function usageBar(
  fill: Fill,
  { tone, wording = ENGLISH }: { tone?: Tone; wording?: Wording } = {},
): Html | null {
  const percent = toPercent(fill.used, fill.allowed);
  if (percent === null) return null;
  const width = Math.min(100, Math.ceil(percent));
  return html`<span class="usage"
    ><svg
      class="bar bar-${tone ?? toTone(percent)}"
      viewBox="0 0 100 8"
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      <rect class="bar-track" width="100" height="8"></rect>
      <rect class="bar-fill" width="${width}" height="8"></rect></svg
    ><span class="percent">${wording.texts.percent(percent)}</span></span
  >`;
}

/** A column of a table. */
export interface Column<Row> {
  title: Part;
  /** What stands before its cells where the rows of a table are stacked; default: the title, where that is a text. */
  label?: string;
  /** What stands in it; that of the first column names the row. */
  cell: (row: Row) => Part;
  /** Numbers stand at the end of their cell. */
  isNumber?: boolean;
  /** Left out on narrow screens. */
  isMinor?: boolean;
  sort?: 'ascending' | 'descending' | undefined;
}

/** A table of rows. */
export interface Table<Row> {
  /** Read out before the table. */
  caption: string;
  hidesCaption?: boolean;
  /** `null` is left out. */
  columns: readonly (Column<Row> | null)[];
  rows: readonly Row[];
  /** Said in place of an empty table; without it, nothing is. */
  empty?: Part;
  /** Offers a field that filters the rows where scripts run. */
  filter?: boolean;
  /** On phones, cells stand below each other with the heads of their columns, minor ones too. */
  stacks?: boolean;
}

/** Returns a table that scrolls inside itself on narrow screens. */
export function table<Row>(of: Table<Row>): Part {
  const { caption, hidesCaption = true, columns, rows, empty, filter = false, stacks = false } = of;
  if (rows.length === 0) return empty === undefined ? null : html`<p class="empty">${empty}</p>`;
  return html`<div
    class="scroll${stacks ? ' stacks' : ''}"
    role="region"
    aria-label="${caption}"
    tabindex="0"
    ${filter ? html` data-filter="${caption}"` : null}
  >
    ${plainTable({ caption, hidesCaption, columns, rows, stacks })}
  </div>`;
}

/** Returns a table that scrolls sideways instead of shrinking. */
export function plainTable<Row>(
  of: Pick<Table<Row>, 'hidesCaption' | 'columns' | 'rows' | 'stacks'> & { caption: Part },
): Html {
  const { caption, hidesCaption = false, columns, rows, stacks = false } = of;
  const shown = columns
    .filter((column) => column !== null)
    .map((column) => ({ ...column, attribute: classAttribute(column) }));
  const head = shown.map(
    ({ title, sort, attribute }) =>
      html`<th scope="col" ${attribute}${sort === undefined ? null : html` aria-sort="${sort}"`}>${title}</th>`,
  );
  const body = rows.map((row) => {
    const cells = shown.map(({ cell, title, label, attribute }, index) => {
      if (index === 0) return html`<th scope="row" ${attribute}>${cell(row)}</th>`;
      const head = label ?? (typeof title === 'string' ? title : '');
      return html`<td${attribute}${stacks ? html` data-head="${head}"` : null}>${cell(row)}</td>`;
    });
    return html`<tr>
      ${cells}
    </tr> `;
  });
  return html`<table>
<caption${hidesCaption ? html` class="visually-hidden"` : null}>${caption}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body}</tbody>
</table>`;
}

function classAttribute({ isNumber = false, isMinor = false }: Pick<Column<unknown>, 'isNumber' | 'isMinor'>): Part {
  const names = [isNumber ? 'figure' : '', isMinor ? 'minor' : ''].filter(Boolean);
  return names.length === 0 ? null : html` class="${names.join(' ')}"`;
}

/** Terms with their values; a pair with `null` is left out. */
export function facts(pairs: readonly (readonly [term: string, value: Part] | null)[]): Html {
  const shown = pairs.filter((pair) => pair !== null);
  return html`<dl class="facts">
    ${shown.map(
      ([term, value]) =>
        html`<div>
          <dt>${term}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

/** A part of a page: what stands under a heading. */
export interface Section {
  /** Its own on the page. */
  id: string;
  title: string;
  content: Part;
  /** Stands beside the heading, on pages of ours only. */
  aside?: Part;
}

/** Returns parts of a page with their headings; null is left out. */
export function sections(parts: readonly (Section | null)[]): Html[] {
  return parts
    .filter((part) => part !== null)
    .map(({ title, content, ...options }) => section(title, content, options));
}

/** A part of a page under a heading. */
export function section(title: Part, content: Part, options: { id?: string; aside?: Part } = {}): Html {
  const { id, aside } = options;
  return html`<section class="card" ${id === undefined ? null : html` id="${id}"`}>
    <div class="card-head">
      <h2>${title}</h2>
      ${aside}
    </div>
    ${content}
  </section>`;
}

/** Returns a text as a part of the ids of elements, such as those that pages have once for each service. */
export function toId(text: string): string {
  return text.replace(/[^\w-]+/g, '-');
}

/** A sentence that stands out. */
export function notice(tone: Tone, content: Part): Html {
  return html`<p class="notice notice-${tone}" ${tone === 'bad' ? html` role="alert"` : html` role="status"`}>
    ${content}
  </p>`;
}

/** A large figure with its name. */
export function tile(title: string, value: Part, options: { detail?: Part; href?: string; tone?: Tone } = {}): Html {
  const { detail, href, tone = 'quiet' } = options;
  const content = html`<span class="tile-title">${title}</span
    ><span class="tile-value">${value}</span
    >${detail === undefined ? null : html`<span class="tile-detail">${detail}</span>`}`;
  return href === undefined
    ? html`<div class="tile tile-${tone}">${content}</div>`
    : html`<a class="tile tile-${tone}" href="${href}">${content}</a>`;
}

/** Tiles in a row. */
export function tiles(items: readonly Part[]): Html {
  return html`<div class="tiles">${items}</div>`;
}

/** An address with its query: empty values are left out. */
export function address(path: string, query: Readonly<Record<string, string | number | null | undefined>>): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') search.set(key, String(value));
  }
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** Links to the pages before and after. */
export function pager(of: {
  path: string;
  query: Record<string, string>;
  page: number;
  pages: number;
  wording?: Wording;
}): Html | null {
  const { path, query, page, pages, wording = ENGLISH } = of;
  if (pages <= 1) return null;
  const link = (to: number, text: string, rel: string): Part =>
    to < 1 || to > pages
      ? html`<span class="pager-off">${text}</span>`
      : html`<a href="${address(path, { ...query, page: to === 1 ? '' : to })}" rel="${rel}">${text}</a>`;
  return html`<nav class="pager" aria-label="${wording.text('pager.pages')}">
    ${link(page - 1, wording.text('pager.before'), 'prev')}<span>${wording.say('pager.place', { page, pages })}</span>${link(page + 1, wording.text('pager.after'), 'next')}
  </nav>`;
}

/** Parts with commas between them; a dash for none. */
export function listed(parts: readonly Part[]): Html {
  if (parts.length === 0) return NONE;
  return join(parts.flatMap((part, index) => (index === 0 ? [part] : [', ', part])));
}

/** Parts of a list that a line has room for. */
const FEW = 3;

/** The first parts of a list separated by commas, with how many others there are. */
export function listedFew(parts: readonly Part[]): Html {
  const others = parts.length - FEW;
  if (others <= 0) return listed(parts);
  return html`${listed(parts.slice(0, FEW))} and ${others} ${others === 1 ? 'other' : 'others'}`;
}
