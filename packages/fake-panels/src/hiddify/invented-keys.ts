import { type UserKeys, type UserRow } from './rows.js';

const kind = 'OPENSSH PRIVATE KEY';

/** Key material of a user as the panel shows it: of the usual length, private parts included, and invented. */
export function keysOf(user: UserRow): UserKeys {
  if (user.keys === null) {
    return { ed25519_private_key: null, ed25519_public_key: null, wg_pk: null, wg_pub: null, wg_psk: null };
  }
  return user.keys ?? invented(user.id);
}

function invented(id: number): UserKeys {
  const number = String(id).padStart(10, '0');
  const line = `INVENTEDprivateED25519${number}`.padEnd(70, 'x');
  return {
    ed25519_private_key: `-----BEGIN ${kind}-----\n${`${line}\n`.repeat(4)}-----END ${kind}-----\n`,
    ed25519_public_key: `ssh-ed25519 ${`INVENTEDpublic${number}`.padEnd(68, 'x')}`,
    wg_pk: `INVENTEDprivateWG${number}`.padEnd(43, 'x') + '=',
    wg_pub: `INVENTEDpublicWG${number}`.padEnd(43, 'x') + '=',
    wg_psk: `INVENTEDsharedWG${number}`.padEnd(43, 'x') + '=',
  };
}
