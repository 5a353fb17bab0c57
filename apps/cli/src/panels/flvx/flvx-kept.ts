import type { FlvxMemo } from './flvx-memo.js';

/** `account` of `service show --json` (docs/json.md). */
export interface AccountView {
  url: string;
  username: string;
  expiresAt: string | null;
  tunnels: { id: number; name: string; nodes: string[] }[];
  forwards: { id: number; name: string; status: number; pausedByUs: boolean }[];
}

/** What a look leaves behind for later runs. */
export interface FlvxKept {
  at: string;
  /** Accounts on the panel's list when it was last read. */
  listed: number | null;
  account: AccountView | null;
  memo: FlvxMemo | null;
}
