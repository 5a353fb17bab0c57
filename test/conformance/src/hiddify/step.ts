/** Administrators and users that the replay knows by name; each run gives them new uuids. */
export const castNames: readonly string[] = [
  'north',
  'north-east',
  'south',
  'second',
  'anna',
  'bela',
  'carl',
  'dora',
  'emil',
  'stranger',
  'invented',
  'newcomer',
  'renamed',
  ...deepNames(),
];

/** A chain of agents, two longer than the panel looks down. */
export function deepNames(): string[] {
  return Array.from({ length: 22 }, (_, at) => `deep-${at + 1}`);
}

/** One request of the replay. `{name}` in paths, keys, headers and bodies is the uuid of that name, `{NAME}` in upper case. */
export interface ReplayStep {
  readonly title: string;
  readonly method: string;
  /** Below the administrators' secret path. */
  readonly path: string;
  /** The base instead of the administrators' path: another first segment, or none. */
  readonly below?: 'unknown-path' | 'host';
  /** Whose key: a name, `owner` (default), `none`, or the key itself. */
  readonly key?: string;
  readonly json?: unknown;
  /** A body that is not JSON of ours. */
  readonly text?: string;
  /** Added to the usual headers; `null` leaves one out. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** The recorded status. */
  readonly status: number;
  /** The recorded error: `message` or `msg`, up to the first line break. */
  readonly says?: string;
  /** Fields of the recorded answer. */
  readonly has?: Readonly<Record<string, unknown>>;
  /** Names, without the tag, of the run's rows in the recorded list, sorted. */
  readonly lists?: readonly string[];
}
