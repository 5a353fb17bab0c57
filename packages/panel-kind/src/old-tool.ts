import type { BilledService, OldRow, OldTable } from '@sluice/quota-core';
import type { EntryDetail, PanelEntry, PanelOwner } from './inventory.js';
import type { PanelToOpen } from './panel-to-open.js';

/** What a tool is read with. */
export interface OldToolInput {
  readonly panel: PanelToOpen;
  /** Exported tables by name; one that was not exported is absent. */
  readonly tables: ReadonlyMap<string, readonly OldRow[]>;
  /** What the panel has now. */
  readonly entries: readonly PanelEntry[];
  /** What the panel shows besides, by `entryKey`. */
  readonly details: ReadonlyMap<string, EntryDetail>;
  /** The accounts that entries belong to, as `Inventory.owners` lists them; absent where nobody read them. */
  readonly owners?: readonly PanelOwner[];
  /** Null without a billing system. */
  readonly billed: readonly BilledService[] | null;
  /** Instant (ISO 8601 UTC). */
  readonly now: string;
}

/** Texts by column of one of the files that are written for review. */
export type MovedRow = Readonly<Record<string, string>>;

/** A service to be written into `services.csv`. */
export interface MovedService {
  /** The service of the billing system that it is, by its id there; null where the tool does not know it. */
  readonly billingId: string | null;
  /** Name of its product in `products`; null where an operator has to name one. */
  readonly product: string | null;
  /** Its columns of a service import, without `id`, `panel` and `product`; what the billing system has of it is added. */
  readonly columns: MovedRow;
}

/** A product to be written into `products.yaml`, or a package into `packages.yaml`. */
export interface MovedEntry {
  /** Its name in the config; of several with the same name, further ones get a number. */
  readonly name: string;
  /** Values as in the config; of a product without `panel`. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** What an operator should know about it, as comments above it. */
  readonly notes: readonly string[];
}

/** A service that the tool says it has limited. */
export interface MovedLimit {
  /** Place in `services`. */
  readonly service: number;
  /** What it used and had, by the tool; null where it does not say. */
  readonly usedBytes: number | null;
  readonly quotaBytes: number | null;
  /** What the tool restricts then; whatever else is restricted of the service, others did. Absent: all that is. */
  readonly restricts?: { readonly ports: boolean; readonly order: boolean; readonly forwards: boolean };
}

/** What is not taken over, or only as a proposal. */
export interface Undecided {
  /** The file that it is about, such as `services.csv`. */
  readonly file: string;
  /** The object, in the words of the tool or panel: `service 17`, `user anna`. */
  readonly object: string;
  /** Column and value that are proposed or would be; empty where there is none. */
  readonly column: string;
  readonly value: string;
  /** `proposed`: it stands in the file, to be checked. `undecided`: an operator decides. `left-out`: it has no meaning here. */
  readonly state: 'proposed' | 'undecided' | 'left-out';
  readonly reason: string;
}

/** What a tool knew, in terms of the files for review. */
export interface Moved {
  /** Absent: a service for each entry of the panel. */
  readonly services?: readonly MovedService[];
  readonly products?: readonly MovedEntry[];
  readonly packages?: readonly MovedEntry[];
  /** `quota_gb, unlimited, mode, action, note`, each with the place of its service in `services`. */
  readonly overrides?: readonly { service: number; row: MovedRow }[];
  /** `enabled, package, threshold_gb, max_per_cycle`, each of a service, or of a client in `row.client`. */
  readonly preferences?: readonly { service: number | null; row: MovedRow }[];
  /** `package, bytes, price, currency, at, actor, ref` (its id in the tool, which no other purchase has). */
  readonly purchases?: readonly { service: number; row: MovedRow }[];
  /** `agent, limit_gb, opening_gb`. */
  readonly agents?: readonly MovedRow[];
  readonly limited?: readonly MovedLimit[];
  readonly undecided?: readonly Undecided[];
}

/** A tool that managed services of such a panel before: `adopt PANEL --from NAME` reads what it knew. */
export interface OldTool {
  /** Its name in messages. */
  readonly title: string;
  readonly tables: readonly OldTable[];
  /** Pure. What can't be understood is among `undecided`, never guessed. */
  read(input: OldToolInput): Moved;
}
