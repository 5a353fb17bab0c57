import type { StoreTables, SwitchRecord } from '@sluice/state-store';
import type { Config } from '../config/schema.js';
import { type Enforcement, enforcementOf } from '../enforcement.js';

/** Thrown in a transaction after which a hold would be open: the panel or the product was put under `observe`. */
export class Stopped extends Error {}

/**
 * The `observe` switch of a panel during a run over its agents. It is read again in each transaction after which a hold is
 * open or the panel is called, so that `observe PANEL` stops a run that is under way.
 */
export class PanelSwitch {
  readonly #config: Config;
  readonly #panel: string;
  #stopped = false;

  constructor(config: Config, panel: string) {
    this.#config = config;
    this.#panel = panel;
  }

  /** The panel was put under `observe` and a change was left undone for it. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Whether the panel, or the product where one is named, is under `observe` by now. */
  readonly read = async (tables: Pick<StoreTables, 'switches'>, product: string | null = null): Promise<boolean> =>
    (await this.enforcement(tables, product)).value === 'observe';

  /** The enforcement of the panel, or of the product where one is named. */
  readonly enforcement = async (
    tables: Pick<StoreTables, 'switches'>,
    product: string | null,
  ): Promise<Enforcement> => {
    const switches = await tables.switches.list();
    this.#stopped ||= this.isObserving(switches);
    return enforcementOf(this.#config, switches, this.#panel, product);
  };

  /** Whether the panel as a whole is under `observe` by these switches. */
  isObserving(switches: SwitchRecord[]): boolean {
    return enforcementOf(this.#config, switches, this.#panel, null).value === 'observe';
  }
}
