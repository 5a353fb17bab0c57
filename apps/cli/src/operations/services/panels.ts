import { suggestion } from '../../config/load.js';
import { usageError } from '../../errors.js';
import type { Session } from '../session.js';

/** Fails for a panel that is not in the config, naming the nearest. */
export function requirePanelName(session: Session, name: string): void {
  const known = Object.keys(session.config.panels);
  if (!known.includes(name)) throw usageError('unknown_panel', `There is no panel "${name}"${suggestion(name, known)}`);
}
