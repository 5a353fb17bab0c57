const CANONICAL = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Returns whether a uuid has the only form that the panel keeps unchanged: lower case, dashes, version 4. */
export function isCanonicalUuid(text: string): boolean {
  return CANONICAL.test(text);
}
