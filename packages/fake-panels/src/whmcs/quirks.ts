/** How an empty list is written. */
export type EmptyList = 'text' | 'list' | 'inner-list' | 'inner-text' | 'absent' | 'null';

/** How this installation answers and behaves. Everything can be changed at any time. */
export interface WhmcsQuirks {
  /** Ids and numbers as text. */
  numbersAsText: boolean;
  emptyList: EmptyList;
  /** A list with one element is that element. */
  oneAsObject: boolean;
  /** Names and descriptions come back with HTML entities. */
  entities: boolean;
  /** The database has characters of three bytes at most: a description ends before the first that needs four, such as an emoji. */
  narrowText: boolean;
  /** Lists as `products[product][0][id]`. */
  flattened: boolean;
  /** HTTP status of refusals. */
  errorStatus: number;
  /** HTTP status of successes. */
  successStatus: number;
  /** A PHP notice stands before the JSON of these actions. */
  notices: Set<string>;
  /** The address that WHMCS sees; null: it is allowed. */
  refusedAddress: string | null;
  /** Actions that the role of the credentials does not allow. */
  denied: Set<string>;
  /** Most rows in a page, whatever was requested. */
  mostRows: number;
  /** Pages that are empty although rows are left, by their number from 0. */
  missingPages: Set<number>;
  /** Lists of services are whole, whatever the request filters by. */
  ignoresFilters: boolean;
  /** A row is added at the front of these lists after every page. */
  shifting: Set<string>;
  /** GetInvoices ignores the requested order. */
  ignoresOrder: boolean;
  /** Per cent, on taxed lines of clients that are not exempt. */
  taxRate: string;
  /** `total` of an invoice is without the credit applied to it. */
  creditLowersTotal: boolean;
}

/** Settings; the rest stays as it is by default. */
export type WhmcsQuirkSettings = Partial<
  Omit<WhmcsQuirks, 'notices' | 'denied' | 'missingPages' | 'shifting'> & {
    notices: Iterable<string>;
    denied: Iterable<string>;
    missingPages: Iterable<number>;
    shifting: Iterable<string>;
  }
>;

export function quirksWith(settings: WhmcsQuirkSettings = {}): WhmcsQuirks {
  return {
    numbersAsText: false,
    emptyList: 'inner-list',
    oneAsObject: false,
    entities: false,
    narrowText: false,
    flattened: false,
    errorStatus: 200,
    successStatus: 200,
    refusedAddress: null,
    mostRows: 10_000,
    ignoresFilters: false,
    ignoresOrder: false,
    taxRate: '0.000',
    creditLowersTotal: true,
    ...settings,
    notices: new Set(settings.notices),
    denied: new Set(settings.denied),
    missingPages: new Set(settings.missingPages),
    shifting: new Set(settings.shifting),
  };
}
