import type { Enforcement } from '@sluice/contract/documents';
import type { StoreTables } from '@sluice/state-store';
import type { Config } from '../../base/config/schema.js';
import { readEnforcements } from '../../context/enforcement.js';

/** Thrown to roll back a transaction: the panel or the product is under `observe` now. */
export class Stopped extends Error {}

/**
 * The `observe` switch of a panel during a run over its agents. Read again in each transaction that opens a hold or precedes a
 * call, so that `observe PANEL` stops a run under way.
 */
export class PanelSwitch {
  readonly #config: Config;
  readonly #panel: string;
  #stopped = false;

  constructor(config: Config, panel: string) {
    this.#config = config;
    this.#panel = panel;
  }

  /** Whether a change was left out since the panel is under `observe` now. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Reads whether the panel, or a product of it, is under `observe` now. */
  readonly read = async (tables: Pick<StoreTables, 'switches'>, product: string | null = null): Promise<boolean> =>
    (await this.enforcement(tables, product)).value === 'observe';

  /** Reads the enforcement of the panel, or of a product of it. */
  readonly enforcement = async (
    tables: Pick<StoreTables, 'switches'>,
    product: string | null,
  ): Promise<Enforcement> => {
    const enforcements = await readEnforcements(this.#config, tables);
    this.#stopped ||= enforcements.isObserving(this.#panel, null);
    return enforcements.of(this.#panel, product);
  };
}
