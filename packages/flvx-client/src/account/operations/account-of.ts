import { FlvxRefusedError } from '../../client/flvx-refused-error.js';
import type { FlvxObservation } from '../plan/observation.js';
import type { FlvxUser } from '../../client/records/user.js';

/** The observed account. @throws {FlvxRefusedError} `account_missing` */
export function accountOf(observed: FlvxObservation): FlvxUser {
  if (observed.user !== null) return observed.user;
  const { userId, name } = observed.scope;
  const which = userId == null ? `named "${name ?? ''}" that is provably this service's` : `of id ${userId}`;
  throw new FlvxRefusedError(
    'account_missing',
    `The panel has no account ${which}. Create it first, or mend the stored id.`,
  );
}
