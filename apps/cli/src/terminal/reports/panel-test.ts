import type { PanelTest } from '@sluice/engine';
import type { Terminal } from '../terminal.js';

/** How a panel answered; `ok` and `enforce` are null for a panel that was not tested. */
export interface PanelOutcome extends Omit<PanelTest, 'ok' | 'enforce'> {
  ok: boolean | null;
  enforce: PanelTest['enforce'] | null;
}

/** Returns how a panel answered, as one line; `title` is the name of its kind. */
export function describeTest(terminal: Terminal, panel: PanelOutcome, title: string): string {
  const { name, url, ok, latencyMs, credentialsUntil, error } = panel;
  const where = `${name} (${title}, ${url})`;
  if (error) return `${where}: ${terminal.error(error)}`;
  if (ok === null) return `${where}: not tested`;
  const until =
    credentialsUntil === null ? '' : `; credentials valid until ${terminal.times.at(credentialsUntil, name)}`;
  return `${where}: ${terminal.status('ok')} in ${String(latencyMs)} ms${until}`;
}
