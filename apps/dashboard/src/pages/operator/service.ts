import { rateText } from '@sluice/charts';
import type { Explanation, HoldView, PurchaseView, ServiceDetail } from '@sluice/engine';
import { describeMark, packageName, usedBytes, isLeastUsed, isLeftAsIs, isWithAccount } from '@sluice/engine/words';
import { describeRule, formatShare } from '@sluice/quota-core';
import { accountTables, forwardCount } from '../account-tables.js';
import { badge, coloured, facts, link, listed, type Section, table, usageBar } from '../../layout/components.js';
import { bytes, money, name, NONE, orNone, type Times } from '../../layout/format.js';
import { html, type Html, type Part } from '../../layout/html.js';
import { inWords, reasonWords, showValue } from '../../layout/words.js';
import { ENGLISH } from '../../layout/wording.js';
import type { PageRequest } from '../../requests/page-request.js';
import { invoiceLink, purchaseState } from '../purchase-state.js';
import { graphsSection } from './graphs.js';
import { panelsWith, readRequiredRef } from './navigation.js';
import { type Scene, serviceHref, toScene } from './scene.js';

const ACTION_ROWS = 30;
const CYCLES = 24;
/** Of the rates of a cycle: what providers bill by. */
const PERCENT = 95;

/** The scene of a service, with what is known of it. */
export interface ServiceScene extends Scene {
  found: Explanation;
  /** Whether it is a line of a telephony panel: it has calls in place of traffic. */
  isLine: boolean;
  /** Whether it is known to have an account. */
  hasAccount: boolean;
}

/** Returns the scene of a service, in the time zone of its panel. */
export async function readScene(request: PageRequest, id: string): Promise<ServiceScene> {
  const { sluice } = request;
  const found = await sluice.explain(id);
  const { service } = found;
  const { panel } = service;
  const isLine = (await panelsWith(sluice, 'calls')).includes(panel);
  const hasAccount = isWithAccount(service, await readRequiredRef(sluice, panel));
  return { ...toScene(request, panel), found, isLine, hasAccount };
}

/** Returns the parts of the page of a service, except its state; null for those that it has not. */
export async function readFigures(
  scene: ServiceScene,
): Promise<
  Record<'graphs' | 'allowance' | 'limits' | 'account' | 'holds' | 'purchases' | 'cycles' | 'changes', Section | null>
> {
  const { found, request } = scene;
  const { service } = found;
  const { id } = service;
  const isMetered = !scene.isLine;
  const { purchases } = await request.sluice.purchases.list({ service: id });
  // All samples of each cycle are read for its rates: only a person who asks for them waits for that.
  const percentile = request.query.rates === String(PERCENT) ? PERCENT : undefined;
  const { cycles } = await request.sluice.usage.history(id, { percentile });
  return {
    graphs: isMetered ? await graphsSection(scene, found) : null,
    allowance: isMetered ? allowanceSection(scene, purchases) : null,
    limits: limitsSection(scene, service),
    account: accountSection(scene, service),
    holds: holdsSection(scene, found),
    purchases: purchasesSection(scene, purchases),
    cycles: isMetered ? historySection(scene, cycles.slice(0, CYCLES), service) : null,
    changes: changesSection(scene, found),
  };
}

/** The parts of an allowance, in words. */
function showSource(source: string, packages: ReadonlyMap<string, string>): Part {
  const [kind = '', rest = ''] = source.split(/[.:](.*)/s);
  if (kind === 'purchase') return html`package <bdi>${packages.get(rest) ?? rest}</bdi>`;
  if (kind === 'product') return rest === 'default' ? 'the product' : `the product (${rest})`;
  return SOURCES[kind] ?? source;
}

const SOURCES: Record<string, string> = { service: 'the service itself', override: 'an override' };

function allowanceSection({ times, found, request }: ServiceScene, purchases: readonly PurchaseView[]): Section {
  const { service, allowance } = found;
  const packages = new Map(purchases.map((row) => [row.id, packageName(request.sluice.config, row.package)]));
  const own = service.overrides;
  const parts = [
    ...allowance.parts.map((part) => ({
      from: showSource(part.source, packages),
      traffic: part.bytes === null ? 'unlimited' : bytes(part.bytes),
    })),
    allowance.allowedBytes === null
      ? null
      : { from: html`<strong>Allowed</strong>`, traffic: html`<strong>${bytes(allowance.allowedBytes)}</strong>` },
  ];
  const content = html`${table({
    caption: 'Parts of the allowance',
    columns: [
      { title: 'From', cell: ({ from }) => from },
      { title: 'Traffic', cell: ({ traffic }) => traffic, isNumber: true },
    ],
    rows: parts.filter((part) => part !== null),
    empty: isLeftAsIs(service) ? 'Its product is not in the config.' : 'It has no quota.',
  })}
  ${own === null ? null : html`<p class="soft">Override since ${times.at(own.since)}: ${overrideText(own)}</p>`}`;
  return { id: 'allowance', title: 'Allowance', content };
}

/** The account on a panel that has accounts, once it was read. */
function accountSection({ times }: Scene, { account }: ServiceDetail): Section | null {
  if (account == null) return null;
  const { url, username, expiresAt } = account;
  const content = html`${facts([
    ['User name', html`<code>${name(username)}</code>`],
    ['Valid until', expiresAt === null ? 'no end' : times.at(expiresAt)],
    ['Panel address', orNone(url, (at) => html`<code>${at}</code>`)],
    forwardCount(account, ENGLISH),
  ])}
  ${accountTables(account, ENGLISH)}`;
  return { id: 'account', title: 'Account', content };
}

function overrideText({ unlimited, quotaBytes, mode, action }: NonNullable<ServiceDetail['overrides']>): Html {
  const quota = quotaBytes === null ? null : bytes(quotaBytes);
  return listed(
    [unlimited ? 'unlimited' : null, quota, mode, action === null ? null : html`<code>${action}</code>`].filter(
      (part) => part !== null,
    ),
  );
}

function limitsSection({ times }: Scene, service: ServiceDetail): Section | null {
  const { limits } = service;
  if (limits.every(({ id }) => id === 'quota')) return null;
  const figure = (value: number | string | null, unit: string): Part =>
    typeof value === 'number' && unit === 'bytes' ? bytes(value) : orNone(value, (known) => money(String(known), unit));
  const content = table({
    caption: 'Limits',
    columns: [
      { title: 'Limit', cell: ({ id, held }) => html`${reasonWords(id)} ${held ? badge('held') : null}` },
      {
        title: 'Used',
        cell: (limit) => html`${isLeastUsed(limit) ? 'at least ' : null}${figure(limit.used, limit.unit)}`,
        isNumber: true,
      },
      { title: 'Allowed', cell: ({ allowed, unit }) => figure(allowed, unit), isNumber: true },
      { title: 'Until', cell: ({ window }) => orNone(window, ({ end }) => times.full(end)) },
    ],
    rows: limits,
  });
  return { id: 'limits', title: 'Limits', content };
}

function holdsSection({ times }: Scene, { holds }: Explanation): Section {
  const content = table({
    caption: 'Holds with their evidence',
    columns: [
      {
        title: 'Reason',
        cell: ({ reason, until, releasing }) =>
          coloured(reasonWords(reason), until === null || releasing === true ? 'bad' : 'quiet'),
      },
      { title: 'Since', cell: ({ since }) => times.at(since) },
      {
        title: 'Until',
        cell: (hold) => {
          const mark = describeMark(hold);
          const until = hold.until === null ? badge('open') : times.at(hold.until);
          return mark === null ? until : html`${until} ${badge(mark, 'warning')}`;
        },
      },
      {
        title: 'Note',
        cell: ({ note, origin }) =>
          html`${name(note === null ? null : (describeRule(note) ?? note))} <span class="soft">${origin}</span>`,
        isMinor: true,
      },
      { title: 'Evidence', cell: (hold) => showEvidence(hold, times) },
    ],
    rows: [...holds].reverse(),
    empty: 'It was never held.',
  });
  return { id: 'holds', title: 'Holds', content };
}

function showEvidence({ evidence }: HoldView, times: Times): Html {
  if (evidence.length === 0) return NONE;
  return html`<ul class="plain">
    ${evidence.map(
      ({ kind, target, prior, outcome }) =>
        html`<li>
          ${inWords(kind)} <bdi>${target}</bdi>: before
          ${showValue(prior, times)}${outcome === null ? null : html`, <span class="soft">${inWords(outcome)}</span>`}
        </li>`,
    )}
  </ul>`;
}

function purchasesSection({ times, request, found }: ServiceScene, purchases: readonly PurchaseView[]): Section {
  const content = table({
    caption: 'Purchases',
    columns: [
      { title: 'Package', cell: (row) => name(packageName(request.sluice.config, row.package)) },
      { title: 'Traffic', cell: (row) => bytes(row.bytes), isNumber: true },
      { title: 'Price', cell: ({ charged, price, currency }) => money(charged ?? price, currency), isNumber: true },
      { title: 'State', cell: (row) => purchaseState(row, found.service, { ...request, wording: ENGLISH }) },
      { title: 'Invoice', cell: (row) => invoiceLink(row, request) ?? NONE, isMinor: true },
      { title: 'By', cell: ({ actor, by }) => (actor === 'auto' ? 'auto-buy' : name(by)), isMinor: true },
      { title: 'At', cell: ({ at }) => times.at(at) },
    ],
    rows: [...purchases].reverse(),
    empty: 'Nothing was bought.',
  });
  return { id: 'purchases', title: 'Purchases', content };
}

type Cycle = Awaited<ReturnType<PageRequest['sluice']['usage']['history']>>['cycles'][number];

function historySection({ times }: Scene, cycles: readonly Cycle[], service: ServiceDetail): Section {
  // That of the present cycle counts purchases and changes since the last run.
  const toAllowance = ({ start, allowance }: Cycle) => (start === service.cycle?.start ? service.allowance : allowance);
  const usedIn = ({ usage }: Cycle): number | null => usedBytes({ usage, mode: service.mode });
  const content = table({
    caption: 'Usage of each cycle',
    columns: [
      { title: 'Cycle', cell: (cycle) => times.period(cycle) },
      { title: 'Used', cell: (cycle) => (cycle.usage === null ? NONE : bytes(usedIn(cycle))), isNumber: true },
      { title: 'Allowed', cell: (cycle) => orNone(toAllowance(cycle), allowedText), isNumber: true },
      ...(cycles.every(({ rates }) => rates === undefined)
        ? []
        : [{ title: `${PERCENT}% of the time at most`, cell: ratesText, isMinor: true }]),
      {
        title: 'Share',
        cell: (cycle) => usageBar({ used: usedIn(cycle), allowed: toAllowance(cycle)?.allowedBytes ?? null }) ?? NONE,
      },
    ],
    rows: cycles,
    empty: 'It was not metered yet.',
  });
  const asked = link(
    `${serviceHref(service.id)}?rates=${PERCENT}#cycles`,
    `Rates that ${PERCENT}% of the time did not exceed`,
  );
  const isAsked = cycles.length === 0 || cycles.some(({ rates }) => rates !== undefined);
  return { id: 'cycles', title: 'Cycles', content: html`${content} ${isAsked ? null : html`<p>${asked}</p>`}` };
}

/** Returns the rates that a cycle rarely exceeded, with what is not known of its time. */
function ratesText({ rates }: Cycle): Part {
  if (rates === undefined || rates.intervalSeconds === null) return NONE;
  const { inBitsPerSecond: inward, outBitsPerSecond: outward, totalBitsPerSecond: total, intervals, unknown } = rates;
  const parts = [
    ...(inward === null ? [] : [`in ${rateText(inward)}`]),
    ...(outward === null ? [] : [`out ${rateText(outward)}`]),
    ...(total === null || (inward !== null && outward !== null) ? [] : [rateText(total)]),
  ];
  if (parts.length === 0) return NONE;
  const known = formatShare(intervals - unknown, intervals);
  return html`${parts.join(', ')}
    <span class="soft">in ${String(rates.intervalSeconds / 60)} min${unknown === 0 ? null : `, ${known} known`}</span>`;
}

/** Returns an allowance in words. */
export function allowedText({
  unlimited,
  allowedBytes,
}: Pick<NonNullable<ServiceDetail['allowance']>, 'unlimited' | 'allowedBytes'>): Part {
  return unlimited ? 'unlimited' : bytes(allowedBytes);
}

function changesSection({ times }: Scene, { actions }: Explanation): Section {
  const content = table({
    caption: 'Changes on the panel',
    columns: [
      { title: 'When', cell: ({ at }) => times.at(at) },
      { title: 'Change', cell: (action) => html`<bdi>${action.name}</bdi>` },
      { title: 'State', cell: ({ state }) => badge(state) },
      {
        title: 'Before, or error',
        cell: ({ prior, error }) =>
          html`<span dir="auto">${error === null ? showValue(prior, times) : times.inText(error.message)}</span>`,
      },
      {
        title: 'Read back',
        cell: ({ observed }) => html`<span dir="auto">${showValue(observed, times)}</span>`,
        isMinor: true,
      },
    ],
    rows: actions.slice(0, ACTION_ROWS),
    empty: 'Nothing was changed.',
  });
  return { id: 'changes', title: 'Changes on the panel', content };
}
