import type { OverviewPanel, OverviewReport } from '@sluice/engine';
import { describeMark } from '@sluice/engine/words';
import { describeRule, STATUS_FILTERS } from '@sluice/quota-core';
import {
  badge,
  coloured,
  listed,
  listedFew,
  type Section,
  sections,
  table,
  tile,
  tiles,
} from '../../layout/components.js';
import { bytes, count, counted, name, NONE, orNone, type Times } from '../../layout/format.js';
import { html, type Html, type Part } from '../../layout/html.js';
import { reasonWords, words } from '../../layout/words.js';
import type { Page } from '../page.js';
import type { PageRequest } from '../../requests/page-request.js';
import { alarmsSection } from './alarms.js';
import { brakeBanner } from './brake.js';
import { notePanels } from './navigation.js';
import {
  clockWarning,
  lateBanners,
  outageBanner,
  panelLink,
  RELOAD_SECONDS,
  removedBanners,
  showEnforcement,
  showState,
} from './panels.js';
import { type FindRunPage, showOutcome, readRunPages } from './run-pages.js';
import { runButtons } from './runs.js';
import { given, jobsLink, type Scene, serviceLink, toNumber, toScene, toWord } from './scene.js';
import { ORDERS, servicesSection } from './service-list.js';

const PAGE = 50;

/** `/`: all services at a glance. */
export const overviewPage: Page = async (request) => {
  const report = await readOverview(request);
  const scene = toScene(request);
  const { services, panels, events, holds, runs } = await overviewSections(scene, report);
  const alarms = await alarmsSection(scene);
  const body = html`${summary(scene, report)} ${scene.mayOperate ? runButtons(request, { panel: null }) : null}
    ${sections([alarms, services])}
    <div class="columns">
      <div>${sections([panels, events])}</div>
      <div>${sections([holds, runs])}</div>
    </div>`;
  return { title: 'Overview', body, reloadSeconds: RELOAD_SECONDS };
};

/** Returns what the overview shows, with the filter of the page's address. */
export async function readOverview({ query, sluice }: PageRequest): Promise<OverviewReport> {
  const filter = {
    status: toWord(query.status, STATUS_FILTERS),
    panel: given(query.panel),
    search: query.q?.trim().slice(0, 200),
    drifting: query.drift === 'yes' ? true : undefined,
  };
  const order = toWord(query.order, ORDERS) ?? 'worst';
  const { config } = sluice;
  const report = await sluice.overview({ ...filter, order, page: toNumber(query.page, 1), size: PAGE });
  notePanels({ config }, report.panels);
  return report;
}

/** Returns the parts of the overview. */
export async function overviewSections(
  scene: Scene,
  report: OverviewReport,
): Promise<Record<'services' | 'panels' | 'events' | 'holds' | 'runs', Section>> {
  return {
    services: servicesSection(scene, report),
    panels: panelsSection(scene, report),
    events: eventsSection(scene, report),
    holds: holdsSection(scene, report),
    runs: runsSection(scene, report, await readRunPages(scene)),
  };
}

/** Why services are not held although a hold of theirs is due; panels can have different reasons. */
function whyNotHeld(panels: readonly OverviewPanel[]): string {
  const due = panels.filter(({ wouldHold }) => wouldHold > 0);
  const reasons = due.flatMap((panel) => {
    const observed = toObserved(panel) === 'none' ? [] : ['under observe'];
    if (panel.brake === null) return observed.length === 0 ? ['the next run decides'] : observed;
    return ['the brake stopped the run', ...observed];
  });
  return [...new Set(reasons)].join(', ');
}

/** Whether runs change nothing of a panel, or of some of its products. */
function toObserved({ enforce: { value, except } }: OverviewPanel): 'all' | 'some' | 'none' {
  if (except.length > 0) return 'some';
  return value === 'observe' ? 'all' : 'none';
}

/** How many panels are under observe, and how many in part. */
function countObserved(panels: readonly OverviewPanel[]): string | null {
  const [all, some] = (['all', 'some'] as const).map(
    (part) => panels.filter((each) => toObserved(each) === part).length,
  );
  const parts = [all ? `${count(all)} under observe` : '', some ? `${count(some)} partly under observe` : ''];
  const shown = parts.filter((part) => part !== '');
  return shown.length === 0 ? null : shown.join(', ');
}

/** What the brake stopped, the totals of all services and panels, and a warning while the clock is wrong. */
export function summary(scene: Scene, overview: OverviewReport): Html {
  const { totals, brakes, panels, removed, runs, clock } = overview;
  const down = panels.filter(({ reachable }) => reachable === false);
  const away = [...down.map((panel) => panel.name), ...removed.map(({ panel }) => panel)];
  const erring = panels.filter(({ reachable, lastCall }) => reachable === true && lastCall?.ok === false);
  const undecided = panels.filter((panel) => panel.undecided !== undefined).length;
  const uncalled = panels.filter((panel) => panel.reachable === null && panel.undecided === undefined).length;
  const reasons = listReasons(totals);
  const figures = tiles([
    tile('Services', count(totals.services), { href: '/', detail: counted(panels.length, 'panel') }),
    tile('Held', count(totals.held), {
      href: '/?status=held',
      tone: totals.held > 0 ? 'bad' : totals.wouldHold > 0 ? 'quiet' : 'good',
      detail: reasons.length === 0 ? 'no open hold' : listed(reasons),
    }),
    ...(totals.wouldHold === 0
      ? []
      : [
          tile('Would be held', count(totals.wouldHold), {
            href: '/?status=would-be-held',
            tone: brakes.length > 0 ? 'bad' : 'warning',
            detail: whyNotHeld(panels),
          }),
        ]),
    tile('At 80 % or more', count(totals.nearLimit), {
      href: '/?order=share',
      tone: totals.nearLimit > 0 ? 'warning' : 'good',
      detail: 'of their allowance',
    }),
    failedTile(totals.failing, panels, runs.length > 0),
    ...doubtedTile(totals.doubted),
    tile('Drift', count(totals.drifting), {
      href: '/?drift=yes',
      tone: totals.drifting > totals.driftAcknowledged ? 'warning' : 'good',
      detail:
        totals.driftAcknowledged > 0 ? `${count(totals.driftAcknowledged)} acknowledged` : 'differ from their target',
    }),
    tile('Panels away', count(away.length), {
      href: '/panels',
      tone: away.length + erring.length > 0 ? 'bad' : uncalled + undecided > 0 ? 'warning' : 'good',
      detail:
        away.length > 0
          ? listedFew(away.map((panel) => name(panel)))
          : erring.length > 0
            ? `${count(erring.length)} with errors`
            : undecided > 0
              ? `${count(undecided)} undecided`
              : uncalled > 0
                ? `${count(uncalled)} not called yet`
                : (countObserved(panels) ?? 'all answered last'),
    }),
  ]);
  return html`${lateBanners(overview, scene.times)} ${panels.map((panel) => outageBanner(panel, scene.times))}
  ${brakes.map((brake) => brakeBanner(scene, brake))} ${removedBanners(removed)} ${figures} ${clockWarning(clock)}`;
}

function failedTile(failing: number, panels: readonly OverviewPanel[], hasRun: boolean): Html {
  const undecided = panels.filter((panel) => panel.undecided !== undefined).map((panel) => name(panel.name));
  const shown = { href: '/?status=not-read' };
  if (undecided.length > 0) {
    const detail = html`runs fail on ${listedFew(undecided)}`;
    return tile('Failed or not read', count(failing), { ...shown, tone: 'bad', detail });
  }
  return tile('Failed or not read', count(failing), {
    ...shown,
    tone: failing > 0 || !hasRun ? 'warning' : 'good',
    detail: failing > 0 ? 'in the last run' : hasRun ? 'the last run read all' : 'nothing has run yet',
  });
}

function doubtedTile(doubted: number): Html[] {
  if (doubted === 0) return [];
  const detail = 'their next reading decides';
  return [tile('Doubted', count(doubted), { href: '/?status=doubted', tone: 'warning', detail })];
}

function listReasons({ byReason }: OverviewReport['totals']): Html[] {
  return Object.entries(byReason).map(([reason, services]) => html`${count(services)} ${reasonWords(reason)}`);
}

function panelsSection({ times }: Scene, { panels }: OverviewReport): Section {
  const content = table({
    caption: 'Panels',
    columns: [
      { title: 'Panel', cell: (panel) => html`${panelLink(panel.name)} <span class="soft">${panel.kindTitle}</span>` },
      { title: 'State', cell: (panel) => showState(panel, times) },
      { title: 'Enforce', cell: ({ enforce }) => showEnforcement(enforce, times) },
      {
        title: 'Run',
        cell: ({ lease }) => orNone(lease, ({ run }) => html`<a href="/log?kind=run">${run}</a>`),
        isMinor: true,
      },
      { title: 'Services', cell: ({ services }) => count(services), isNumber: true },
      { title: 'Last call', cell: ({ lastCall }) => times.ago(lastCall?.at), isMinor: true },
    ],
    rows: panels,
    empty: 'The config has no panel.',
  });
  const aside = html`<a href="/panels">All panels</a>`;
  return { id: 'panels', title: 'Panels', content, aside };
}

function holdsSection({ times }: Scene, { holds, totals }: OverviewReport): Section {
  const all = Object.values(totals.byReason).reduce((sum, one) => sum + one, 0);
  const content = table({
    caption: 'Newest holds',
    columns: [
      { title: 'Service', cell: (hold) => serviceLink(hold.service, hold.name) },
      { title: 'Reason', cell: (hold) => showReason(hold) },
      { title: 'Since', cell: ({ since }) => times.ago(since) },
      { title: 'Why', cell: (hold) => whyHeld(hold, times) },
    ],
    rows: holds,
    empty: 'Nothing is held.',
  });
  const aside = html`<span class="soft">${listed(listReasons(totals))}</span
    >${all > holds.length ? html` <a href="/?status=held">All held services</a>` : null}`;
  return { id: 'holds', title: 'Held and why', content, aside };
}

function showReason(hold: OverviewReport['holds'][number]): Part {
  const mark = describeMark(hold);
  const shown = coloured(reasonWords(hold.reason), 'bad');
  return mark === null ? shown : html`${shown} ${badge(mark, 'warning')}`;
}

/** Returns why a service is held: the figures of when the hold was added, or the note of who added it. */
function whyHeld({ note, usedBytes, allowedBytes }: OverviewReport['holds'][number], times: Times): Part {
  if (usedBytes !== null && allowedBytes !== null) return html`${bytes(usedBytes)} of ${bytes(allowedBytes)} used`;
  if (note === null) return NONE;
  return html`<span dir="auto">${times.inText(describeRule(note) ?? note)}</span>`;
}

function eventsSection({ times }: Scene, { events }: OverviewReport): Section {
  const content = table({
    caption: 'Errors and notices of three days',
    columns: [
      { title: 'When', cell: ({ at }) => times.ago(at) },
      {
        title: 'About',
        cell: ({ service, name: title, panel, code }) =>
          service === null ? (jobsLink({ code }) ?? name(panel)) : serviceLink(service, title),
      },
      {
        title: 'What',
        cell: ({ message }) => html`<span dir="auto">${times.inText(message)}</span>`,
      },
    ],
    rows: events,
    empty: 'Nothing in the last three days.',
  });
  const aside = html`<span class="soft">three days</span>`;
  return { id: 'events', title: 'Errors and notices', content, aside };
}

function runsSection({ times }: Scene, { runs }: OverviewReport, findPage: FindRunPage): Section {
  const content = table({
    caption: 'Last runs',
    columns: [
      {
        title: 'Command',
        cell: ({ command, dryRun }) =>
          html`<code>${words(command)}</code>${dryRun === true ? html` <span class="soft">dry run</span>` : null}`,
      },
      { title: 'Outcome', cell: (entry) => showOutcome(entry, findPage) },
      { title: 'Started', cell: ({ at }) => times.ago(at) },
      { title: 'By', cell: ({ actor }) => name(typeof actor === 'string' ? actor : null), isMinor: true },
    ],
    rows: runs,
    empty: 'Nothing has run yet.',
  });
  return { id: 'runs', title: 'Last runs', content, aside: html`<a href="/log">Log</a>` };
}
