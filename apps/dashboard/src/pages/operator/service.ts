import type { Explanation, PurchaseView, ServiceDetail } from '@sluice/engine';
import { badge, facts, listed, percentOf, type Section, table, usageBar } from '../layout/components.js';
import { bytes, money, name, NONE, type Times, words } from '../layout/format.js';
import { html, type Html, type Part } from '../layout/html.js';
import type { PageRequest } from '../page.js';
import { graphsSection } from './graphs.js';
import { isLine } from './lines.js';
import { readCapabilities } from './navigation.js';
import { type Scene, toScene } from './scene.js';
import { driftOf, explainState, usedBytes } from './sentences.js';

const ACTION_ROWS = 30;
const CYCLES = 24;

/** The scene of a service, with what is known of it. */
export interface ServiceScene extends Scene {
  found: Explanation;
}

/** Returns the scene of a service, in the time zone of its panel. */
export async function readScene(request: PageRequest, id: string): Promise<ServiceScene> {
  const found = await request.sluice.explain(id);
  await readCapabilities(request.sluice);
  return { ...toScene(request, found.service.panel), found };
}

/** Returns the parts of the page of a service, except its state; null for those that it has not. */
export async function figuresOf(
  scene: ServiceScene,
): Promise<Record<'graphs' | 'allowance' | 'limits' | 'holds' | 'purchases' | 'cycles' | 'changes', Section | null>> {
  const { found, request } = scene;
  const { service } = found;
  const { id } = service;
  const isMetered = !isLine(scene, service);
  const { purchases } = await request.sluice.purchases.list({ service: id });
  const { cycles } = await request.sluice.usage.history(id);
  return {
    graphs: isMetered ? await graphsSection(scene, service) : null,
    allowance: isMetered ? allowanceSection(scene, purchases) : null,
    limits: limitsSection(scene, service),
    holds: holdsSection(scene, found),
    purchases: purchasesSection(scene, purchases),
    cycles: isMetered ? historySection(scene, cycles.slice(0, CYCLES), service) : null,
    changes: changesSection(scene, found),
  };
}

/** The state of a service in words, its client, product, panel and account. */
export function stateOf(scene: ServiceScene): Html {
  const { times, found } = scene;
  const { service } = found;
  const fill = { used: usedBytes(service), allowed: service.allowance?.allowedBytes ?? null };
  return html`<p class="headline">
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
    ])}`;
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

/** The parts of an allowance, in words. */
function sourceOf(source: string, packages: ReadonlyMap<string, string>): Part {
  const [kind = '', rest = ''] = source.split(/[.:](.*)/s);
  if (kind === 'purchase') return html`package <bdi>${packages.get(rest) ?? rest}</bdi>`;
  if (kind === 'product') return rest === 'default' ? 'the product' : `the product (${rest})`;
  return SOURCES[kind] ?? source;
}

const SOURCES: Record<string, string> = { service: 'the service itself', override: 'an override' };

function allowanceSection({ times, found }: ServiceScene, purchases: readonly PurchaseView[]): Section {
  const { service, allowance } = found;
  const packages = new Map(purchases.map((row) => [row.id, row.package]));
  const rows = allowance.parts.map(({ source, bytes: part }): Part[] => [
    sourceOf(source, packages),
    part === null ? 'unlimited' : bytes(part),
  ]);
  const own = service.overrides;
  const content = html`${table({
    caption: 'Parts of the allowance',
    columns: [{ title: 'From' }, { title: 'Traffic', isNumber: true }],
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
  }`;
  return { id: 'allowance', title: 'Allowance', content };
}

function limitsSection({ times }: Scene, { limits }: ServiceDetail): Section | null {
  if (limits.every(({ id }) => id === 'quota')) return null;
  const figure = (value: number | string | null, unit: string): Part =>
    typeof value === 'number' && unit === 'bytes' ? bytes(value) : value === null ? NONE : money(String(value), unit);
  const rows = limits.map(({ id, used, allowed, unit, window, held }): Part[] => [
    html`${id} ${held ? badge('held') : null}`,
    figure(used, unit),
    figure(allowed, unit),
    times.at(window?.end),
  ]);
  const content = table({
    caption: 'Limits',
    columns: [
      { title: 'Limit' },
      { title: 'Used', isNumber: true },
      { title: 'Allowed', isNumber: true },
      { title: 'Until' },
    ],
    rows,
    empty: 'It has no limits.',
  });
  return { id: 'limits', title: 'Limits', content };
}

function holdsSection({ times }: Scene, { holds }: Explanation): Section {
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
  const content = table({
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
  });
  return { id: 'holds', title: 'Holds', content };
}

function purchasesSection({ times }: Scene, purchases: readonly PurchaseView[]): Section {
  const rows = [...purchases]
    .reverse()
    .map((row): Part[] => [
      name(row.package),
      bytes(row.bytes),
      money(row.charged ?? row.price, row.currency),
      badge(row.status),
      row.actor === 'auto' ? 'auto-buy' : name(row.by),
      times.at(row.at),
    ]);
  const content = table({
    caption: 'Purchases',
    columns: [
      { title: 'Package' },
      { title: 'Traffic', isNumber: true },
      { title: 'Price', isNumber: true },
      { title: 'State' },
      { title: 'By', isMinor: true },
      { title: 'At' },
    ],
    rows,
    empty: 'Nothing was bought.',
  });
  return { id: 'purchases', title: 'Purchases', content };
}

type Cycles = Awaited<ReturnType<PageRequest['sluice']['usage']['history']>>['cycles'];

function historySection({ times }: Scene, cycles: Cycles, service: ServiceDetail): Section {
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
  const content = table({
    caption: 'Usage of each cycle',
    columns: [
      { title: 'Cycle' },
      { title: 'Used', isNumber: true },
      { title: 'Allowed', isNumber: true },
      { title: 'Share' },
    ],
    rows,
    empty: 'It was not metered yet.',
  });
  return { id: 'cycles', title: 'Cycles', content };
}

function changesSection({ times }: Scene, { actions }: Explanation): Section {
  const rows = actions
    .slice(0, ACTION_ROWS)
    .map(({ name: what, state, at, prior, observed, error }): Part[] => [
      times.at(at),
      html`<bdi>${what}</bdi>`,
      badge(state),
      html`<span dir="auto">${error === null ? words(prior) : error.message}</span>`,
      html`<span dir="auto">${words(observed)}</span>`,
    ]);
  const content = table({
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
  });
  return { id: 'changes', title: 'Changes on the panel', content };
}
