import type { ApiTokenRecord, ShareRights } from '@sluice/state-store';

/** What an API token may do: see everything, change everything, or both for one client's services. */
export type Scope = 'read' | 'operate' | `client:${string}`;

/** A token or share link as lists show it. */
export interface TokenView extends Omit<ApiTokenRecord, 'hash' | 'scopes'> {
  scopes: Scope[];
}

/** A new token, whose text is shown only here. */
export interface NewToken {
  token: string;
  access: TokenView;
}

/** Request of an API token. */
export interface TokenRequest {
  name: string;
  scopes: readonly string[];
  /** ISO UTC; default never. */
  expiresAt?: string | null | undefined;
  /** Identifies the request: a repeated one replaces the text of the token that the first one made. */
  ref?: string | undefined;
}

/** Request of a share link. */
export interface ShareRequest {
  client: string;
  /** ISO UTC. */
  expiresAt: string;
  rights?: Partial<ShareRights> | undefined;
  /** Identifies the request: a repeated one replaces the text of the token that the first one made. */
  ref?: string | undefined;
}

/** What the holder of a token, link or session may do. */
export interface Granted {
  /** Id of the token, or `serve.token`. */
  id: string;
  /** The actor of its calls: `token NAME`, `client C`. */
  name: string;
  kind: 'api' | 'share';
  read: boolean;
  operate: boolean;
  /** The only client whose services it reaches; null for all. */
  client: string | null;
  rights: ShareRights;
  expiresAt: string | null;
}

/** A session of the dashboard; its text goes into a cookie. */
export interface NewSession {
  session: string;
  expiresAt: string;
  granted: Granted;
}

/** How a secret text is checked. */
export interface VerifyOptions {
  /** Accept only this kind; default API tokens. */
  kind?: 'api' | 'share' | undefined;
  /** A further token with all scopes, which is not stored. */
  master?: string | undefined;
}
