import { findChannelKind } from '@sluice/engine';
import { parseAddress } from '@sluice/engine/places';
import { isMap } from './is-map.js';
import type { ConfigKinds } from './kinds.js';
import { isSecretReference } from './secrets.js';

/** Returns the keys of the secrets that are written in a config itself, as it stands in the file. */
export function literalSecrets(raw: unknown, { kinds, billing = [], channels = [] }: ConfigKinds): string[][] {
  const section = isMap(raw) ? raw : {};
  const ofPanels = Object.entries(isMap(section['panels']) ? section['panels'] : {}).flatMap(([name, panel]) => {
    const kind = isMap(panel) ? kinds.find((known) => known.kind === panel['kind']) : undefined;
    return literalKeys(panel, kind?.init.secrets).map((key) => ['panels', name, key]);
  });
  const ofBilling = billing.flatMap(({ kind, secrets }) =>
    literalKeys(section[kind], secrets).map((key) => [kind, key]),
  );
  const entries: unknown[] = Array.isArray(section['notify']) ? section['notify'] : [];
  const ofChannels = entries.flatMap((entry, index) => {
    const secrets = isMap(entry) ? findChannelKind(channels, entry)?.secrets : undefined;
    return literalKeys(entry, secrets).map((key) => ['notify', String(index), key]);
  });
  const ofServer = literalKeys(section['serve'], ['token']).map((key) => ['serve', key]);
  return [
    ...ofPanels,
    ...ofBilling,
    ...ofServer,
    ...literalKeys(section, ['heartbeat']).map((key) => [key]),
    ...(hasPassword(section['state']) ? [['state']] : []),
    ...ofChannels,
  ];
}

function literalKeys(section: unknown, keys: readonly string[] = []): string[] {
  return isMap(section) ? keys.filter((key) => isLiteral(section[key])) : [];
}

/** Returns whether a value is the address of a database with its password. */
function hasPassword(state: unknown): boolean {
  return typeof state === 'string' && parseAddress(state)?.hasPassword === true;
}

/** Returns whether a value is text, and not a reference to a secret. */
export function isLiteral(value: unknown): boolean {
  return typeof value === 'string' && !isSecretReference(value);
}
