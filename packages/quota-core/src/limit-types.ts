import type { Allowance, Mode, Reading, UsageBytes } from './allowance.js';

/** An allowance over a window, and the restriction that follows when it is exceeded. */
export interface Limit {
  /** Unique among the limits of a subject, and the reason of the hold that follows. A service's quota is `quota`. */
  id: string;
  /** Id of the open window (a billing cycle, a period); null where the subject has none. */
  window: string | null;
  allowance: Allowance;
  mode: Mode;
  /** Whether usage of exactly the allowance exceeds it (`reached`) or not (`passed`). */
  exceededAt: 'reached' | 'passed';
  /** How far usage has to be below the allowance for an open hold to end. */
  release: LimitRelease;
  /** The restriction of its hold. */
  restriction: string;
}

/**
 * When an open hold of a limit that is not exceeded any more ends. `margin`: below the allowance less 1 % or 1 GB, the
 * smaller, and not by a fall to less than half of the window's peak. `window-end`: not within the window. Both apply
 * only while the hold is due to this window and allowance. `belowPercent`: below that percentage of the allowance.
 */
export type LimitRelease = 'margin' | 'window-end' | { belowPercent: number };

/** A limit with everything that decides about it. */
export interface MeteredLimit extends Limit {
  /** The newest reading inside the window; null where the panel reports no usage, or the subject is not metered. */
  usage: Reading | null;
  /**
   * The most that can have been used in the window while `usage` is null; null or absent where unknown. Below the allowance, it ends a
   * hold of an earlier window.
   */
  most?: UsageBytes | null;
  /** Highest known figure of the mode in the window before this reading. */
  peakUsedBytes: number | null;
  /** Before this instant the limit holds nothing; a hold that is due is withheld. */
  releasedUntil?: string | null;
  /** The open hold of this limit, with the window and figures at which it was last exceeded. */
  hold: { window: string | null; usedBytes: number | null; allowedBytes: number | null } | null;
}

/** Money used in a window, as read from a panel at the instant `at`: decimal text, or why it is unknown. */
export type MoneyReading =
  | {
      known: true;
      at: string;
      amount: string;
      /** Why `amount` is only a part of what was used; null for all of it. A part can exceed an allowance, but proves no more. */
      partial: { code: string; message: string } | null;
    }
  | { known: false; at: string; code: string; message: string };

/** A limit in money, with everything that decides about it. Amounts are decimal text of its currency. */
export interface MoneyLimit extends Pick<Limit, 'id' | 'window' | 'exceededAt' | 'release' | 'restriction'> {
  unit: {
    /** ISO 4217. */
    currency: string;
  };
  allowance: string;
  /** The newest reading inside the window; null where none is due. */
  usage: MoneyReading | null;
  /** Highest known amount in the window before this reading. Usage never falls below it. */
  peakUsed: string | null;
  releasedUntil?: string | null;
  /** The open hold of this limit, with the window in which it was last exceeded. It is due to an allowance that `peakUsed` reaches. */
  hold: { window: string | null } | null;
}
