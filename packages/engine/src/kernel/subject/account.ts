import type { KindTraits, Observation, Panel, ProductSettings } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import type { Context } from '../../context/context.js';

/** How a terminated service with an account ends to be held. */
export const ENDS_WITH_ACCOUNT =
  'its holds end with its account: terminate it on its panel, or, if that is gone for good, take the panel out of the config and remove the service';

/** What a reconcile does about the account of a service without a command. */
export type AccountVerb = 'create' | 'change-password' | 'terminate';

/** `skipped` of a service that waits for its account. */
export const NO_ACCOUNT = 'no_account';

/** What a panel lacks this long is gone; before that, one that was restored from a wrong backup may have it again. */
export const GONE_AFTER_MS = 90 * 86_400_000;

/** Errors of services whose account is gone from the panel. */
const GONE: readonly (string | null)[] = ['account_missing', 'user_gone', 'line_gone'];

/** Returns whether this is the code of an account that is gone from the panel. */
export function isGone(code: string | null): boolean {
  return GONE.includes(code);
}

/** Errors of services whose account is not there, is another's, or is shared: no run can do for it what was asked for. */
const NO_OWN_ACCOUNT: readonly (string | null)[] = [
  ...GONE,
  ...['user_not_there', 'no_account'],
  ...['account_renamed', 'line_conflict', 'line_unproven'],
  ...['shared_account', 'shared_user', 'shared_line'],
];

/** Returns whether this is the code of a service without an account of its own on the panel. */
export function lacksOwnAccount(code: string): boolean {
  return NO_OWN_ACCOUNT.includes(code);
}

type Refs = Pick<ServiceRecord, 'refs' | 'ownRefs'>;

/** Returns whether a service names its account on the panel. */
export function hasAccount({ requiredRef }: Pick<KindTraits, 'requiredRef'>, { refs, ownRefs }: Refs): boolean {
  return requiredRef === null ? ownRefs.length > 0 : refs[requiredRef] !== undefined;
}

/** Returns whether the panel showed the account of a service when it was observed; null where that is not known. */
export function isAccountThere(
  { accounts }: Pick<Panel, 'accounts'>,
  { observation }: { observation: Observation | null },
): boolean | null {
  return observation === null ? null : (accounts?.exists(observation, { adopt: false }) ?? null);
}

/** Returns whether Sluice created or adopted the account of a service. */
export function ownsAccount({ requiredRef }: Pick<KindTraits, 'requiredRef'>, { ownRefs }: Refs): boolean {
  return requiredRef === null ? ownRefs.length > 0 : ownRefs.includes(requiredRef);
}

/** Returns whether the holds of a service that is terminated end with its account: with any other, they are released. */
export function endsWithAccount(kind: Pick<KindTraits, 'capabilities' | 'requiredRef'>, refs: Refs): boolean {
  return kind.capabilities.includes('accounts') && ownsAccount(kind, refs);
}

/** Returns the refs that a creation stores first: an unguessable name can be found after a lost answer. */
export function listNewRefs(
  { deps }: Context,
  panel: Panel,
  service: ServiceRecord,
  product: ProductSettings,
): Record<string, string> {
  const names = panel.accounts?.newRefs(service, product, deps.randomBytes) ?? {};
  return Object.fromEntries(Object.entries(names).filter(([key]) => service.refs[key] === undefined));
}
