const REFERENCE = /^[a-z]+:(?:service|client|addon):[^|]+$/;
const SEPARATOR = ' | ';

/** Returns the reference in a field that serves for it; null where it only has somebody's note. */
export function toReference(text: string | null): string | null {
  const first = text?.split(SEPARATOR)[0]?.trim() ?? '';
  return REFERENCE.test(first) ? first : null;
}

/** Returns the reference of a product addon of WHMCS. */
export function addonReference(addon: string): string {
  return `whmcs:addon:${addon}`;
}

/** Returns whether a reference is of a product addon. */
export function isOfAddon(reference: string | null): boolean {
  return reference !== null && /^[a-z]+:addon:/.test(reference);
}

/** Returns the text of a field without its reference; null where nothing is left. */
export function withoutReference(text: string | null): string | null {
  const note = text?.split(SEPARATOR).slice(1).join(SEPARATOR).trim() ?? '';
  return note === '' ? null : note;
}

/** Returns whether a reference is unique in one store only: another installation may have the same id. */
export function isOfStoreOnly(reference: string): boolean {
  return reference.startsWith('sluice:');
}

/** Returns the text of a field with a reference: it is written before a note, which stays. */
export function withReference(text: string | null, reference: string): string {
  const note = text?.trim() ?? '';
  return note === '' ? reference : `${reference}${SEPARATOR}${note}`;
}
