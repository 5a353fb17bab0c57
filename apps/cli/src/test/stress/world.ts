import { type FakeServer, manualClock } from '@sluice/fake-panels';
import { Bench } from '../harness.js';
import type { SeededRandom } from '../seeded-random.js';
import { FactBook, type Facts, type Value, type Write } from './facts.js';

/** A command to be run. */
export interface Command {
  words: string[];
  /** `run`: decides over whole panels. `order`: carried out by name, under `observe` too. `other`: changes only the store. */
  kind: 'run' | 'order' | 'other';
  /** Services that it is about. */
  subjects: string[];
  /** What it sets when it ends with 0. */
  writes: Write[];
  /** What others do on the panels or in the billing system right before it. */
  before?: () => void;
  /** A file that it reads, written before it is started. */
  file?: { name: string; text: string };
  /** The command that sets a fact back, where this one was refused halfway. */
  back?: Command;
}

/** A call that restricts something on a panel, or gives it back. */
export interface Touch {
  at: number;
  panel: string;
  target: string;
  what: 'restrict' | 'release';
}

/** Something on a panel that may be restricted. */
export interface Target {
  panel: string;
  /** Such as `dcim port 7011`. */
  id: string;
  /** Who could call for it. */
  subjects: string[];
  /** Staff had restricted it before Sluice came. */
  byStaff: boolean;
}

/** What several worlds may share: a folder with a store, and what is known. */
export interface Ground {
  bench: Bench;
  book: FactBook;
}

/** A ground for one world. */
export const newGround = (): Ground => ({ bench: new Bench(manualClock(Date.now())), book: new FactBook() });

/** What of the config a world needs. */
export interface ConfigPart {
  /** Lines of the section `panels`. */
  panels: readonly string[];
  /** Lines of the section `products`. */
  products: readonly string[];
  /** Further lines at the top level. */
  more?: readonly string[];
}

/** One store, its panels, and what is known of them. */
export interface World {
  bench: Bench;
  config: ConfigPart;
  env: Record<string, string>;
  servers: FakeServer[];
  /** Verbs of runs that decide on every reason that there is on a panel. */
  deciding: (panel: string) => readonly string[];
  book: FactBook;
  targets: Target[];
  /**
   * Whether these facts of a subject call for a target: `ordered` where an operator ordered it by name, so that it is in
   * force with the command's end, `decided` where a run has to decide on it first.
   */
  calls: (subject: string, facts: Facts, target: Target) => 'ordered' | 'decided' | null;
  /** Restricting and releasing calls so far. */
  touches: () => Touch[];
  isRestricted: (target: Target) => boolean;
  /** What comes before the commands that run at the same time: services, accounts, perhaps a first run. */
  setUp: (run: (words: string[], kind?: 'run') => Promise<void>) => Promise<void>;
  /** Lets the time pass that doubts last which nobody can end before. */
  waitOut: () => Promise<void>;
  /** Runs that do what is left to do, once nothing is under way any more. */
  last: readonly string[][];
  drawRun: (random: SeededRandom) => Command;
  /** A command that changes facts none of which is `busy` (`subject field`); null when none came to mind. */
  drawChange: (random: SeededRandom, busy: ReadonlySet<string>) => Command | null;
  /** Changes by calls that asked a panel for what was so already: made twice. */
  repeated: () => string[];
  /** What is wrong with the panels at this moment, whatever is under way. */
  wrongNow: () => string[];
  /** What is wrong after everything has ended and one quiet run was done. */
  wrongAfter: () => Promise<string[]>;
  close: () => Promise<void>;
}

/** Writes the config of worlds that share a store. */
export function writeConfig(bench: Bench, parts: readonly ConfigPart[], state: readonly string[] = []): void {
  const lines = [
    'timeZone: UTC',
    'poll: { overdue: hold, brake: { share: 100%, atLeast: 1000 }, doubt: { jump: off } }',
    ...state,
    ...parts.flatMap(({ more = [] }) => more),
    'panels:',
    ...parts.flatMap(({ panels }) => panels),
    'products:',
    ...parts.flatMap(({ products }) => products),
    '',
  ];
  bench.write('sluice.yaml', lines.join('\n'));
}

/** Subject of the facts of a panel: whether it is only observed. */
export const panelSubject = (panel: string): string => `panel ${panel}`;

/** A write of one fact. */
export const write = (subject: string, field: string, value: Value): Write => ({ subject, field, value });

/** The panels with something that may be restricted. */
export const listPanels = ({ targets }: Pick<World, 'targets'>): string[] => [
  ...new Set(targets.map(({ panel }) => panel)),
];

/** Whether a write meets a fact that another command under way sets. */
export function isBusy(busy: ReadonlySet<string>, writes: readonly Write[]): boolean {
  return writes.some(({ subject, field }) => busy.has(`${subject} ${field}`));
}

/** The same day for all that a run of these tests writes and expects, also where it lasts past midnight. */
const begunAt = Date.now();

/** The local date (UTC) so many days from the one on which the tests began. */
export function dateIn(days: number): string {
  return new Date(begunAt + days * 86_400_000).toISOString().slice(0, 10);
}

/** `observe` and `enforce --as-configured` of a panel. */
export function switchCommand(panel: string, observing: boolean): Command {
  return {
    words: observing ? ['observe', panel] : ['enforce', panel, '--as-configured'],
    kind: 'other',
    subjects: [],
    writes: [write(panelSubject(panel), 'observing', observing)],
  };
}

/** One of the two, whatever the panel is not; null when that is under way already. */
export function drawSwitch(
  panel: string,
  random: SeededRandom,
  book: FactBook,
  busy: ReadonlySet<string>,
): Command | null {
  const subject = panelSubject(panel);
  const observing = book.value(subject, 'observing');
  if (busy.has(`${subject} observing`)) return null;
  return switchCommand(panel, observing === undefined ? random.chance(0.5) : observing === false);
}

/** A `service import` of some columns of some services. */
export function importCommand(rows: Record<string, string>[], writes: Write[]): Command {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = rows.map((row) => columns.map((column) => row[column] ?? '').join(','));
  const name = `import-${++imports}.csv`;
  return {
    words: ['service', 'import', name],
    kind: 'other',
    subjects: rows.map((row) => row['id'] ?? ''),
    writes,
    file: { name, text: [columns.join(','), ...lines, ''].join('\n') },
  };
}

let imports = 0;
