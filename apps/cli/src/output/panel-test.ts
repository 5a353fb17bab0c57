import type { PanelTest } from '@sluice/engine';
import type { Terminal } from './terminal.js';

/** How a panel answered; `ok` is null for a panel that was not tested. */
export interface PanelOutcome extends Omit<PanelTest, 'ok'> {
  ok: boolean | null;
}

/** Returns how a panel answered, as one line. */
export function describeTest(terminal: Terminal, panel: PanelOutcome): string {
  const { name, kind, url, ok, latencyMs, credentialsUntil, error } = panel;
  const where = `${name} (${kind}, ${url})`;
  if (error) return `${where}: ${terminal.error(error)}`;
  if (ok === null) return `${where}: not tested`;
  const until =
    credentialsUntil === null ? '' : `; credentials valid until ${terminal.times.at(credentialsUntil, name)}`;
  return `${where}: ${terminal.status('ok')} in ${String(latencyMs)} ms${until}`;
}
