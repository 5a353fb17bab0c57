import type { Enforcement, PanelEnforcement } from '@sluice/contract/documents';
import type { StoreTables, SwitchRecord } from '@sluice/state-store';
import { findEntry } from '../base/config/find-entry.js';
import { productName } from '../base/config/package-name.js';
import type { Config } from '../base/config/schema.js';
import { toNameIn } from './panel-addresses.js';

type Settings = Pick<Config, 'panels' | 'products' | 'enforce'>;

/** What runs may change, by the switches and the config at one moment. */
export class Enforcements {
  readonly #config: Settings;
  readonly #switches: readonly SwitchRecord[];

  constructor(config: Settings, switches: readonly SwitchRecord[]) {
    this.#config = config;
    this.#switches = switches;
  }

  /**
   * Returns the enforcement of a product on a panel; without a product, of the panel as a whole and of its agents. A switch in
   * the store wins over the config; in the config, the product wins over the panel and the panel over the top level.
   */
  of(panel: string, product: string | null): Enforcement {
    const ofPanel = this.#switches.filter((item) => item.panel === panel);
    const set =
      ofPanel.find((item) => item.product !== null && item.product === product) ??
      ofPanel.find((item) => item.product === null);
    if (set) return { value: set.enforce, source: 'switch', since: set.since, by: set.actor };
    const configured = (value: Enforcement['value'], source: string): Enforcement => {
      return { value, source, since: null, by: null };
    };
    const ofProduct = product === null ? undefined : findEntry(this.#config.products, product)?.enforce;
    if (ofProduct) return configured(ofProduct, `products.${String(product)}.enforce`);
    const own = findEntry(this.#config.panels, panel)?.enforce;
    if (own) return configured(own, `panels.${panel}.enforce`);
    return configured(this.#config.enforce, 'enforce');
  }

  /** Returns whether runs change nothing of a product on a panel; without a product, of the panel as a whole. */
  isObserving(panel: string, product: string | null): boolean {
    return this.of(panel, product).value === 'observe';
  }

  /** Returns whether a switch is set for just this product of a panel; without a product, any switch of the panel. */
  isSwitched(panel: string, product?: string): boolean {
    return this.#switches.some((item) => item.panel === panel && (product === undefined || item.product === product));
  }

  /** Returns the enforcement as if the switches of one panel, and no others, were those of another one. */
  asRenamed(from: string, to: string): Enforcements {
    const own = this.#switches.filter(({ panel }) => panel === from);
    return new Enforcements(
      this.#config,
      own.map((each) => ({ ...each, panel: to })),
    );
  }

  /** Returns the panels that have switches and are not in the config, by name. */
  listRemoved(): string[] {
    const names = this.#switches.flatMap(({ panel }) => (findEntry(this.#config.panels, panel) ? [] : [panel]));
    return [...new Set(names)].sort();
  }

  /** Returns the enforcement of a panel, with the products that differ from it, by name. */
  ofPanel(panel: string): PanelEnforcement {
    const own = this.of(panel, null);
    const configured = Object.entries(this.#config.products).flatMap(([name, product]) =>
      product.panel === panel ? [name] : [],
    );
    const switched = this.#switches.flatMap((item) => (item.panel === panel ? [item.product] : []));
    const products = [...new Set([...configured, ...switched])].filter((product) => product !== null).sort();
    const except = products
      .map((product) => ({ product, productName: productName(this.#config, product), ...this.of(panel, product) }))
      .filter(({ value }) => value !== own.value);
    return { ...own, except };
  }
}

/** Reads what runs may change now; with `assumed`, as if that switch was set. */
export async function readEnforcements(
  config: Settings,
  { switches }: Pick<StoreTables, 'switches'>,
  assumed?: SwitchRecord,
): Promise<Enforcements> {
  const stored = await switches.list();
  return new Enforcements(config, assumed === undefined ? stored : withSwitch(stored, assumed));
}

/** Copies the switches of a store to another one. */
export async function copySwitches(
  from: Pick<StoreTables, 'switches'>,
  to: Pick<StoreTables, 'switches'>,
): Promise<void> {
  for (const each of await from.switches.list()) await to.switches.set(each);
}

/**
 * Lets no switch of an older backup enforce what the replaced store did not: its switches to `observe` are copied, and what it
 * left to the config is left to it again. A panel that got another name since has that of the backup there. Returns the panels that
 * this concerns, as the replaced store names them.
 */
export async function keepObserving(
  from: Pick<StoreTables, 'switches' | 'conditions'>,
  to: Pick<StoreTables, 'switches' | 'conditions'>,
): Promise<string[]> {
  const toFormer = await toNameIn(to, from);
  const toName = await toNameIn(from, to);
  const before = (await from.switches.list()).map((each) => ({ ...each, panel: toFormer(each.panel) }));
  const observed = before.filter(({ enforce }) => enforce === 'observe');
  const isSet = ({ panel, product }: SwitchRecord): boolean =>
    before.some((each) => each.panel === panel && each.product === product);
  const older = (await to.switches.list()).filter((each) => each.enforce === 'on' && !isSet(each));
  for (const { panel, product } of older) await to.switches.clear(panel, product);
  for (const each of observed) await to.switches.set(each);
  return [...new Set([...observed, ...older].map(({ panel }) => toName(panel)))].sort();
}

/** Returns the panels that switches of a store enforce, or products of theirs. */
export async function listEnforced({ switches }: Pick<StoreTables, 'switches'>): Promise<string[]> {
  const on = (await switches.list()).filter(({ enforce }) => enforce === 'on');
  return [...new Set(on.map(({ panel }) => panel))].sort();
}

function withSwitch(stored: readonly SwitchRecord[], wanted: SwitchRecord): SwitchRecord[] {
  // A switch of the whole panel replaces those of its products.
  const kept = stored.filter(
    (item) => item.panel !== wanted.panel || (wanted.product !== null && item.product !== wanted.product),
  );
  return [...kept, wanted];
}

/** Returns the enforcement of a panel in words; `showTime` writes instants. */
export function describeEnforcement(enforce: PanelEnforcement, showTime: (at: string) => string = (at) => at): string {
  const { value, except } = enforce;
  const setting = describeSetting(enforce, showTime);
  const since = (each: Enforcement): string =>
    each.source === 'switch' ? describeSince(each, showTime) : ` in the config (${each.source})`;
  const exceptions = except.map((each) => {
    return `${each.product}: ${each.value === 'on' ? 'enforced' : 'observed'}${since(each)}`;
  });
  if (exceptions.length === 0) return `${value}, ${setting}`;
  return `${value}, except ${exceptions.join('; ')}; otherwise ${setting}`;
}

/**
 * Returns what has to be enforced again after a panel was observed as a whole, or `config` to let the config decide again; none
 * where nothing is enforced. Only the config observes products of an enforced panel.
 */
export function listWaysBack({ value, except }: PanelEnforcement): ('panel' | 'config' | { product: string })[] {
  if (value === 'on') return [except.length === 0 ? 'panel' : 'config'];
  return except.map(({ product }) => ({ product }));
}

/** Returns in words where an enforcement is set, since when and by whom. */
export function describeSetting(enforcement: Enforcement, showTime: (at: string) => string = (at) => at): string {
  if (enforcement.source !== 'switch') return `set in the config (${enforcement.source})`;
  return `set with a command${describeSince(enforcement, showTime)}`;
}

function describeSince({ since, by }: Enforcement, showTime: (at: string) => string): string {
  return `${since === null ? '' : ` since ${showTime(since)}`} by ${by ?? 'an earlier version'}`;
}
