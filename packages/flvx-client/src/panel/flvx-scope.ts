import type { FlvxAccount } from '../account/index.js';
import type { FlvxScope } from '../index.js';
import type { ServiceRecord } from '@sluice/quota-core';

/** Names that only Sluice makes: unguessable, so that whoever bears one is provably the service's. */
const OWN_NAME = /^sl-[0-9a-z]{20}$/;
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Which account is meant: by the id that is known, or by a name that only Sluice can have given. */
export function scopeOf({ refs, ownRefs }: ServiceRecord): FlvxScope {
  const userId = Number(refs['flvx_user_id'] ?? Number.NaN);
  const name = refs['flvx_username'] ?? null;
  return {
    userId: Number.isSafeInteger(userId) && userId > 0 ? userId : null,
    name,
    nameIsOurs: name !== null && ownRefs.includes('flvx_username') && OWN_NAME.test(name),
  };
}

/** The same account, looked for by its name alone. */
export function byName(scope: FlvxScope): FlvxScope {
  return { ...scope, userId: null };
}

/** The account of the stored id is gone; one of its unguessable name is, or will be, the service's all the same. */
export function isLost({ user, scope, history }: FlvxAccount): boolean {
  return (
    user === null && scope.userId != null && scope.nameIsOurs === true && (history?.createdUserId ?? null) === null
  );
}

/** Only of forwards at rest it is asked who paused them. */
export function someAtRest({ user, forwards }: FlvxAccount): boolean {
  return forwards.some((row) => row.userId === user?.id && row.status !== 1);
}

/** A name that nobody can guess, as `scopeOf` knows them again. */
export function unguessableName(randomBytes: (count: number) => Uint8Array): string {
  // 32 letters: every byte gives one without favour.
  return `sl-${[...randomBytes(20)].map((byte) => ALPHABET[byte % ALPHABET.length] ?? '').join('')}`;
}
