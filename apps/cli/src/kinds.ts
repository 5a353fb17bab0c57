import './plain-zod.js';
import { astbilling, magnusbilling } from '@sluice/astbilling-client/panel';
import type { ConfigKinds } from '@sluice/config-file';
import type { BillingKind, NoticeChannelKind } from '@sluice/contract/ports';
import { easydcim } from '@sluice/easydcim-client/panel';
import { flvx } from '@sluice/flvx-client/panel';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import { command, discord, mail, ntfy, pagerduty, slack, telegram, webhook } from '@sluice/notice-channels';
import type { PanelKind } from '@sluice/panel-kind';
import { whmcs } from '@sluice/whmcs-client/billing';

/** The kinds of panels that ship with the command. */
export const KINDS: readonly PanelKind[] = [easydcim, flvx, hiddify, astbilling, magnusbilling];

/** The billing systems that ship with the command, besides the ledger. */
export const BILLING: readonly BillingKind[] = [whmcs];

/** The channels of notices that ship with the command. */
export const CHANNELS: readonly NoticeChannelKind[] = [
  webhook,
  mail,
  telegram,
  slack,
  discord,
  ntfy,
  pagerduty,
  command,
];

/** Returns the kinds of panels that a command knows: those of `deps`, or `KINDS`. */
export function knownKinds(deps: { kinds?: readonly PanelKind[] }): readonly PanelKind[] {
  return deps.kinds ?? KINDS;
}

/** Returns what a config may name. */
export function configKinds(deps: { kinds?: readonly PanelKind[] }): Required<ConfigKinds> {
  return { kinds: knownKinds(deps), billing: BILLING, channels: CHANNELS };
}

/** Returns the name of a kind for people: `EasyDCIM`. */
export function kindTitle(deps: { kinds?: readonly PanelKind[] }, kind: string): string {
  return knownKinds(deps).find((known) => known.kind === kind)?.title ?? kind;
}
