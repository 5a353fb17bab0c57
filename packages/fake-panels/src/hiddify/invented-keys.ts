import { type UserKeys, type UserRow } from './rows.js';

const kind = 'OPENSSH PRIVATE KEY';
const keyNames = ['ed25519_private_key', 'ed25519_public_key', 'wg_pk', 'wg_pub', 'wg_psk'] as const;
const numberMark = '#'.repeat(10);
const pattern: UserKeys = {
  ed25519_private_key:
    `-----BEGIN ${kind}-----\n${`${`INVENTEDprivateED25519${numberMark}`.padEnd(70, 'x')}\n`.repeat(4)}xxxxxxxx\n` +
    `-----END ${kind}-----\n`,
  ed25519_public_key: `ssh-ed25519 ${`INVENTEDpublic${numberMark}`.padEnd(68, 'x')}`,
  wg_pk: `INVENTEDprivateWG${numberMark}`.padEnd(43, 'x') + '=',
  wg_pub: `INVENTEDpublicWG${numberMark}`.padEnd(43, 'x') + '=',
  wg_psk: `INVENTEDsharedWG${numberMark}`.padEnd(43, 'x') + '=',
};
const writtenPattern = written(pattern);

/** Key material of a user as the panel shows it: of the usual length, private parts included, and invented. */
export function toKeys(user: UserRow): UserKeys {
  if (user.keys === null) {
    return { ed25519_private_key: null, ed25519_public_key: null, wg_pk: null, wg_pub: null, wg_psk: null };
  }
  return user.keys ?? numbered(pattern, user.id);
}

/** The keys as JSON texts, serialized once for all users: lists of 50,000 would be slow otherwise. */
export function toWrittenKeys(user: UserRow): Record<keyof UserKeys, string> {
  return user.keys === undefined ? numbered(writtenPattern, user.id) : written(toKeys(user));
}

function written(keys: UserKeys): Record<keyof UserKeys, string> {
  return mapKeys((name) => JSON.stringify(keys[name]));
}

function numbered(texts: Readonly<Record<keyof UserKeys, string | null>>, id: number): Record<keyof UserKeys, string> {
  const number = String(id).padStart(numberMark.length, '0');
  return mapKeys((name) => String(texts[name]).replaceAll(numberMark, number));
}

function mapKeys(make: (name: keyof UserKeys) => string): Record<keyof UserKeys, string> {
  return Object.fromEntries(keyNames.map((name) => [name, make(name)])) as Record<keyof UserKeys, string>;
}
