import type { Explanation, PurchaseView, ServiceDetail } from '@sluice/engine';
import { badge, facts, listed, percentOf, section, table, usageBar } from '../layout/components.js';
import { bytes, money, name, NONE, type Times, words } from '../layout/format.js';
import { html, type Html, type Part } from '../layout/html.js';
import type { Page } from '../page.js';
import { actionsSection } from './service-actions.js';
import { graphsSection } from './graphs.js';
import { isLine, lineSection } from './lines.js';
import { logTable } from './log-table.js';
import { readCapabilities } from './navigation.js';
import { type Scene, toScene } from './scene.js';
import { driftOf, explainState, usedBytes } from './sentences.js';

/** Rows of the API log on the page of a service. */
const LOG_ROWS = 25;
const ACTION_ROWS = 30;
const CYCLES = 24;

/** `/services/:id` */
export const servicePage: Page = async (request) => {
  const { sluice, params, query } = request;
  const id = params.id ?? '';
  const found = await sluice.explain(id);
  const { service } = found;
  const scene = toScene(request, service.panel);
  const { cycles } = await sluice.usage.history(id);
  const { purchases } = await sluice.purchases.list({ service: id });
  const { entries } = await sluice.log.list({ kinds: ['run', 'api'], service: id, limit: LOG_ROWS });
  await readCapabilities(sluice);
  const figures = isLine(scene, service)
    ? html`${await lineSection(scene, service)} ${limitsSection(scene, service)}`
    : html`<div class="columns columns-wide">
        <div>${await graphsSection(scene, service)}</div>
        <div>${allowanceSection(scene, found)} ${limitsSection(scene, service)}</div>
      </div>`;
  const body = html`${headline(scene, found)} ${figures}
    ${scene.mayOperate ? await actionsSection(scene, service) : null}
    <div class="columns">
      <div>${holdsSection(scene, found)} ${purchasesSection(scene, purchases)}</div>
      <div>${isLine(scene, service) ? null : historySection(scene, cycles.slice(0, CYCLES), service)}</div>
    </div>
    ${changesSection(scene, found)}
    ${section(
      'Runs and API calls',
      logTable(scene, entries, { caption: 'Runs and API calls of this service', showsService: false }),
      {
        aside: html`<a href="/log?service=${encodeURIComponent(id)}">All of them</a>`,
      },
    )}`;
  return { title: id, body, notice: DONE[query.done ?? ''] };
};

/** What a form of this page did, by the word in its address. */
const DONE: Record<string, string> = {
  suspend: 'The service is suspended.',
  unsuspend: 'The suspension has ended.',
  renew: 'The due date was moved.',
  'change-package': 'The service has another product.',
  buy: 'The package was bought.',
  override: 'The override is set; it applies from the next run.',
  'override-clear': 'The override has ended.',
  hold: 'The hold was added.',
  release: 'The hold was released.',
  'auto-buy': 'The preference is stored.',
  'auto-buy-clear': 'The preference was removed.',
  set: 'The change is stored.',
};

function headline(scene: Scene, found: Explanation): Html {
  const { times } = scene;
  const { service } = found;
  const fill = { used: usedBytes(service), allowed: service.allowance?.allowedBytes ?? null };
  return html`<section class="card">
    <p class="headline">
      ${badge(service.status)} ${service.lifecycle === 'active' ? null : badge(service.lifecycle)}
      ${service.observing ? badge('observe') : null} ${driftOf(found).length > 0 ? badge('drift', 'warning') : null}
    </p>
    ${percentOf(fill) === null ? null : html`<p class="headline">${usageBar(fill)}</p>`}
    <ul class="sentences">
      ${explainState(found, times).map((sentence) => html`<li>${sentence}</li>`)}
    </ul>
    ${facts([
      ...(isLine(scene, service) ? [] : usageFacts(times, service)),
      ['Client', name(service.client)],
      ['Product', name(service.product)],
      ['Panel', html`<a href="/panels/${encodeURIComponent(service.panel)}"><bdi>${service.panel}</bdi></a>`],
      ['Due', service.nextDueDate === null ? NONE : html`${service.nextDueDate} ${service.billingCycle ?? ''}`],
      [
        'On the panel',
        Object.entries(service.refs).map(([key, value]) => html`<span class="refs">${key} <bdi>${value}</bdi></span>`),
      ],
      service.account == null ? null : ['Account', words(service.account)],
      service.termination === null
        ? null
        : ['Termination', html`unfinished since ${times.at(service.termination.since)}`],
    ])}
  </section>`;
}

function usageFacts(times: Times, service: ServiceDetail): [string, Part][] {
  const { usage, allowance } = service;
  return [
    ['Used', usage === null ? html`<span class="unknown">not read yet</span>` : bytes(usedBytes(service))],
    ['Allowed', allowance === null ? 'no quota' : allowance.unlimited ? 'unlimited' : bytes(allowance.allowedBytes)],
    ['Remaining', allowance === null || allowance.unlimited ? NONE : bytes(allowance.remainingBytes)],
    ['In and out', usage === null ? NONE : html`${bytes(usage.inBytes)} in, ${bytes(usage.outBytes)} out`],
    ['Read', times.ago(usage?.readAt)],
    [
      'Cycle',
      service.cycle === null ? NONE : html`${times.at(service.cycle.start)} to ${times.full(service.cycle.end)}`,
    ],
  ];
}

function allowanceSection({ times }: Scene, { service, allowance }: Explanation): Html {
  const rows = allowance.parts.map(({ source, bytes: part }): Part[] => [
    source,
    part === null ? 'unlimited' : bytes(part),
  ]);
  const own = service.overrides;
  return section(
    'Allowance',
    html`${table({
      caption: 'Parts of the allowance',
      columns: [{ title: 'From' }, { title: 'Bytes', isNumber: true }],
      rows: [
        ...rows,
        ...(allowance.allowedBytes === null
          ? []
          : [[html`<strong>Allowed</strong>`, html`<strong>${bytes(allowance.allowedBytes)}</strong>`]]),
      ],
      empty: 'It has no quota.',
    })}
    ${
      own === null
        ? null
        : html`<p class="soft">
            Override since ${times.at(own.since)}:
            ${listed([own.unlimited ? 'unlimited' : null, own.quotaBytes === null ? null : bytes(own.quotaBytes), own.mode, own.action].filter((part) => part !== null))}
          </p>`
    }`,
  );
}

function limitsSection({ times }: Scene, { limits }: ServiceDetail): Html | null {
  if (limits.every(({ id }) => id === 'quota')) return null;
  const figure = (value: number | string | null, unit: string): Part =>
    typeof value === 'number' && unit === 'bytes' ? bytes(value) : value === null ? NONE : money(String(value), unit);
  const rows = limits.map(({ id, used, allowed, unit, window, held }): Part[] => [
    html`${id} ${held ? badge('held') : null}`,
    figure(used, unit),
    figure(allowed, unit),
    times.at(window?.end),
  ]);
  return section(
    'Limits',
    table({
      caption: 'Limits',
      columns: [
        { title: 'Limit' },
        { title: 'Used', isNumber: true },
        { title: 'Allowed', isNumber: true },
        { title: 'Until' },
      ],
      rows,
      empty: 'It has no limits.',
    }),
  );
}

function holdsSection({ times }: Scene, { holds }: Explanation): Html {
  const rows = [...holds].reverse().map(({ reason, since, until, note, origin, evidence }): Part[] => [
    badge(reason, until === null ? 'bad' : 'quiet'),
    times.at(since),
    until === null ? badge('open') : times.at(until),
    html`${name(note)} <span class="soft">${origin}</span>`,
    evidence.length === 0
      ? NONE
      : html`<ul class="plain">
          ${evidence.map(
            (item) =>
              html`<li>
                ${item.kind} <bdi>${item.target}</bdi>: before
                <bdi>${words(item.prior)}</bdi
                >${item.outcome === null ? null : html`, <span class="soft">${item.outcome}</span>`}
              </li>`,
          )}
        </ul>`,
  ]);
  return section(
    'Holds',
    table({
      caption: 'Holds with their evidence',
      columns: [
        { title: 'Reason' },
        { title: 'Since' },
        { title: 'Until' },
        { title: 'Note', isMinor: true },
        { title: 'Evidence' },
      ],
      rows,
      empty: 'It was never held.',
    }),
  );
}

function purchasesSection({ times }: Scene, purchases: readonly PurchaseView[]): Html {
  const rows = [...purchases]
    .reverse()
    .map((row): Part[] => [
      name(row.package),
      bytes(row.bytes),
      money(row.charged ?? row.price, row.currency),
      badge(row.status),
      row.actor === 'auto' ? 'auto-buy' : 'manual',
      times.at(row.at),
    ]);
  return section(
    'Purchases',
    table({
      caption: 'Purchases',
      columns: [
        { title: 'Package' },
        { title: 'Bytes', isNumber: true },
        { title: 'Price', isNumber: true },
        { title: 'State' },
        { title: 'By', isMinor: true },
        { title: 'At' },
      ],
      rows,
      empty: 'Nothing was bought.',
    }),
  );
}

type Cycles = Awaited<ReturnType<Parameters<Page>[0]['sluice']['usage']['history']>>['cycles'];

function historySection({ times }: Scene, cycles: Cycles, service: ServiceDetail): Html {
  const { mode } = service;
  const rows = cycles.map(({ start, end, usage, allowance: stored }): Part[] => {
    // That of the present cycle counts purchases and changes since the last run.
    const allowance = start === service.cycle?.start ? service.allowance : stored;
    const used = usedBytes({ usage, mode });
    return [
      html`${times.at(start)} to ${times.at(end)}`,
      usage === null ? NONE : bytes(used),
      allowance === null ? NONE : allowance.unlimited ? 'unlimited' : bytes(allowance.allowedBytes),
      usageBar({ used, allowed: allowance?.allowedBytes ?? null }) ?? NONE,
    ];
  });
  return section(
    'Cycles',
    table({
      caption: 'Usage of each cycle',
      columns: [
        { title: 'Cycle' },
        { title: 'Used', isNumber: true },
        { title: 'Allowed', isNumber: true },
        { title: 'Share' },
      ],
      rows,
      empty: 'It was not metered yet.',
    }),
  );
}

function changesSection({ times }: Scene, { actions }: Explanation): Html {
  const rows = actions
    .slice(0, ACTION_ROWS)
    .map(({ name: what, state, at, prior, observed, error }): Part[] => [
      times.at(at),
      html`<bdi>${what}</bdi>`,
      badge(state),
      html`<span dir="auto">${error === null ? words(prior) : error.message}</span>`,
      html`<span dir="auto">${words(observed)}</span>`,
    ]);
  return section(
    'Changes on the panel',
    table({
      caption: 'Changes on the panel',
      columns: [
        { title: 'When' },
        { title: 'Change' },
        { title: 'State' },
        { title: 'Before, or error' },
        { title: 'Read back', isMinor: true },
      ],
      rows,
      empty: 'Nothing was changed.',
    }),
  );
}
