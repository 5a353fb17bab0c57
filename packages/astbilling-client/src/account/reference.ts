const REFERENCE = /^[a-z]+:(?:service|client|addon):[^|]+$/;
const SEPARATOR = ' | ';

/** Returns the reference in a field that serves for it; null where it only has somebody's note. */
export function toReference(text: string | null): string | null {
  const first = text?.split(SEPARATOR)[0]?.trim() ?? '';
  return REFERENCE.test(first) ? first : null;
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
