import { createHash } from 'node:crypto';
import type { Granted } from '@sluice/engine';

/** What a request may be allowed to do: read, operate, or a right of a share link. */
export type Need = 'read' | 'operate' | 'buy' | 'manage' | 'changePassword';

/** Who sends a request, and what it may do. */
export interface Viewer {
  /** Id of its token: keys of requests belong to it. */
  id: string;
  /** The actor in the log: `token NAME`, `client C`. */
  name: string;
  /** Whether it came by a share link. */
  shared: boolean;
  may: (need: Need) => boolean;
  /** The only client whose services it reaches; null for all. */
  client: string | null;
  rights: { buy: boolean; maxAmount: string | null; manage: boolean; changePassword: boolean };
}

/** Returns the viewer of a token, session or share link. */
export function toViewer({ id, name, kind, read, operate, client, rights: stored }: Granted): Viewer {
  const shared = kind === 'share';
  const rights = shared ? stored : { buy: operate, maxAmount: null, manage: operate, changePassword: operate };
  return {
    ...{ id, name, shared, client, rights },
    may: (need) => (need === 'read' ? shared || read : need === 'operate' ? operate : rights[need]),
  };
}

/** Returns the CSRF token of a session or share link: only who has its secret can compute it. */
export function toCsrfToken(secret: string): string {
  return createHash('sha256').update(`csrf:${secret}`).digest('base64url');
}
