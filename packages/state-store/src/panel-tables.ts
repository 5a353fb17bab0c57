import type { FingerprintRecord, GraphCacheRecord, PanelListName, PanelRename, SwitchRecord } from './records.js';

/** Panels: their switches, the shapes of their answers, and the cache of their answers. */
export interface PanelTables {
  switches: {
    list(): Promise<SwitchRecord[]>;
    set(record: SwitchRecord): Promise<void>;
    /** The switch of that product, of the whole panel (`product` null), or all of the panel (`product` missing). */
    clear(panel: string, product?: string | null): Promise<void>;
  };
  fingerprints: {
    list(panel?: string): Promise<FingerprintRecord[]>;
    /** Adds or replaces the fingerprint of the panel and endpoint. */
    put(record: FingerprintRecord): Promise<void>;
  };
  graphCache: {
    /** The graph with that key, unless it expired before `now`. */
    get(key: string, now: string): Promise<GraphCacheRecord | null>;
    /** Adds or replaces the graph, and deletes those that expired before its `at`. */
    put(record: GraphCacheRecord): Promise<void>;
  };
  panels: {
    /** Renames a panel in everything that is stored of it; false, with nothing changed, where something of the new name is stored. */
    rename(rename: PanelRename): Promise<boolean>;
  };
  /** Ids of what panels have, as last listed: for completion, which calls no panel. */
  panelLists: {
    /** The ids of a list of these panels, in the order of the panels; nothing for a list that was never read. */
    ids(list: PanelListName, panels: readonly string[]): Promise<string[]>;
    /** Replaces the ids of a panel's list, read at `at`. */
    put(panel: string, list: PanelListName, read: { ids: readonly string[]; at: string }): Promise<void>;
  };
}
