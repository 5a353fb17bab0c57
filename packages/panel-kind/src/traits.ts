/** What a kind of panel can do; shown by `panel list`. */
export type Capability =
  | 'usage'
  | 'window-usage'
  | 'counter-usage'
  | 'enforce'
  | 'suspend'
  | 'accounts'
  | 'passwords'
  | 'packages'
  | 'graphs'
  | 'agents'
  | 'calls'
  /** Reports the charges of calls soon enough for limits in money: a call shows within a poll of its end. */
  | 'spend';

/** Properties that all panels of a kind share. */
export interface KindTraits {
  /** Its name in the config: `kind: flvx`. */
  readonly kind: string;
  /** Restrictions that a product may name as its `action`; the first is the default. */
  readonly restrictions: readonly string[];
  /** The same from the mildest to the harshest, where there are several: the brake counts services that are restricted harder. */
  readonly mildestFirst?: readonly string[];
  /** Whether the panel has the quota of each account, and stops the account by itself at it. */
  readonly keepsQuota?: true;
  /** The restriction of billing and manual holds. */
  readonly suspension: string;
  /** The restriction that also covers the numbers of a line, where the kind has lines. */
  readonly wideSuspension?: string;
  readonly capabilities: readonly Capability[];
  /** The ref that a service needs to be metered; null when it needs none. */
  readonly requiredRef: string | null;
}
