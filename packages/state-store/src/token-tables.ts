import type { ApiTokenRecord, RequestRecord, SessionRecord } from './token-records.js';

/** Access over HTTP: tokens, sessions, and answers to requests with a key. */
export interface TokenTables {
  apiTokens: {
    /** In the order of creation. */
    list(): Promise<ApiTokenRecord[]>;
    get(id: string): Promise<ApiTokenRecord | null>;
    find(hash: string): Promise<ApiTokenRecord | null>;
    add(record: ApiTokenRecord): Promise<void>;
    update(id: string, change: Partial<Pick<ApiTokenRecord, 'hash' | 'revokedAt' | 'lastUsedAt'>>): Promise<void>;
  };
  sessions: {
    get(hash: string): Promise<SessionRecord | null>;
    /** Also deletes the sessions that ended before its start, and the oldest ones of its token beyond this number. */
    add(record: SessionRecord, most: number): Promise<void>;
    remove(hash: string): Promise<void>;
    removeByToken(token: string): Promise<void>;
  };
  requests: {
    get(who: string, key: string): Promise<RequestRecord | null>;
    /** Returns false, and changes nothing, when the sender's key exists. */
    add(record: RequestRecord): Promise<boolean>;
    /** Replaces a stored request. */
    put(record: RequestRecord): Promise<void>;
    /** Renews a request that this process runs; changes nothing once another one runs it or it is done. */
    renew(request: Pick<RequestRecord, 'who' | 'key' | 'owner' | 'at'>): Promise<void>;
    remove(who: string, key: string): Promise<void>;
    /** Requests of a sender that run, or whose process was lost. */
    listRunning(who: string): Promise<RequestRecord[]>;
    /** Removes what is not kept of the requests of a sender. */
    trim(who: string, kept: KeptRequests): Promise<void>;
  };
}

/**
 * Which requests of a sender are kept, the newest first: so many answered ones; or those answered or renewed since an instant (ISO UTC),
 * of the answered ones as many as have together so many bytes of answers.
 */
export type KeptRequests = { rows: number } | { since: string; bytes: number };
