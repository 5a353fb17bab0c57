import type { ProductView } from '@sluice/engine';
import { packageName } from '@sluice/engine/words';
import { address, link, listed, section, table } from '../../layout/components.js';
import { bytes, name, NONE, orNone } from '../../layout/format.js';
import { html, type Html, type Part } from '../../layout/html.js';
import { words } from '../../layout/words.js';
import { packageColumns } from '../package-columns.js';
import type { Page } from '../page.js';
import { toTimes } from '../../layout/page-times.js';
import { ENGLISH } from '../../layout/wording.js';
import { showSetting } from './panels.js';

/** `/products`: what the config declares. */
export const productsPage: Page = async (request) => {
  const { products } = await request.sluice.panels.products();
  const list = table({
    caption: 'Products',
    columns: [
      { title: 'Product', cell: (product) => toTitle(product) },
      { title: 'Panel', cell: ({ panel }) => name(panel) },
      { title: 'Quota', cell: ({ quota }) => showQuota(quota) },
      { title: 'Mode', cell: ({ mode }) => mode ?? NONE },
      { title: 'Period', cell: ({ quotaPeriod }) => quotaPeriod, isMinor: true },
      { title: 'Action', cell: ({ action }) => orNone(action, (word) => html`<code>${word}</code>`), isMinor: true },
      { title: 'Enforce', cell: ({ enforce }) => showSetting(enforce, toTimes(request)), isMinor: true },
      {
        title: 'Packages',
        cell: ({ packages }) => listed(packages.map((id) => name(packageName(request.sluice.config, id)))),
        isMinor: true,
      },
      {
        title: 'Other limits',
        cell: ({ limits }) => listed(limits.map(({ id, window }) => `${id} per ${window}`)),
        isMinor: true,
      },
    ],
    rows: products,
    empty: 'The config has no product.',
    filter: true,
  });
  const body = html`<p class="soft">Products are declared in the config; they are shown here, not edited.</p>
    ${section('Products', list)}`;
  return { title: 'Products', body };
};

function toTitle({ id, name: title }: ProductView): Html {
  const to = address('/', { q: id });
  return title === id ? link(to, id) : html`${link(to, title)} <span class="soft">${name(id)}</span>`;
}

function showQuota(quota: object | null): Part {
  if (quota === null) return html`<span class="soft">none</span>`;
  const parts = Object.entries(quota as Record<string, unknown>).filter(([, value]) => value !== undefined);
  return listed(
    parts.map(
      ([mode, value]) =>
        html`${mode === 'default' ? null : `${mode} `}${typeof value === 'number' ? bytes(value) : words(value)}`,
    ),
  );
}

/** `/packages`: what clients can buy. */
export const packagesPage: Page = async ({ sluice }) => {
  const { packages } = await sluice.purchases.packages();
  const list = table({
    caption: 'Packages',
    columns: [
      ...packageColumns(ENGLISH),
      { title: 'Name in the config', cell: ({ id }) => name(id), isMinor: true },
      { title: 'Offered with', cell: ({ products }) => listed(products.map(name)) },
    ],
    rows: packages,
    empty: 'The config has no package.',
    filter: true,
  });
  const body = html`<p class="soft">Packages are declared in the config.</p>
    ${section('Packages', list)}`;
  return { title: 'Packages', body };
};
