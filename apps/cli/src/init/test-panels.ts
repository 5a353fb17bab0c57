import type { Sluice } from '@sluice/engine';
import type { ProductChoice, SpeedLimitView, TunnelGroupView } from '@sluice/panel-kind';
import { toItemError, usageError, type ItemError } from '@sluice/panel-kind/errors';
import { openStore } from '@sluice/state-store';
import { checkConfigText, formatProblem } from '@sluice/config-file';
import type { PanelOutcome } from '@sluice/terminal/reports';
import type { Deps } from '../context.js';
import { configKinds } from '../kinds.js';
import { startSluice } from '../open-sluice.js';
import type { InitAnswers, OfferedRow } from './answers.js';
import { configText } from './config-text.js';

/** Returns panels that were not tested. */
export function untested(panels: { name: string; kind: string; url: string }[]): PanelOutcome[] {
  return panels.map(({ name, kind, url }) => ({
    name,
    kind,
    url,
    capabilities: [],
    ok: null,
    latencyMs: null,
    credentialsUntil: null,
    warnings: [],
    error: null,
  }));
}

/**
 * Tests each panel with an authenticated read, before the config is written; nothing is stored. Every error becomes the
 * panel's error.
 */
export async function testPanels(
  deps: Deps,
  file: string,
  answers: InitAnswers,
  panels: PanelOutcome[],
): Promise<PanelOutcome[]> {
  if (panels.length === 0) return [];
  const failAll = (error: ItemError): PanelOutcome[] => panels.map((panel) => ({ ...panel, ok: false, error }));
  try {
    return await withAnswers(deps, file, answers, (sluice) =>
      Promise.all(panels.map((panel) => testPanel((name) => sluice.panels.test([name]), panel))),
    );
  } catch (error) {
    return failAll(toItemError(error));
  }
}

/** Reads a list of a panel to choose from; nothing where it can't be read. */
export async function readChoices(
  deps: Deps,
  file: string,
  answers: InitAnswers,
  { panel, list }: { panel: string; list: ProductChoice['list'] },
): Promise<OfferedRow[]> {
  try {
    return await withAnswers(deps, file, answers, async ({ panels }) => {
      if (list === 'speedLimits') return (await panels.speedLimits({ panel })).map(toLimitRow);
      return (await panels.tunnelGroups({ panel })).map(toGroupRow);
    });
  } catch {
    return [];
  }
}

function toLimitRow({ id, name, speedMbit, tunnel }: SpeedLimitView): OfferedRow {
  const speed = speedMbit === 0 ? 'no limit' : `${speedMbit} Mbit/s`;
  return { id: String(id), text: `${name}: ${speed} on ${tunnel.name} (${tunnel.id})` };
}

function toGroupRow({ id, name, tunnels }: TunnelGroupView): OfferedRow {
  const members = tunnels.map((tunnel) => `${tunnel.name ?? 'missing'} (${tunnel.id})`).join(', ');
  return { id: String(id), text: `${name}: ${members === '' ? 'no tunnels' : members}` };
}

/** Opens the engine on the answers, with a store in memory. */
async function withAnswers<T>(
  deps: Deps,
  file: string,
  answers: InitAnswers,
  work: (sluice: Sluice) => Promise<T>,
): Promise<T> {
  const text = configText(withLiteralSecrets(answers), () => '');
  const { config, problems } = checkConfigText(text, file, { ...configKinds(deps), kinds: answers.kinds });
  if (config === null) {
    const errors = problems.filter(({ severity }) => severity === 'error');
    throw usageError('config_invalid', errors.map(formatProblem).join('; '));
  }
  const sluice = await startSluice(config, await openStore({ location: ':memory:', clock: deps.clock }), deps);
  try {
    return await work(sluice);
  } finally {
    await sluice.close();
  }
}

async function testPanel(
  test: (name: string) => Promise<{ panels: Partial<PanelOutcome>[] }>,
  panel: PanelOutcome,
): Promise<PanelOutcome> {
  try {
    const { panels } = await test(panel.name);
    return { ...panel, ...panels[0] };
  } catch (error) {
    return { ...panel, ok: false, error: toItemError(error) };
  }
}

/** The files of typed secrets do not exist yet. */
function withLiteralSecrets(answers: InitAnswers): InitAnswers {
  const panels = answers.panels.map((panel) => ({
    ...panel,
    secrets: Object.fromEntries(
      Object.entries(panel.secrets).map(([key, secret]) => [
        key,
        secret.from === 'typed' ? { ...secret, keep: 'config' as const } : secret,
      ]),
    ),
  }));
  return { ...answers, panels, product: null };
}
