import { toItemError, type ItemError } from '@sluice/panel-kind/errors';
import { openStore } from '@sluice/state-store';
import { checkConfigText, formatProblem } from '../config/load.js';
import type { Deps } from '../context.js';
import { startSluice } from '../open-sluice.js';
import type { InitAnswers } from './answers.js';
import type { PanelOutcome } from '../output/panel-test.js';
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
  const { config, problems } = checkConfigText(
    configText(withLiteralSecrets(answers), () => ''),
    file,
    answers.kinds,
  );
  if (config === null) {
    const message = problems
      .filter(({ severity }) => severity === 'error')
      .map(formatProblem)
      .join('; ');
    return failAll({ code: 'config_invalid', message });
  }
  try {
    const sluice = await startSluice(config, await openStore({ location: ':memory:', clock: deps.clock }), deps);
    try {
      return await Promise.all(panels.map((panel) => testPanel((name) => sluice.panels.test([name]), panel)));
    } finally {
      await sluice.close();
    }
  } catch (error) {
    return failAll(toItemError(error));
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
