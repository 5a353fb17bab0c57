import { toItemError, type ItemError } from '@sluice/panel-kind/errors';
import type { Deps } from '../context.js';
import { withSluice } from '../open-sluice.js';

/** One panel as `panel test` shows it; `ok` is null for a panel that was not tested. */
export interface PanelOutcome {
  name: string;
  kind: string;
  url: string;
  capabilities: string[];
  ok: boolean | null;
  latencyMs: number | null;
  error: ItemError | null;
}

/** Returns panels that were not tested. */
export function untested(panels: { name: string; kind: string; url: string }[]): PanelOutcome[] {
  return panels.map(({ name, kind, url }) => ({
    name,
    kind,
    url,
    capabilities: [],
    ok: null,
    latencyMs: null,
    error: null,
  }));
}

/** Tests each panel with an authenticated read; every error, also of the store, becomes the panel's error. */
export async function testPanels(deps: Deps, file: string, panels: PanelOutcome[]): Promise<PanelOutcome[]> {
  if (panels.length === 0) return [];
  try {
    return await withSluice(deps, { config: file }, ({ sluice }) =>
      Promise.all(
        panels.map(async (panel): Promise<PanelOutcome> => {
          try {
            const { panels: tested } = await sluice.panels.test([panel.name]);
            const { capabilities = [], ok = false, latencyMs = null, error = null } = tested[0] ?? {};
            return { ...panel, capabilities, ok, latencyMs, error };
          } catch (error) {
            return { ...panel, ok: false, error: toItemError(error) };
          }
        }),
      ),
    );
  } catch (error) {
    return panels.map((panel) => ({ ...panel, ok: false, error: toItemError(error) }));
  }
}
