import { checkConfigText, type Config, formatProblem } from '@sluice/config-file';
import type { Sluice } from '@sluice/engine';
import {
  maskedUrl,
  type ProductChoice,
  type SpeedLimitView,
  type TunnelGroupView,
  type TunnelView,
} from '@sluice/panel-kind';
import { toItemError, usageError } from '@sluice/panel-kind/errors';
import type { PanelOutcome } from '../terminal/reports/panel-test.js';
import type { InitAnswers, OfferedRow, PanelAnswer } from './answers.js';
import { configText } from './config-text.js';

/** Opens the engine on a config that is not written yet, with a store that ends with it. */
export type OpenEngine = (config: Config) => Promise<Sluice>;

/** Returns panels that were not tested. */
export function untested(panels: readonly PanelAnswer[]): PanelOutcome[] {
  return panels.map(({ name, kind, url }) => ({
    name,
    kind: kind.kind,
    url: maskedUrl(kind, url),
    capabilities: [],
    enforce: null,
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
export async function testPanels(open: OpenEngine, file: string, answers: InitAnswers): Promise<PanelOutcome[]> {
  const panels = untested(answers.panels);
  if (panels.length === 0) return [];
  try {
    return await withAnswers(open, file, answers, (sluice) =>
      Promise.all(panels.map((panel) => testPanel(sluice, panel))),
    );
  } catch (error) {
    return panels.map((panel) => failed(panel, error));
  }
}

async function testPanel(sluice: Sluice, panel: PanelOutcome): Promise<PanelOutcome> {
  try {
    const { panels } = await sluice.panels.test([panel.name]);
    return { ...panel, ...panels[0] };
  } catch (error) {
    return failed(panel, error);
  }
}

function failed(panel: PanelOutcome, error: unknown): PanelOutcome {
  return { ...panel, ok: false, error: toItemError(error) };
}

/** Reads a list of the answers' only panel to choose from; nothing where it can't be read. */
export async function readChoices(
  open: OpenEngine,
  file: string,
  answers: InitAnswers,
  { list, except }: ProductChoice,
): Promise<OfferedRow[]> {
  try {
    return await withAnswers(open, file, answers, async ({ panels }) => {
      const offered = <Row extends { name: string }>(rows: Row[]): Row[] =>
        rows.filter(({ name }) => except?.test(name) !== true);
      if (list === 'tunnels') return offered(await panels.tunnels()).map(toTunnelRow);
      if (list === 'speedLimits') return offered(await panels.speedLimits()).map(toLimitRow);
      return offered(await panels.tunnelGroups()).map(toGroupRow);
    });
  } catch {
    return [];
  }
}

function toTunnelRow({ id, name, status }: TunnelView): OfferedRow {
  return { id: String(id), text: status === 1 ? name : `${name}: disabled` };
}

function toLimitRow({ id, name, speedMbit, tunnel }: SpeedLimitView): OfferedRow {
  const speed = speedMbit === 0 ? 'no limit' : `${speedMbit} Mbit/s`;
  return { id: String(id), text: `${name}: ${speed} on ${tunnel.name} (${tunnel.id})` };
}

function toGroupRow({ id, name, tunnels }: TunnelGroupView): OfferedRow {
  const members = tunnels.map((tunnel) => `${tunnel.name ?? 'missing'} (${tunnel.id})`).join(', ');
  return { id: String(id), text: `${name}: ${members === '' ? 'no tunnels' : members}` };
}

/** Opens the engine on the answers. */
async function withAnswers<T>(
  open: OpenEngine,
  file: string,
  answers: InitAnswers,
  work: (sluice: Sluice) => Promise<T>,
): Promise<T> {
  const text = configText(withLiteralSecrets(answers), () => '');
  const { config, problems } = checkConfigText(text, file, answers.known);
  if (config === null) {
    const errors = problems.filter(({ severity }) => severity === 'error');
    throw usageError('config_invalid', errors.map(formatProblem).join('; '));
  }
  const sluice = await open(config);
  try {
    return await work(sluice);
  } finally {
    await sluice.close();
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
