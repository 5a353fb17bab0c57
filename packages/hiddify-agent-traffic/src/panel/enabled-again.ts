import { type AddressableUser, isAddressable } from '../account/user-actions.js';
import type { HiddifyUser } from '../client/records.js';
import type { CallOptions, HiddifyClient } from '../client/types.js';

/**
 * Returns a user as read, or as read once more by itself where it is shown as enabled although Sluice has disabled it: the first answer
 * may be older than that. Null: the panel does not have it any more.
 *
 * @param disabled uuids of the users that Sluice has disabled
 */
export async function readEnabledAgain(
  { users }: Pick<HiddifyClient, 'users'>,
  user: HiddifyUser,
  disabled: ReadonlySet<string>,
  call: CallOptions,
): Promise<HiddifyUser | null> {
  return isEnabledAgain(user, disabled) ? users.get(user.uuid, call) : user;
}

/** Returns whether a user is shown as enabled although Sluice has disabled it. */
export function isEnabledAgain(user: HiddifyUser, disabled: ReadonlySet<string>): user is AddressableUser {
  return user.enabled && isAddressable(user) && disabled.has(user.uuid);
}
