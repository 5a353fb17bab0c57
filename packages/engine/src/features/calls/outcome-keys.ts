import type { Key } from '@sluice/messages';

/** How calls ended, by the words of records: the messages for their clients. */
export const OUTCOME_KEYS: ReadonlyMap<string, Key & `outcome.${string}`> = new Map([
  ['ANSWERED', 'outcome.answered'],
  ['NO ANSWER', 'outcome.noAnswer'],
  ['BUSY', 'outcome.busy'],
  ['FAILED', 'outcome.failed'],
  ['CONGESTION', 'outcome.congestion'],
] as const);
