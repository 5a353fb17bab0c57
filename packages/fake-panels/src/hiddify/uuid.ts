const canonical = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * Whether this is the only form of a uuid that the panel accepts: v4, lower case, with dashes
 * (docs/panels/hiddify.md, 3.3).
 */
export function isCanonicalUuid(value: unknown): value is string {
  return typeof value === 'string' && canonical.test(value);
}

/** Makes canonical v4 uuids from a source of numbers in [0, 1). */
export function uuidMaker(random: () => number): () => string {
  const digits = (count: number): string => {
    let text = '';
    while (text.length < count) text += Math.floor(random() * 16).toString(16);
    return text;
  };
  return () =>
    `${digits(8)}-${digits(4)}-4${digits(3)}-${'89ab'.charAt(Math.floor(random() * 4))}${digits(3)}-${digits(12)}`;
}
