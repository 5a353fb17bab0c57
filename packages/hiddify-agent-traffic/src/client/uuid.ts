const CANONICAL = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const ANYWHERE = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi;

/** Returns whether a uuid has the only form that the panel keeps unchanged: lower case, dashes, version 4. */
export function isCanonicalUuid(text: string): boolean {
  return CANONICAL.test(text);
}

/** Cuts every uuid in `text` to its first four digits: enough to distinguish two in a log, useless as a key. */
export function maskUuids(text: string): string {
  return text.replace(ANYWHERE, (uuid) => `${uuid.slice(0, 4)}...`);
}
