/** Returns the address of a contact that is one of a page or of mail; null for any other, such as a telephone number. */
export function contactUrl(contact: string): string | null {
  if (/^https?:\/\/\S+$/.test(contact)) return contact;
  return /^[^\s@]+@[^\s@]+$/.test(contact) ? `mailto:${contact}` : null;
}
