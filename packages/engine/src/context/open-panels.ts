import type { CallEvent } from '@sluice/panel-http';
import type { Panel, PanelKind, PanelSettings } from '@sluice/panel-kind';
import type { StateStore } from '@sluice/state-store';
import { findEntry } from '../base/config/find-entry.js';
import { unknownPanel } from '../base/config/find-panel.js';
import type { Config } from '../base/config/schema.js';
import type { Dependencies } from './dependencies.js';

/** What panels are opened with. */
interface PanelParts {
  deps: Dependencies;
  config: Config;
  store: StateStore;
  onCall: (event: CallEvent) => void;
}

/** The panels of one context, each opened on demand and once. */
export class OpenPanels {
  readonly #parts: PanelParts;
  readonly #opened = new Map<string, Promise<Panel>>();

  constructor(parts: PanelParts) {
    this.#parts = parts;
  }

  /** Opens a panel; resolves its secrets. */
  open(name: string): Promise<Panel> {
    const known = this.#opened.get(name);
    if (known !== undefined) return known;
    const { panels } = this.#parts.config;
    const settings = findEntry(panels, name);
    if (settings === undefined) return Promise.reject(unknownPanel(name, Object.keys(panels)));
    const panel = this.#open(name, settings);
    this.#opened.set(name, panel);
    return panel;
  }

  async #open(name: string, settings: PanelSettings): Promise<Panel> {
    const { deps, config, store, onCall } = this.#parts;
    const kind = this.findKind(name);
    if (kind === undefined) throw new Error(`no kind ${settings.kind}`);
    const { timeZone, currency = null, products } = config;
    const own = Object.entries(products).filter(([, product]) => product.panel === name);
    return kind.open(
      { name, settings, timeZone: settings.timeZone ?? timeZone, currency, products: Object.fromEntries(own) },
      { ...deps, onCall, journal: store.actions },
    );
  }

  /** Returns the kind of a configured panel. */
  findKind(name: string): PanelKind | undefined {
    const { deps, config } = this.#parts;
    const kind = findEntry(config.panels, name)?.kind;
    return deps.kinds.find((known) => known.kind === kind);
  }

  /** Returns what was opened, to be closed. */
  list(): Promise<Panel>[] {
    return [...this.#opened.values()];
  }
}
