import type { OverviewReport } from '@sluice/engine';
import { describeOutage, productName } from '@sluice/engine/words';
import { STATUS_FILTERS } from '@sluice/quota-core';
import { address, badge, pager, type Section, table, usageBar } from '../../layout/components.js';
import { bytes, count, counted, name, named, NONE, type Times } from '../../layout/format.js';
import { searchForm } from '../../layout/forms.js';
import { html, type Html } from '../../layout/html.js';
import { toChoices, whyOld } from '../../layout/words.js';
import { statusWithReasons, USED_UP } from './brake.js';
import { nothingFound, type Scene, serviceLink } from './scene.js';

/** Orders of the services in the overview. */
export const ORDERS = ['worst', 'remaining', 'share', 'used', 'id', 'client'] as const;

/** The services of the overview that match the filter, and its form. */
export function servicesSection(scene: Scene, report: OverviewReport): Section {
  const { query } = scene.request;
  const { matching, page, pages, order, items } = report.services;
  const kept = { q: query.q ?? '', status: query.status ?? '', panel: query.panel ?? '', drift: query.drift ?? '' };
  const sorted = (by: (typeof ORDERS)[number], title: string, direction: 'ascending' | 'descending') => ({
    title: html`<a href="${address('/', { ...kept, order: by })}">${title}</a>`,
    sort: order === by ? direction : undefined,
  });
  const isAll = matching === report.totals.services;
  const figures = table({
    caption: 'Services',
    columns: [
      { ...sorted('id', 'Service', 'ascending'), cell: (row) => serviceLink(row.id, row.name) },
      {
        ...sorted('client', 'Client', 'ascending'),
        cell: ({ client, clientName }) => named(clientName, client),
        isMinor: true,
      },
      {
        title: 'Product',
        cell: ({ product }) => name(productName(scene.request.sluice.config, product)),
        isMinor: true,
      },
      { title: 'Panel', cell: ({ panel }) => name(panel), isMinor: true },
      { title: 'Status', cell: showStatus },
      { ...sorted('share', 'Share', 'descending'), cell: showShare },
      { ...sorted('used', 'Used', 'descending'), cell: showUsed, isNumber: true, isMinor: true },
      { ...sorted('remaining', 'Remaining', 'ascending'), cell: showRemaining, isNumber: true },
      { title: 'Read', cell: (row) => showRead(row, report, scene.times), isMinor: true },
    ],
    rows: items,
    empty: isAll
      ? 'There are no services yet. Import them with the command "service import".'
      : nothingFound(scene.request.query.q, 'No service matches.'),
  });
  const found = isAll ? counted(matching, 'service') : `${count(matching)} of ${count(report.totals.services)}`;
  const content = scene.request.isEmbedded
    ? html`${figures}${pages > 1 ? html`<p class="soft">The first ${items.length} of ${found}.</p>` : null}`
    : html`${filterForm(scene, report, kept)}${figures} ${pager({ path: '/', query: { ...kept, order }, page, pages })}`;
  return { id: 'services', title: 'Services', content, aside: html`<span class="soft">${found}</span>` };
}

type Row = OverviewReport['services']['items'][number];

function showStatus({ drift, ...row }: Row): Html {
  return html`${statusWithReasons(row)}${drift > 0 ? html` ${badge('drift', 'warning')}` : null}`;
}

/** How old the figures of a service are, and why there are no newer ones. */
function showRead({ panel, readAt }: Row, { panels, removed }: OverviewReport, times: Times): Html {
  const { downSince = null, undecided } = panels.find(({ name: known }) => known === panel) ?? {};
  const read = times.ago(readAt);
  if (removed.some((each) => each.panel === panel))
    return html`${read} <span class="soft">panel ${describeOutage({ panelRemoved: true })}</span>`;
  const why = whyOld({ panelDownSince: downSince, ...(undecided && { panelUndecided: undecided }) }, (at) =>
    times.at(at),
  );
  return why === null ? read : html`${read} <span class="soft">${why}</span>`;
}

function showShare({ usedBytes, allowedBytes }: Row): Html {
  return html`<span class="compact">${usageBar({ used: usedBytes, allowed: allowedBytes }) ?? NONE}</span>`;
}

function showUsed({ usedBytes, readAt }: Row): Html {
  return usedBytes === null && readAt === null ? NONE : bytes(usedBytes);
}

function showRemaining({ allowedBytes, remainingBytes, readAt }: Row): Html {
  if (readAt === null && allowedBytes === null) return NONE;
  return allowedBytes === null ? html`<span class="soft">no limit</span>` : bytes(remainingBytes);
}

function filterForm({ request }: Scene, { panels, removed }: OverviewReport, kept: Record<string, string>): Html {
  const { q = '', status = '', panel = '', drift = '' } = kept;
  return searchForm({
    action: '/',
    id: 'services',
    submit: 'Show',
    fields: [
      { name: 'q', label: 'Name, address, id or product', type: 'search', value: q },
      {
        name: 'status',
        label: 'Status',
        value: status,
        choices: [
          ['', 'all'],
          ...toChoices(STATUS_FILTERS).map(([code, text]) => [code, code === 'over' ? USED_UP : text] as const),
        ],
      },
      {
        name: 'panel',
        label: 'Panel',
        value: panel,
        choices: [['', 'all'], ...panels.map((each) => each.name), ...removed.map((each) => each.panel)],
      },
      {
        name: 'order',
        label: 'Order',
        value: request.query.order ?? 'worst',
        choices: ORDERS.map((word) => [word, ORDER_WORDS[word]] as const),
      },
      { name: 'drift', label: 'With drift', type: 'checkbox', value: drift },
    ],
  });
}

const ORDER_WORDS: Record<(typeof ORDERS)[number], string> = {
  worst: 'worst first',
  remaining: 'least remaining',
  share: 'largest share',
  used: 'most used',
  id: 'by service',
  client: 'by client',
};
