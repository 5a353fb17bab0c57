import { itemErrorOf, type ItemError } from '@sluice/panel-kind';
import { ExitCode } from '../exit-codes.js';
import { type Session, unknownPanel } from '@sluice/engine';
import { Terminal } from '../output/terminal.js';
import type { CommandHandler } from './command.js';
import { withSession } from '../session.js';

interface PanelView {
  name: string;
  kind: string;
  url: string;
  capabilities: string[];
}

interface PanelTestView extends PanelView {
  ok: boolean;
  latencyMs: number | null;
  error: ItemError | null;
}

async function viewOf(session: Session, name: string): Promise<PanelView> {
  const panel = await session.panel(name);
  return { name, kind: panel.kind, url: panel.url, capabilities: [...panel.capabilities] };
}

/** `sluice panel list` */
export const panelList: CommandHandler = (_args, options, deps) =>
  withSession(deps, options, async (session) => {
    const panels: PanelView[] = [];
    for (const name of Object.keys(session.config.panels)) panels.push(await viewOf(session, name));
    const terminal = new Terminal(deps, options);
    if (terminal.json) terminal.document({ panels });
    else {
      terminal.table(
        ['panel', 'kind', 'address', 'can'],
        panels.map((panel) => [panel.name, panel.kind, panel.url, panel.capabilities.join(', ')]),
      );
    }
    return ExitCode.done;
  });

/** `sluice panel test [NAME…]` */
export const panelTest: CommandHandler = (names, options, deps) =>
  withSession(deps, options, async (session) => {
    const known = Object.keys(session.config.panels);
    for (const name of names) {
      if (!known.includes(name)) throw unknownPanel(name, known);
    }
    const panels = await Promise.all((names.length > 0 ? names : known).map((name) => test(session, name)));
    const terminal = new Terminal(deps, options);
    if (terminal.json) terminal.document({ panels });
    else {
      for (const panel of panels) {
        const outcome = panel.error
          ? terminal.error(panel.error)
          : `${terminal.status('ok')} in ${String(panel.latencyMs)} ms`;
        if (panel.error || !terminal.quiet) terminal.line(`${panel.name} (${panel.kind}, ${panel.url}): ${outcome}`);
      }
    }
    const ok = panels.filter((panel) => panel.ok).length;
    if (ok === panels.length) return ExitCode.done;
    return ok === 0 ? ExitCode.failed : ExitCode.partial;
  });

async function test(session: Session, name: string): Promise<PanelTestView> {
  const view = await viewOf(session, name);
  const startedAt = session.deps.clock.now();
  try {
    await (await session.panel(name)).testConnection();
    return { ...view, ok: true, latencyMs: session.deps.clock.now() - startedAt, error: null };
  } catch (error) {
    return { ...view, ok: false, latencyMs: null, error: itemErrorOf(error) };
  }
}
