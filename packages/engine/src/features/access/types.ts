import type { TokenView } from '@sluice/contract/documents';
import type { Need } from '@sluice/contract';
import type { ShareRights } from '@sluice/state-store';
import type { Asker } from '../../context/asker.js';

/** A new token, whose text is shown only here. */
export interface NewToken {
  token: string;
  access: TokenView;
}

/** The token that asks for another one. */
export type Maker = Asker & Pick<Granted, 'needs' | 'expiresAt'>;

/** Request of an API token. */
export interface TokenRequest {
  name: string;
  scopes: readonly string[];
  /** ISO UTC; default never. */
  expiresAt?: string | null | undefined;
  /** The token that asks for it: the new one permits no more, and ends no later. Undefined: an operator of this machine. */
  maker?: Maker | undefined;
  /** Identifies the request: a repeated one replaces the text of the token that the first one made. */
  ref?: string | undefined;
}

/** Request of a share link. */
export interface ShareRequest {
  /** The client that its page is for; undefined for an agent. */
  client?: string | undefined;
  /** Uuid or unambiguous name of the agent that its page is for; undefined for a client. Such a link has no rights to choose. */
  agent?: string | undefined;
  /** ISO UTC. */
  expiresAt: string;
  rights?: Partial<ShareRights> | undefined;
  /** The token that asks for it. */
  maker?: Maker | undefined;
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
  needs: readonly Need[];
  /** The only client whose services it reaches; null for all. */
  client: string | null;
  /** Uuid of the only agent that it reaches, with the users below it; null for any other token. */
  agent: string | null;
  /** Most that may be spent with it in total; null for any. */
  maxAmount: string | null;
  expiresAt: string | null;
  /** The hash of the session by which it came; undefined without one. */
  session?: string | undefined;
}

/** How a secret text is checked. */
export interface VerifyOptions {
  /** Accept only this kind; default API tokens. */
  kind?: 'api' | 'share' | undefined;
  /** A further token with all scopes, which is not stored. */
  master?: string | undefined;
}
