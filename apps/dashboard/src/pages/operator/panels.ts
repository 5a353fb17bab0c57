import type {
  Enforcement,
  NextReading,
  OverviewPanel,
  OverviewReport,
  PanelEnforcement,
  PanelTest,
  UndecidedPanel,
} from '@sluice/engine';
import { describeEnforcement, describeSetting, describeUndecided, isListIgnored, listLate } from '@sluice/engine/words';
import { notFound } from '../../server/failure.js';
import { badge, facts, link, notice, section, table } from '../../layout/components.js';
import { count, counted, orNone } from '../../layout/format.js';
import type { Times } from '../../layout/format.js';
import { html, type Html, type Part } from '../../layout/html.js';
import { inWords } from '../../layout/words.js';
import type { Page } from '../page.js';
import { brakeBanner } from './brake.js';
import { logTable } from './log-table.js';
import { readRunPages } from './run-pages.js';
import { runButtons } from './runs.js';
import { attempt, problemNotice, type Scene, toScene } from './scene.js';

/** Seconds after which an overview of services or panels loads itself again. */
export const RELOAD_SECONDS = 60;

/** Returns whether a panel answers, as a coloured word. */
export function showState({ reachable, downSince, lastCall, undecided }: OverviewPanel, times: Times): Html {
  if (reachable === false)
    return html`${badge('down', 'bad')}${downSince === null ? null : html` <span class="soft">since ${times.at(downSince)}</span>`}`;
  // One that can't be opened is never called.
  if (undecided !== undefined)
    return html`${badge('not decided', 'bad')} <span class="soft">since ${times.at(undecided.since)}</span>`;
  if (reachable === null) return badge('not called yet');
  return lastCall?.ok === false ? badge('answers with errors', 'bad') : badge('reachable', 'good');
}

/** Whether runs may change a panel: a word, then the exceptions and who set it. */
export function showEnforcement(enforce: PanelEnforcement, times: Times): Html {
  return html`${badge(enforce.value)}
    <span class="soft">${times.inText(withoutValue(describeEnforcement(enforce)))}</span>`;
}

/** Whether runs may change the services of a product. */
export function showSetting(enforce: Enforcement, times: Times): Html {
  return html`${badge(enforce.value)} <span class="soft">${times.inText(describeSetting(enforce))}</span>`;
}

/** The badge has the first word. */
function withoutValue(text: string): string {
  return text.slice(text.indexOf(', ') + 2);
}

/** A panel as a link. */
export function panelLink(panel: string): Html {
  return link(`/panels/${encodeURIComponent(panel)}`, panel);
}

/** A warning while the clock is wrong. */
export function clockWarning({ status, message }: OverviewReport['clock']): Part {
  return status === 'ok' ? null : html`<p class="notice notice-warning" role="status">${message}</p>`;
}

/** What to do about runs that have not stopped. */
const WAYS_OUT = new Map<string, Html>([
  ['run_at_work', link('/log', 'See what it does')],
  ['agent_check_failed', html`<code>sluice agent check --all</code> shows its error.`],
]);

/** Says that the runs have stopped, or wait for one, and the checks of agents, on these panels or on all; nothing while they go on. */
export function lateBanners(
  beside: Pick<OverviewReport, 'late' | 'overdue' | 'lateChecks'>,
  times: Times,
  of?: readonly string[],
): Html[] {
  return listLate(beside, (instant) => instant, of).map(({ code, at, message }) =>
    notice(
      'bad',
      html`<strong>${times.inText(message)}.</strong> That was ${times.ago(at)}.
        ${WAYS_OUT.get(code) ?? html`Check cron, the timers or the server: <code>sluice schedule show</code> prints the schedule.`}`,
    ),
  );
}

/** What stays as it is on panels that left the config, and the ways out. */
export function removedBanners(removed: OverviewReport['removed']): Html[] {
  return removed.map(({ panel, held, agents, limited, message }) => {
    const left = html`If it is gone for good, end what is stored of its agents with
      <code>sluice agent limit AGENT --none --panel ${panel}</code>.`;
    return notice(
      held.length + agents.length > 0 ? 'bad' : 'warning',
      html`<strong>${message}.</strong> Put the panel back into the config; before you take it out for good, give its
        services back with <code>sluice hold release --all --panel ${panel}</code>.
        ${agents.length + limited.length > 0 ? left : null}`,
    );
  });
}

/** Returns a message that a sentence continues or ends. */
export function withoutStop(message: string): string {
  return message.replace(/\.$/, '');
}

/** Why nothing is decided on a panel, and how an ignored list is accepted. */
export function undecidedText(panel: string, undecided: UndecidedPanel, times: Times): Part {
  const why = html`<span dir="auto">${times.inText(describeUndecided(panel, undecided, undecided.since))}</span>`;
  if (!isListIgnored(undecided.code)) return why;
  return html`${why} If the list is complete, accept it once with
    <code>sluice poll --panel ${panel} --allow-mass</code>.`;
}

/** Says since when a panel does not answer or is not decided on, and what that means for its services; nothing while it answers. */
export function outageBanner(panel: OverviewPanel, times: Times): Part {
  const { name, downSince, undecided, services, ended, held, lastCall } = panel;
  if (undecided !== undefined) return notice('bad', undecidedText(name, undecided, times));
  if (downSince === null) return null;
  const cause =
    lastCall === null || lastCall.ok
      ? null
      : html` Last error: <span dir="auto">${withoutStop(lastCall.message ?? lastCall.code ?? '')}</span>.`;
  return notice(
    'bad',
    html`<strong>Panel ${panelLink(name)} is down since ${times.full(downSince)}.</strong> Until it answers, its
      ${counted(services - ended, 'service')} can be neither read, held nor released: they are shown as last read, and
      ${count(held)} stay held or to be restricted.${cause}`,
  );
}

/** Returns when a service, or the first one of a panel, is read next, and why. */
export function showNext(times: Times, { at, message }: NextReading): Part {
  const why = times.inText(message);
  return at === null ? why : html`${times.full(at)}: ${why}`;
}

/** `/panels`: the panels of the config, as the store knows them. */
export const panelsPage: Page = async (request) => {
  const scene = toScene(request);
  const { times } = scene;
  const overview = await request.sluice.overview({ size: 1 });
  const { panels, removed, brakes, clock } = overview;
  const showWork = await readWork(scene, overview);
  const list = table({
    caption: 'Panels',
    columns: [
      { title: 'Panel', cell: (panel) => panelLink(panel.name) },
      { title: 'Kind', cell: ({ kindTitle }) => kindTitle, isMinor: true },
      { title: 'State', cell: (panel) => showState(panel, times) },
      { title: 'Enforce', cell: ({ enforce }) => showEnforcement(enforce, times) },
      {
        title: 'Works now',
        cell: ({ lease }) => orNone(lease, ({ run, since }) => html`${showWork(run)}, ${times.ago(since)}`),
        isMinor: true,
      },
      { title: 'Services', cell: ({ services }) => count(services), isNumber: true },
      { title: 'Held', cell: ({ held }) => count(held), isNumber: true },
      { title: 'Would be held', cell: ({ wouldHold }) => count(wouldHold), isNumber: true },
      { title: 'Failed or not read', cell: ({ failing }) => count(failing), isNumber: true },
      { title: 'Drift', cell: ({ drifting }) => count(drifting), isNumber: true },
      { title: 'Last call', cell: ({ lastCall }) => times.ago(lastCall?.at), isMinor: true },
    ],
    rows: panels,
    empty: 'The config has no panel.',
  });
  return {
    title: 'Panels',
    reloadSeconds: RELOAD_SECONDS,
    body: html`${lateBanners(overview, times)} ${panels.map((panel) => outageBanner(panel, times))}
    ${brakes.map((brake) => brakeBanner(scene, brake))} ${removedBanners(removed)} ${clockWarning(clock)}
    ${section('Panels', list)}`,
  };
};

/** `/panels/:name`: one panel; with `?test=yes` it is called. */
export const panelPage: Page = async (request) => {
  const { sluice, params, query } = request;
  const panelName = params.name ?? '';
  const scene = toScene(request, panelName);
  const overview = await sluice.overview({ size: 1 });
  const { panels, brakes, removed } = overview;
  const gone = removed.filter((each) => each.panel === panelName);
  if (gone.length > 0) return removedPage(scene, panelName, gone);
  const panel = panels.find((each) => each.name === panelName);
  if (panel === undefined) throw notFound('unknown_panel', `There is no panel "${panelName}" in the config`);
  const tested = query.test === 'yes' ? await attempt(() => sluice.panels.test([panelName])) : null;
  const [result] = tested?.value?.panels ?? [];
  const { enforce, lastCall, lease } = panel;
  const { times } = scene;
  const showWork = await readWork(scene, overview);
  const body = html`${lateBanners(overview, times, [panelName])} ${outageBanner(panel, times)}
  ${brakes.filter((brake) => brake.panel === panelName).map((brake) => brakeBanner(scene, brake))}
  ${scene.mayOperate ? runButtons(request, { panel: panelName, hasAgents: panel.capabilities.includes('agents') }) : null}
  ${tested?.value === null ? problemNotice(tested.problem) : null} ${result === undefined ? null : showTest(result)}
  ${section(
    'State',
    html`${facts([
      ['Kind', panel.kindTitle],
      ['State', showState(panel, times)],
      [
        'Last call',
        orNone(
          lastCall,
          ({ at, ok, message, code }) =>
            html`${times.ago(at)}${ok ? null : html`: <span dir="auto">${message ?? code}</span>`}`,
        ),
      ],
      panel.nextReading == null ? null : ['Next reading', showNext(times, panel.nextReading)],
      ['Enforce', showEnforcement(enforce, times)],
      ['Works now', orNone(lease, ({ run, since }) => html`${showWork(run)}, since ${times.ago(since)}`)],
      ['Services', html`<a href="/?panel=${encodeURIComponent(panelName)}">${count(panel.services)}</a>`],
      ['Held', html`<a href="/?panel=${encodeURIComponent(panelName)}&amp;status=held">${count(panel.held)}</a>`],
      panel.wouldHold === 0
        ? null
        : [
            'Would be held',
            html`<a href="/?panel=${encodeURIComponent(panelName)}&amp;status=would-be-held"
              >${count(panel.wouldHold)}</a
            >`,
          ],
      ['Can', panel.capabilities.map(inWords).join(', ')],
    ])}
    ${panelReads(panelName)}`,
  )}
  ${await logSection(scene, panelName)}`;
  return { title: `Panel ${panelName}`, body, timeZone: scene.times.timeZone };
};

/** Returns what shows the run that works on a panel, with a link to its page where it has one. */
async function readWork(scene: Scene, { runs }: OverviewReport): Promise<(run: string) => Part> {
  const findPage = await readRunPages(scene);
  return (run) => {
    const entry = runs.find((each) => each.run === run);
    const page = entry === undefined ? null : findPage(entry);
    return page === null ? run : link(page, run);
  };
}

function showTest({ ok, latencyMs, warnings, error }: PanelTest): Part {
  if (!ok) return problemNotice(error?.message ?? 'The panel did not answer');
  return html`<p class="notice notice-good" role="status">
    The panel answered in ${latencyMs ?? 0} ms. ${warnings.join(' ')}
  </p>`;
}

/** What is read of the panel on request. */
function panelReads(panel: string): Html {
  return html`<p>
    <a class="button" href="?test=yes">Test the connection</a>
    <a href="/panels/${encodeURIComponent(panel)}/unassigned">What no service names</a>
  </p>`;
}

/** The page of a panel that left the config: what stays as it is there, and what was last changed and called. */
async function removedPage(scene: Scene, panel: string, removed: OverviewReport['removed']): ReturnType<Page> {
  const services = new Set(removed.flatMap((each) => each.services)).size;
  const body = html`${removedBanners(removed)}
  ${section('State', facts([['Services', html`<a href="/?panel=${encodeURIComponent(panel)}">${count(services)}</a>`]]))}
  ${await logSection(scene, panel)}`;
  return { title: `Panel ${panel}`, body, timeZone: scene.times.timeZone };
}

async function logSection(scene: Scene, panel: string): Promise<Html> {
  const { entries } = await scene.request.sluice.log.list({ kinds: ['action', 'api'], panel, limit: 50 });
  return section(
    'Last changes and calls',
    await logTable(scene, entries, { caption: 'Last changes and calls of this panel' }),
  );
}
