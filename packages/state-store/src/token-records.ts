import type { LeaseOwner } from './records.js';

/** What the client of a share link may do besides reading. */
export interface ShareRights {
  /** Buy packages, and set the preference for automatic purchases. */
  buy: boolean;
  /** Highest price of one purchase, decimal text in the currency of the package; null for any. */
  maxAmount: string | null;
  /** Change the fields that the product lists. */
  manage: boolean;
  /** Replace the password by a generated one. */
  changePassword: boolean;
}

/** An API token or a share link; of the token itself only a hash is stored. */
export interface ApiTokenRecord {
  id: string;
  /** Unique among the API tokens that are not revoked. */
  name: string;
  /** SHA-256 of the token, base64url. */
  hash: string;
  kind: 'api' | 'share';
  /** Such as `read`, `operate`, or `client:ID` with `buy`; empty for share links. */
  scopes: string[];
  /** The only client whose services it reaches; null for all. */
  client: string | null;
  /** Of share links; null otherwise. */
  rights: ShareRights | null;
  createdAt: string;
  createdBy: string;
  /** Null for a token without an end. */
  expiresAt: string | null;
  revokedAt: string | null;
  /** Within a minute; null before the first use. */
  lastUsedAt: string | null;
  /** What an older version stored, where the migration has changed it; null otherwise. */
  scopesBefore: string[] | null;
}

/** A session of the dashboard. */
export interface SessionRecord {
  /** SHA-256 of the cookie, base64url. */
  hash: string;
  /** Id of the token that it was opened with. */
  token: string;
  createdAt: string;
  expiresAt: string;
}

/** A request with a key: while it runs, and then its answer. */
export interface RequestRecord {
  /** Who sent it; keys of different senders are independent. */
  who: string;
  key: string;
  /** Digest of the request: a key belongs to one request. */
  fingerprint: string;
  state: 'running' | 'done';
  /** The process that runs it; null once that is done with it. */
  owner: LeaseOwner | null;
  /** Null while it runs. */
  status: number | null;
  answer: unknown;
  /** When it began or, while it runs, was last renewed; then when it was answered. */
  at: string;
}
