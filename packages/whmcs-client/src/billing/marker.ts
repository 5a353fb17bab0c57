import type { WhmcsInvoiceItem } from '../index.js';

const BEGIN = '[sluice:';

/** The mark of a key in a description: lines and credits made through the API have no key of their own. */
export function toMarker(key: string): string {
  return `${BEGIN}${encodeURIComponent(key)}]`;
}

/** Returns the description with the mark of its key; the text itself can't contain another mark. */
export function withMarker(description: string, key: string): string {
  return `${withoutMarkers(description)} ${toMarker(key)}`;
}

/** Returns a description without the begin of any mark. */
export function withoutMarkers(description: string): string {
  return description.replaceAll(BEGIN, '(sluice:');
}

/** Whether WHMCS made a line by itself: it may have text of its client, such as a custom field of the order, and so any mark. */
export function isGenerated({ type }: Pick<WhmcsInvoiceItem, 'type'>): boolean {
  return type !== '';
}

/** Returns the key of the only mark in a line; null where there is none, or more than one, or WHMCS made the line by itself. */
export function findKey({ type, description }: Pick<WhmcsInvoiceItem, 'type' | 'description'>): string | null {
  if (isGenerated({ type })) return null;
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

/** Whether a line that WHMCS did not make by itself has the mark of a key. */
export function isMarked(item: Pick<WhmcsInvoiceItem, 'type' | 'description'>, key: string): boolean {
  return !isGenerated(item) && hasMarker(item.description, key);
}
