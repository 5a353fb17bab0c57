const canonical = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const anywhere = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi;

/** The only form that the panel keeps as it is: lower case, dashes, version 4. */
export function isCanonicalUuid(text: string): boolean {
  return canonical.test(text);
}

/** Every uuid in `text` cut down to its first four digits: enough to tell two apart in a log, useless as a key. */
export function maskUuids(text: string): string {
  return text.replace(anywhere, (uuid) => `${uuid.slice(0, 4)}...`);
}
