import type { RevokedToken, TokenView } from '@sluice/contract/documents';
import { findGranted, verifyToken } from '../features/access/grants.js';
import { announce, servedAt } from '../features/access/served-at.js';
import { createShare, createToken, listTokens, revokeToken, type RevokeRequest } from '../features/access/tokens.js';
import type { Granted, NewToken, ShareRequest, TokenRequest, VerifyOptions } from '../features/access/types.js';
import type { CallOptions, RunCall } from './call.js';

/** API tokens, share links of clients, and sessions. Texts of tokens are returned once and stored as hashes. */
export interface Access {
  /** Creates an API token; its name is unique among the valid ones. */
  create(request: TokenRequest, options?: CallOptions): Promise<NewToken>;
  /** Creates a share link: its text opens the services of one client. */
  share(request: ShareRequest, options?: CallOptions): Promise<NewToken>;
  /** Lists tokens and links in the order of creation, also API tokens that ended, and links for 30 days after their end. */
  list(options?: CallOptions): Promise<{ tokens: TokenView[] }>;
  /** Revokes a token or link by its id, a token also by its name, and ends its sessions; names what it made. */
  revoke(token: string, options?: CallOptions & Omit<RevokeRequest, 'token'>): Promise<RevokedToken>;
  /** Returns what a token permits; null for one that is unknown, revoked, expired or of another kind. */
  verify(token: string, how?: VerifyOptions): Promise<Granted | null>;
  /** Returns what a token permits by its id, for a session that began with it; null for one that is unknown, revoked or expired. */
  granted(id: string, how?: Pick<VerifyOptions, 'master'>): Promise<Granted | null>;
  /** Stores the address of the pages of an HTTP front end, for links that are made elsewhere. */
  announce(url: string): Promise<void>;
  /** Returns the address that was announced last by a process that has not ended; null where none was. */
  servedAt(): Promise<string | null>;
}

/** Returns the calls about access. */
export function accessApi(call: RunCall): Access {
  return {
    create: (request, options) => call(options, (context) => createToken(context, request)),
    share: (request, options) => call(options, (context) => createShare(context, request)),
    list: (options) => call(options, async (context) => ({ tokens: await listTokens(context) })),
    revoke: (token, options) => call(options, (context) => revokeToken(context, { ...options, token })),
    verify: (token, how) => call(undefined, (context) => verifyToken(context, token, how)),
    granted: (id, how) => call(undefined, (context) => findGranted(context, id, how)),
    announce: (url) => call(undefined, (context) => announce(context, url)),
    servedAt: () => call(undefined, (context) => servedAt(context)),
  };
}
