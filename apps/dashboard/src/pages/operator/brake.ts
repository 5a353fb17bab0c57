import type { BrakeState, OverviewPanel } from '@sluice/engine';
import { describeBrake, listWaysBack } from '@sluice/engine/words';
import { notFound } from '../../server/failure.js';
import { badge, listed, notice } from '../../layout/components.js';
import { postForm } from '../../layout/forms.js';
import { html, type Html, type Part } from '../../layout/html.js';
import { type MarkedReasons, markedReasons, reasonWords } from '../../layout/words.js';
import type { Page } from '../page.js';
import type { PageRequest } from '../../requests/page-request.js';
import { type Scene, toScene } from './scene.js';

/** Address of the page of a panel. */
export const panelHref = (panel: string): string => `/panels/${encodeURIComponent(panel)}`;

/** The words for a service that is `over` and would not be held, as commands have them. */
export const USED_UP = 'used up';

/** What the status of a service follows from. */
interface Shown extends MarkedReasons {
  status: string;
  wouldHold: readonly string[];
  stoppedByPanel?: unknown;
}

/** The status of a service, `would be held` where a hold would begin, with the reasons, and whether its panel stops it. */
export function statusWithReasons(of: Shown): Html {
  const { status, wouldHold, stoppedByPanel = false } = of;
  const isPreview = status === 'over' && wouldHold.length > 0;
  const reasons: Part[] = [
    ...markedReasons(of),
    ...(isPreview ? wouldHold.map(reasonWords) : wouldHold.map((reason) => html`would be: ${reasonWords(reason)}`)),
  ];
  return html`${isPreview ? badge('would be held', 'bad') : status === 'over' ? badge(USED_UP, 'bad') : badge(status)}${
    reasons.length === 0 ? null : html` <span class="soft">${listed(reasons)}</span>`
  }${stoppedByPanel === false ? null : html` ${badge('stopped on the panel', 'warning')}`}`;
}

/** Says what stopped the last run over a panel, since when, and the ways out: review, allow once, observe; or take over. */
export function brakeBanner({ request, times, mayOperate }: Scene, brake: BrakeState): Html {
  const { panel, subjects, since } = brake;
  const command = subjects === 'agents' ? 'sluice agent check --all' : 'sluice poll';
  const sentence = html`<strong>${describeBrake(brake, times.text(since))}</strong>`;
  if (subjects === 'store')
    return html`${notice(
      'bad',
      html`${sentence} If this installation is the one to go on, stop the other one, then take the panel over with
        <code>sluice doctor --take-over --panel ${panel}</code>.`,
    )}`;
  const commands = html`Review the changes with <code>sluice plan --panel ${panel}</code>; then allow them once with
    <code>${command} --panel ${panel} --allow-mass</code>, or stop all changes with
    <code>sluice observe ${panel}</code>.`;
  if (!mayOperate || request.isEmbedded) return html`${notice('bad', html`${sentence} ${commands}`)}`;
  const hidden = { command: 'plan', panel };
  return html`${notice('bad', sentence)}
    <div class="buttons">
      ${postForm(request, { action: '/runs', id: `review-${subjects === 'agents' ? 'agents-' : ''}${panel}`, submit: 'Review the changes', hidden })}
      <a class="button" href="${panelHref(panel)}/allow-once">Allow them once…</a>
      <a class="button" href="${panelHref(panel)}/observe">Observe the panel…</a>
    </div>`;
}

/** Asks before the brake is lifted for one run, or the panel is observed. */
async function ask(
  request: PageRequest,
  what: { title: string; says: (panel: OverviewPanel) => Part; form: Html },
): Promise<{ title: string; body: Html; timeZone: string }> {
  const panel = request.params.name ?? '';
  const scene = toScene(request, panel);
  const found = await findPanel(request, panel);
  const { brake } = found;
  const state =
    brake === null
      ? 'The brake does not stop the runs over this panel.'
      : describeBrake(brake, scene.times.text(brake.since));
  const body = html`<p>${state}</p>
    <p>${what.says(found)}</p>
    ${what.form}
    <p><a href="${panelHref(panel)}">Back to the panel</a></p>`;
  return { title: what.title, body, timeZone: scene.times.timeZone };
}

async function findPanel({ sluice }: PageRequest, panel: string): Promise<OverviewPanel> {
  const { panels } = await sluice.overview({ size: 1 });
  const found = panels.find(({ name }) => name === panel);
  if (found === undefined) throw notFound('unknown_panel', `There is no panel "${panel}" in the config`);
  return found;
}

const ALLOWED =
  'A run over the panel starts now, and the brake does not stop it: it holds every enforced service that is over its allowance, and makes its other changes.';
const ALLOWED_AGENTS =
  'A check of all agents of the panel starts now, and the brake does not stop it: it disables the users of every agent that is over its limit, and enables those of agents that are not any more.';

/** What is under observe is not changed by a run that the brake does not stop either. */
function observedToo({ enforce: { value, except } }: OverviewPanel): Part {
  const products = html`${listed(except.map(({ product }) => html`<bdi>${product}</bdi>`))}`;
  if (value === 'on')
    return except.length === 0
      ? null
      : html` Services of these products stay under observe and are not changed: ${products}.`;
  const others = except.length === 0 ? '' : html`, except services of ${products}`;
  return html` The panel is under observe${others}: ${except.length === 0 ? 'nothing' : 'nothing else'} is changed on
  it.`;
}

/** `GET /panels/:name/allow-once` */
export const allowOncePage: Page = async (request) => {
  const panel = request.params.name ?? '';
  const { panels } = await request.sluice.overview({ size: 1 });
  const isOfAgents = panels.find(({ name }) => name === panel)?.brake?.subjects === 'agents';
  const title = `Allow the changes of panel ${panel} once`;
  const hidden = { command: isOfAgents ? 'agent check' : 'poll', panel, allowMass: 'yes' };
  return ask(request, {
    title,
    says: (found) => html`${isOfAgents ? ALLOWED_AGENTS : ALLOWED} Review the changes before.${observedToo(found)}`,
    form: postForm(request, { action: '/runs', id: 'allow-once', submit: title, tone: 'danger', hidden }),
  });
};

/** `GET /panels/:name/observe` */
export const observePage: Page = (request) => {
  const panel = request.params.name ?? '';
  const title = `Observe panel ${panel}`;
  return ask(request, {
    title,
    says: ({ enforce }) => {
      const ways = listWaysBack(enforce);
      if (ways.length === 0) return 'The panel is under observe already: runs change nothing on it.';
      return html`Runs go on reading and deciding, and change nothing on the panel, until ${showWays(panel, ways)}. Held
      services stay held.`;
    },
    form: postForm(request, { action: `${panelHref(panel)}/observe`, id: 'observe', submit: title }),
  });
};

/** `POST /panels/:name/observe`: says how to go back, which nothing but the panel's former enforcement says. */
export const observeForm: Page = async (request) => {
  const { params, sluice, as } = request;
  const panel = params.name ?? '';
  const { enforce } = await findPanel(request, panel);
  await sluice.panels.observe(panel, as);
  const ways = listWaysBack(enforce);
  if (ways.length === 0) return { redirect: panelHref(panel) };
  const body = html`${notice('good', html`From now on, runs change nothing on the panel, until ${showWays(panel, ways)}.`)}
    <p><a href="${panelHref(panel)}">Back to the panel</a></p>`;
  return { title: `Panel ${panel} is under observe`, body, repeat: panelHref(panel) };
};

function showWays(panel: string, ways: ReturnType<typeof listWaysBack>): Html {
  const enforce = `sluice enforce ${panel}`;
  return listed(
    ways.map((way) => {
      if (way === 'panel') return html`<code>${enforce}</code>`;
      return html`<code>${enforce} ${way === 'config' ? '--as-configured' : `--only ${way.product}`}</code>`;
    }),
  );
}
