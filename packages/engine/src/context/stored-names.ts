import { SluiceError } from '@sluice/panel-kind';
import type { StoreTables } from '@sluice/state-store';
import type { Config } from '../base/config/schema.js';
import { listRenames, type Rename, toStoredNames } from './panel-addresses.js';

/** A config with the names that its panels have in the store, and which of them have another name in the config. */
export interface StoredNames {
  config: Config;
  renames: readonly Rename[];
}

/** Returns the config with the stored names of its panels: what changes nothing reads the store by these. */
export async function readStoredNames(config: Config, store: Pick<StoreTables, 'conditions'>): Promise<StoredNames> {
  const renames = await listRenames(config, store);
  return { config: renames.length === 0 ? config : withNames(config, renames), renames };
}

function withNames(config: Config, renames: readonly Rename[]): Config {
  const toName = toStoredNames(renames);
  const panels = Object.entries(config.panels).map(([name, panel]) => [toName(name), panel]);
  const products = Object.entries(config.products).map(([name, product]) => [
    name,
    { ...product, panel: toName(product.panel) },
  ]);
  return {
    ...config,
    panels: Object.fromEntries(panels) as Config['panels'],
    products: Object.fromEntries(products) as Config['products'],
  };
}

/** Returns in words that a panel still has its former name in the store. */
export function describeFormer({ from, to }: Rename): string {
  return `panel "${from}" has the name "${to}" in the config: what is stored of it gets that with the next run or command that changes anything, and is shown as "${from}" until then`;
}

/** Returns the error of a call that reads; one that has named a panel as the config does states the stored name. */
export function toNamedError(error: unknown, renames: readonly Rename[]): unknown {
  if (!(error instanceof SluiceError) || error.code !== 'unknown_panel') return error;
  const rename = renames.find(({ to }) => to === error.details['panel']);
  if (rename === undefined) return error;
  const { code, kind, details } = error;
  return new SluiceError(code, `Name it "${rename.from}": ${describeFormer(rename)}`, { kind, details });
}
