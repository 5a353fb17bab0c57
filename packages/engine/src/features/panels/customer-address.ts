import { customerAddress } from '@sluice/panel-kind';
import { findEntry } from '../../base/config/find-entry.js';
import type { Context } from '../../context/context.js';

/** Returns the address of a panel of the config that its customers are shown; null where they are shown none. */
export function findAddress(context: Context, panel: string): string | null {
  const kind = context.findKind(panel);
  const settings = findEntry(context.config.panels, panel);
  return kind === undefined || settings === undefined ? null : customerAddress(kind, settings);
}
