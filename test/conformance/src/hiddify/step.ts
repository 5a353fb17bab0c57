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
  'frida',
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
  /** The base instead of the administrators' path: another first segment, that of the users, or none. */
  readonly below?: 'unknown-path' | 'client-path' | 'host';
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

/** What a request is sent with besides its body, and what was recorded; without a status it is 200. */
type Recorded = Partial<Omit<ReplayStep, 'title' | 'method' | 'path' | 'json'>>;
type Send = (title: string, path: string, recorded?: Recorded) => ReplayStep;
type SendBody = (title: string, path: string, json: unknown, recorded?: Recorded) => ReplayStep;

const sendBody =
  (method: string): SendBody =>
  (title, path, json, recorded) => ({ title, method, path, json, status: 200, ...recorded });

export const get: Send = (title, path, recorded) => ({ title, method: 'GET', path, status: 200, ...recorded });
export const remove: Send = (title, path, recorded) => ({ title, method: 'DELETE', path, status: 200, ...recorded });
export const post = sendBody('POST');
export const patch = sendBody('PATCH');

export const users = '/api/v2/admin/user/';
export const admins = '/api/v2/admin/admin_user/';
export const user = (name: string): string => `${users}{${name}}/`;
export const admin = (name: string): string => `${admins}{${name}}/`;

/** Answers that many requests get; the panel fails after it has committed a change of an administrator. */
export const invalid = { status: 422, says: 'Validation error' };
export const unauthorised = { status: 403, says: 'Unathorized' };
export const committed = { status: 500, says: "name 'admins' is not defined" };
