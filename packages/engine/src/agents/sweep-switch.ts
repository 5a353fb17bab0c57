import { StepsStopped } from '@sluice/hiddify-agent-traffic/account';
import type { StoreTables, SwitchRecord } from '@sluice/state-store';
import type { Config } from '../config/schema.js';
import { enforcementOf } from '../enforcement.js';

/**
 * The `observe` switch of a panel during a sweep. It is read again in each transaction after which a hold is open or the
 * panel is called, so that `observe PANEL` stops a sweep that is under way.
 */
export class SweepSwitch {
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

  /** @throws StepsStopped while the panel, or the product where one is named, is under `observe` */
  readonly mayBegin = async (tables: Pick<StoreTables, 'switches'>, product: string | null = null): Promise<void> => {
    const switches = await tables.switches.list();
    if (this.isObserving(switches)) this.#stopped = true;
    if (enforcementOf(this.#config, switches, this.#panel, product).value === 'observe') throw new StepsStopped();
  };

  /** Reads the switch after a change that was stopped elsewhere. */
  readonly look = async (tables: Pick<StoreTables, 'switches'>): Promise<void> => {
    this.#stopped ||= this.isObserving(await tables.switches.list());
  };

  /** Whether the panel as a whole is under `observe` by these switches. */
  isObserving(switches: SwitchRecord[]): boolean {
    return enforcementOf(this.#config, switches, this.#panel, null).value === 'observe';
  }
}
