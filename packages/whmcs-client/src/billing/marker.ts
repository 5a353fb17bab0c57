const BEGIN = '[sluice:';

/** The mark of a key in a description: lines and credits made through the API have no key of their own. */
export function toMarker(key: string): string {
  return `${BEGIN}${encodeURIComponent(key)}]`;
}

/** Returns the description with the mark of its key; the text itself can't contain another mark. */
export function withMarker(description: string, key: string): string {
  return `${description.replaceAll(BEGIN, '(sluice:')} ${toMarker(key)}`;
}

/** Returns the key of the only mark in a description; null where there is none, or more than one. */
export function findKey(description: string): string | null {
  const [found, ...more] = description.matchAll(/\[sluice:([^[\]]*)\]/g);
  if (found?.[1] === undefined || more.length > 0) return null;
  try {
    return decodeURIComponent(found[1]);
  } catch {
    return null;
  }
}

export function hasMarker(description: string, key: string): boolean {
  return description.includes(toMarker(key));
}
