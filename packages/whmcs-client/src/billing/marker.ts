const BEGIN = '[sluice:';

/** The mark of a key in a description: lines and credits made through the API have no key of their own. */
export function toMarker(key: string): string {
  return `${BEGIN}${encodeURIComponent(key)}]`;
}

/** Returns the description with the mark of its key; the text itself can't contain another mark. */
export function withMarker(description: string, key: string): string {
  return `${description.replaceAll(BEGIN, '(sluice:')} ${toMarker(key)}`;
}

export function hasMarker(description: string, key: string): boolean {
  return description.includes(toMarker(key));
}
