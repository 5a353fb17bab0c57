import { listed, section, table } from '../layout/components.js';
import { bytes, money, name, NONE, words } from '../layout/format.js';
import { html, type Part } from '../layout/html.js';
import type { Page } from '../page.js';

/** `/products`: what the config declares. */
export const productsPage: Page = async ({ sluice }) => {
  const { products } = sluice.config;
  const rows = Object.entries(products).map(([id, product]): Part[] => [
    html`<a href="/?q=${encodeURIComponent(id)}"><bdi>${id}</bdi></a>`,
    name(product.panel),
    quotaOf(product.quota),
    product.mode ?? NONE,
    product.quotaPeriod,
    product.action ?? NONE,
    product.enforce ?? NONE,
    product.packages.length === 0 ? NONE : listed(product.packages.map((each) => html`<bdi>${each}</bdi>`)),
    product.limits === undefined
      ? NONE
      : listed(product.limits.map(({ id: limit, window }) => `${limit} per ${window}`)),
  ]);
  const body = html`<p class="soft">Products are declared in the config; they are shown here, not edited.</p>
    ${section(
      'Products',
      table({
        caption: 'Products',
        columns: [
          { title: 'Product' },
          { title: 'Panel' },
          { title: 'Quota' },
          { title: 'Mode' },
          { title: 'Period', isMinor: true },
          { title: 'Action', isMinor: true },
          { title: 'Enforce', isMinor: true },
          { title: 'Packages', isMinor: true },
          { title: 'Other limits', isMinor: true },
        ],
        rows,
        empty: 'The config has no product.',
        filter: true,
      }),
    )}`;
  return Promise.resolve({ title: 'Products', body });
};

function quotaOf(quota: object | undefined): Part {
  if (quota === undefined) return html`<span class="soft">none</span>`;
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
  const rows = packages.map((each): Part[] => [
    html`<bdi>${each.id}</bdi>`,
    bytes(each.bytes),
    money(each.price, each.currency),
    each.products.length === 0 ? NONE : listed(each.products.map((product) => html`<bdi>${product}</bdi>`)),
  ]);
  const body = html`<p class="soft">Packages are declared in the config. Prices are without tax.</p>
    ${section(
      'Packages',
      table({
        caption: 'Packages',
        columns: [
          { title: 'Package' },
          { title: 'Traffic', isNumber: true },
          { title: 'Price', isNumber: true },
          { title: 'Offered with' },
        ],
        rows,
        empty: 'The config has no package.',
        filter: true,
      }),
    )}`;
  return { title: 'Packages', body };
};
