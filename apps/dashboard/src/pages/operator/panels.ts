import { badge, facts, section, table } from '../layout/components.js';
import { count, NONE } from '../layout/format.js';
import { html, type Html, type Part } from '../layout/html.js';
import type { Page } from '../page.js';
import { logTable } from './log-table.js';
import { runButtons } from './runs.js';
import { attempt, problemNotice, toScene } from './scene.js';
import type { OverviewPanel } from '@sluice/engine';
import { SluiceError } from '@sluice/panel-kind';

/** Returns whether a panel answered the last call, as a coloured word. */
export function stateOf({ reachable, lastCall }: OverviewPanel): Html {
  if (reachable === null) return badge('not called yet');
  if (!reachable) return badge('unreachable');
  return lastCall?.ok === false ? badge('answers with errors', 'bad') : badge('reachable', 'good');
}

/** `/panels`: the panels of the config, as the store knows them. */
export const panelsPage: Page = async (request) => {
  const { times } = toScene(request);
  const { panels, clock } = await request.sluice.overview({ size: 1 });
  const rows = panels.map((panel): Part[] => [
    html`<a href="/panels/${encodeURIComponent(panel.name)}"><bdi>${panel.name}</bdi></a>`,
    panel.kind,
    stateOf(panel),
    badge(panel.enforce.value === 'observe' ? 'observe' : 'on'),
    panel.lease === null ? NONE : html`${panel.lease.run}, ${times.ago(panel.lease.since)}`,
    count(panel.services),
    count(panel.held),
    count(panel.failing),
    count(panel.drifting),
    times.ago(panel.lastCall?.at),
  ]);
  const body = html`${clock.status === 'ok' ? null : html`<p class="notice notice-warning" role="status">${clock.message}</p>`}
  ${section(
    'Panels',
    table({
      caption: 'Panels',
      columns: [
        { title: 'Panel' },
        { title: 'Kind', isMinor: true },
        { title: 'State' },
        { title: 'Enforce' },
        { title: 'Works now', isMinor: true },
        { title: 'Services', isNumber: true },
        { title: 'Held', isNumber: true },
        { title: 'Failing', isNumber: true },
        { title: 'Drift', isNumber: true },
        { title: 'Last call', isMinor: true },
      ],
      rows,
      empty: 'The config has no panel.',
    }),
  )}`;
  return { title: 'Panels', body };
};

/** `/panels/:name`: one panel; with `?test=yes` it is called. */
export const panelPage: Page = async (request) => {
  const { sluice, params, query } = request;
  const panelName = params.name ?? '';
  const scene = toScene(request, panelName);
  const { panels } = await sluice.overview({ size: 1 });
  const panel = panels.find((each) => each.name === panelName);
  if (panel === undefined)
    throw new SluiceError('unknown_panel', `There is no panel "${panelName}" in the config`, { kind: 'not-found' });
  const tested = query.test === 'yes' ? await attempt(() => sluice.panels.test([panelName])) : null;
  const [result] = tested?.value?.panels ?? [];
  const { entries } = await sluice.log.list({ kinds: ['action', 'api'], panel: panelName, limit: 50 });
  const { enforce, lastCall, lease } = panel;
  const body = html`${scene.mayOperate ? runButtons(request, { panel: panelName, hasAgents: panel.capabilities.includes('agents') }) : null}
  ${tested !== null && tested.value === null ? problemNotice(tested.problem) : null}
  ${
    result === undefined
      ? null
      : result.ok
        ? html`<p class="notice notice-good" role="status">
            The panel answered in ${result.latencyMs ?? 0} ms. ${result.warnings.join(' ')}
          </p>`
        : problemNotice(result.error?.message ?? 'The panel did not answer')
  }
  ${section(
    'State',
    html`${facts([
        ['Kind', panel.kind],
        ['State', stateOf(panel)],
        [
          'Last call',
          lastCall === null
            ? NONE
            : html`${scene.times.ago(lastCall.at)}${lastCall.ok ? null : html`: <span dir="auto">${lastCall.message ?? lastCall.code}</span>`}`,
        ],
        [
          'Enforce',
          html`${badge(enforce.value)}
            <span class="soft"
              >${enforce.source === 'switch' ? 'with a command' : `in the config (${enforce.source})`}</span
            >`,
        ],
        ['Works now', lease === null ? NONE : html`${lease.run}, since ${scene.times.ago(lease.since)}`],
        ['Services', html`<a href="/?panel=${encodeURIComponent(panelName)}">${count(panel.services)}</a>`],
        ['Held', html`<a href="/?panel=${encodeURIComponent(panelName)}&amp;status=held">${count(panel.held)}</a>`],
        ['Can', panel.capabilities.join(', ')],
      ])}
      <p><a class="button" href="?test=yes">Test the connection</a></p>`,
  )}
  ${section('Last changes and calls', logTable(scene, entries, { caption: 'Last changes and calls of this panel' }))}`;
  return { title: `Panel ${panelName}`, body };
};
