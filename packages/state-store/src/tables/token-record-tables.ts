import type { LeaseOwner } from '../records.js';
import type { ApiTokenRecord, RequestRecord, SessionRecord, ShareRights } from '../token-records.js';
import { intOrNull, json, jsonColumn, text, textList, textOrNull, word } from './columns.js';
import { recordTable } from './record-table.js';

/** Tables and columns of access over HTTP. */

export const apiTokens = recordTable<ApiTokenRecord>()(
  'api_tokens',
  {
    id: text('id'),
    name: text('name'),
    hash: text('hash'),
    kind: word<ApiTokenRecord['kind']>()('kind'),
    scopes: textList('scopes'),
    client: textOrNull('client'),
    rights: jsonColumn<ShareRights>()('rights'),
    createdAt: text('created_at'),
    createdBy: text('created_by'),
    expiresAt: textOrNull('expires_at'),
    revokedAt: textOrNull('revoked_at'),
    lastUsedAt: textOrNull('last_used_at'),
    scopesBefore: jsonColumn<string[]>()('scopes_before'),
  },
  'id',
);

export const sessions = recordTable<SessionRecord>()(
  'sessions',
  { hash: text('hash'), token: text('token'), createdAt: text('created_at'), expiresAt: text('expires_at') },
  'token',
);

export const requests = recordTable<RequestRecord>()(
  'requests',
  {
    who: text('who'),
    key: text('key'),
    fingerprint: text('fingerprint'),
    state: word<RequestRecord['state']>()('state'),
    owner: jsonColumn<LeaseOwner>()('owner'),
    status: intOrNull('status'),
    answer: json('answer'),
    at: text('at'),
  },
  'key',
);
