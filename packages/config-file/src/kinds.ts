import type { BillingKind, NoticeChannelKind } from '@sluice/contract/ports';
import type { PanelKind } from '@sluice/panel-kind';

/** What a config may name: kinds of panels, and, where it uses them, billing systems and channels of notices. */
export interface ConfigKinds {
  kinds: readonly PanelKind[];
  /** Billing systems besides the ledger; default: none. */
  billing?: readonly BillingKind[];
  /** Channels of notices; default: none. */
  channels?: readonly NoticeChannelKind[];
}
