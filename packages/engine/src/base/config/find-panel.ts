import type { Config } from './schema.js';
import { suggestion } from '../suggestion.js';
import type { SluiceError } from '@sluice/panel-kind';
import { notFound } from '../errors.js';

/** Throws for a panel that is not in the config. */
export function requirePanelName({ config }: { config: Config }, name: string): void {
  const known = Object.keys(config.panels);
  if (!known.includes(name)) throw unknownPanel(name, known);
}

/** Returns the error for an unknown panel, which names the nearest one. */
export function unknownPanel(name: string, known: string[]): SluiceError {
  return notFound(
    'unknown_panel',
    `There is no panel "${name}" in the config`,
    { panel: name },
    suggestion(name, known),
  );
}

/** Returns the error for the panel of something stored that is not in the config any more. */
export function removedPanel(name: string, known: string[]): SluiceError {
  const message = `There is no panel "${name}" in the config: put it back there`;
  return notFound('unknown_panel', message, { panel: name }, suggestion(name, known));
}

/** Returns the error for an unknown product, which names the nearest one. */
export function unknownProduct(name: string, known: string[]): SluiceError {
  return notFound('unknown_product', `There is no product "${name}"`, {}, suggestion(name, known));
}
