/**
 * Why an agent is in its state. `no-limit`, `below-limit`, `full` (allocated exactly: still within), `at-or-over-limit`
 * (consumed and panel), `over-limit` (allocated), `within-release-margin` (held, no longer over, not yet low enough), `exempt`,
 * `dormant` (the account is not an agent any more), `missing` (not in the list), `unknown` (no list could be read).
 */
export type AgentRule =
  | 'no-limit'
  | 'below-limit'
  | 'full'
  | 'at-or-over-limit'
  | 'over-limit'
  | 'within-release-margin'
  | 'exempt'
  | 'dormant'
  | 'missing'
  | 'unknown';

/** An agent whose usage reached a threshold that was not announced in this period. */
export interface ThresholdCrossing {
  agent: string;
  name: string;
  percent: number;
  usedBytes: number;
  limitBytes: number;
}
