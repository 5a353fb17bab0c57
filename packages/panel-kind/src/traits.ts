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
  | 'agents';

/** What is true of every panel of a kind. */
export interface KindTraits {
  /** Its word in the config: `kind: flvx`. */
  readonly kind: string;
  /** Restrictions that a product on it may name as its `action`; the first is the default. */
  readonly restrictions: readonly string[];
  /** The restriction of billing and manual holds. */
  readonly suspension: string;
  readonly capabilities: readonly Capability[];
  /** Ref that a service must have to be metered; null when it needs none. */
  readonly requiredRef: string | null;
}
