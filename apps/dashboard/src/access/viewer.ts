import { createHash } from 'node:crypto';
import { maskUuidsIn } from '@sluice/panel-http/printable';
import type { Need } from '@sluice/contract';
import type { Granted } from '@sluice/engine/options';
import { SluiceError } from '@sluice/panel-kind';

/** Who sends a request, and what it may do. */
export interface Viewer {
  /** Id of its token: keys of requests belong to it. */
  id: string;
  /** The actor in the log: `token NAME`, `client C`. */
  name: string;
  /** Whether it came by a share link. */
  shared: boolean;
  /** What it may do, by `whoMay`. */
  needs: readonly Need[];
  /** The only client whose services it reaches; null for all. */
  client: string | null;
  /** Uuid of the only agent that it reaches, with the users below it; null for any other. */
  agent: string | null;
  /** Most that may be spent with it in total; null for any. */
  maxAmount: string | null;
  /** When it ends; null for never. */
  expiresAt: string | null;
  /** The hash of its session; undefined without one. */
  session?: string | undefined;
}

/** Options of calls of the engine that change something: who makes them. */
export interface MadeBy {
  actor: string;
  asker: Pick<Viewer, 'id' | 'session'>;
}

/** Returns who makes the changes that a viewer asks for. */
export function madeBy({ id, name, session }: Viewer): MadeBy {
  return { actor: name, asker: { id, session } };
}

/** Returns the viewer of a token, session or share link. */
export function toViewer({ kind, ...granted }: Granted): Viewer {
  return { ...granted, shared: kind === 'share' };
}

/** Names of values that are the uuid of an agent, in refs of services, rows of exports and keys of changes. */
const OF_AGENT = /agent_uuid$|^scopes$/;

/**
 * Returns a document as a viewer reads it. The uuid of an agent is a key of its panel, with which it could be changed there: only who
 * may change things here, too, reads it whole. `all`: the document is about agents, and any uuid in it may be one.
 */
export function withoutKeys<T>(
  { needs, agent = null }: Pick<Viewer, 'needs'> & Partial<Pick<Viewer, 'agent'>>,
  document: T,
  { all }: { all: boolean },
): T {
  if (needs.includes('operate')) return document;
  if (agent !== null) return maskForAgent(document, '') as T;
  return (all ? maskUuidsIn(document) : maskAgents(document)) as T;
}

/** Returns an error as a viewer reads it, whose details may have the uuids of agents; `all` as in `withoutKeys`. */
export function errorWithoutKeys(viewer: Pick<Viewer, 'needs'>, error: unknown, how: { all: boolean }): unknown {
  if (viewer.needs.includes('operate') || !(error instanceof SluiceError)) return error;
  const [message = '', ...lines] = error.message.split('\n  ');
  const details = withoutKeys(viewer, error.details, how);
  return new SluiceError(error.code, message, { kind: error.kind, details, lines, cause: error });
}

/** Members of documents that are a user of the agent, or a list of them. */
const USERS: readonly string[] = ['user', 'users'];

/** Masks all uuids, which are keys of agents, but those of an agent's own users and of their links. */
function maskForAgent(value: unknown, name: string): unknown {
  if (name === 'access') return value;
  // What a panel or a notice says may name others.
  if (name === 'notices') return [];
  if (name === 'error' && value !== null && typeof value === 'object')
    return { ...value, message: 'This could not be done; the operator of the service sees why' };
  if (Array.isArray(value)) return value.map((item) => maskForAgent(item, name));
  if (typeof value !== 'object' || value === null) return maskUuidsIn(value);
  const isUser = USERS.includes(name);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, isUser && key === 'uuid' ? item : maskForAgent(item, key)]),
  );
}

function maskAgents(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskAgents);
  if (typeof value !== 'object' || value === null) return value;
  // Of a change, the values stand beside the name of the key: `{ key, before, after }`.
  const { key: changed } = value as { key?: unknown };
  if (typeof changed === 'string' && OF_AGENT.test(changed)) return maskUuidsIn(value);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, OF_AGENT.test(key) ? maskUuidsIn(item) : maskAgents(item)]),
  );
}

/** Returns the CSRF token of a session or share link: only who has its secret can compute it. */
export function toCsrfToken(secret: string): string {
  return createHash('sha256').update(`csrf:${secret}`).digest('base64url');
}
