import type { AccountView } from '@sluice/panel-kind';
import type { FlvxMemo } from './flvx-memo.js';

/** What a look leaves behind for later runs. */
export interface FlvxKept {
  at: string;
  /** Accounts on the panel's list when it was last read. */
  listed: number | null;
  account: AccountView | null;
  memo: FlvxMemo | null;
}
