import type { ReportState } from './model.js';

/** How this installation behaves. Everything can be changed at any time. */
export interface AstQuirks {
  /** Lists, by the name of their resource (`cdrs`), that get a new row in front after every page. */
  shifting: Set<string>;
  /** Lists whose every page is the first one. */
  endless: Set<string>;
  /** Lists whose total grows with every page. */
  growing: Set<string>;
  /** What lists report as their total. */
  total: (rows: number) => number;
  /** MagnusBilling's `count` of calls without a filter. */
  estimate: (rows: number) => number;
  /** Most rows in a page. */
  mostRows: number;
  /** Ends of ranges belong to them, on the default wire too. */
  inclusiveEnds: boolean;
  /** Filters of lists that are ignored, by their wire name. */
  ignoredFilters: Set<string>;
  /** Call records from newest to oldest. */
  newestFirst: boolean;
  /** Answers hold the SIP passwords of lines and the passwords of trunks. MagnusBilling always sends them. */
  echoesPasswords: boolean;
  /** Answers set a session cookie. MagnusBilling always does. */
  setsCookies: boolean;
  /** A repeated `Idempotency-Key` returns the first answer. */
  honoursIdempotencyKeys: boolean;
  /** Reads of a line or a number that still show the state before a suspension or its end. */
  stateDelay: number;
  /** Terminating a line removes its call records. */
  terminateDeletesCalls: boolean;
  /** Reads of a report until it is made: queued, running, then `reportEnd`. 0: at once, answered with 200. */
  reportReads: number;
  reportEnd: ReportState;
  /** Where the file of a report lies; null: at its own address. */
  reportFile: string | null;
  /** Scopes of the token that are missing: requests that change something are refused with 403. */
  readOnly: boolean;
  /** A notice of PHP stands before the JSON of the Portuguese wire. */
  notices: boolean;
  /** How the Portuguese wire writes an empty list. */
  emptyList: 'text' | 'null' | 'absent' | 'list';
  /** MagnusBilling: the addresses that the key may be used from do not include the client's. */
  addressRefused: boolean;
  /** MagnusBilling: rights of the key. */
  keyRights: string;
  /** MagnusBilling: how the creation of a user ends whose SIP name is taken. Either way the user has no SIP account. */
  takenSipName: 'success' | 'page';
  /** MagnusBilling: language of its field messages. */
  language: 'en' | 'pt_BR' | 'es';
}

/** Settings; the rest stays as it is by default. */
export type AstQuirkSettings = Partial<
  Omit<AstQuirks, 'shifting' | 'endless' | 'growing' | 'ignoredFilters'> & {
    shifting: Iterable<string>;
    endless: Iterable<string>;
    growing: Iterable<string>;
    ignoredFilters: Iterable<string>;
  }
>;

export function quirksWith(settings: AstQuirkSettings = {}): AstQuirks {
  return {
    total: (rows) => rows,
    estimate: (rows) => Math.floor(rows * 0.994),
    mostRows: 1000,
    inclusiveEnds: false,
    newestFirst: false,
    echoesPasswords: false,
    setsCookies: false,
    honoursIdempotencyKeys: false,
    stateDelay: 0,
    terminateDeletesCalls: false,
    reportReads: 2,
    reportEnd: 'ready',
    reportFile: null,
    readOnly: false,
    notices: false,
    emptyList: 'text',
    addressRefused: false,
    keyRights: 'c,r,u,d',
    takenSipName: 'success',
    language: 'en',
    ...settings,
    shifting: new Set(settings.shifting),
    endless: new Set(settings.endless),
    growing: new Set(settings.growing),
    ignoredFilters: new Set(settings.ignoredFilters),
  };
}
