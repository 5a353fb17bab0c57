import type { StoreTables } from '@sluice/state-store';
import type { Config } from '../../base/config/schema.js';
import { readSwitch, type Stop } from '../../kernel/changes/perform.js';

/** Thrown to roll back a transaction: the panel or the product is under `observe` now. */
export class Stopped extends Error {}

/**
 * The `observe` switch of a panel during a run over its agents. Read again in each transaction that opens a hold or precedes a
 * call, so that `observe PANEL` stops a run under way.
 */
export class PanelSwitch {
  #stopped = false;

  constructor(
    private readonly config: Config,
    private readonly panel: string,
  ) {}

  /** Whether a change was left out since the panel is under `observe` now. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Reads whether the panel, or a product of it, is under `observe` now. */
  async read(tables: Pick<StoreTables, 'switches'>, product: string | null = null): Promise<Stop | null> {
    const { config, panel } = this;
    const ofPanel = await readSwitch(config, tables, { panel, product: null });
    this.#stopped ||= ofPanel !== null;
    return product === null ? ofPanel : readSwitch(config, tables, { panel, product });
  }
}
