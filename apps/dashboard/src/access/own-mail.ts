/**
 * Returns a mail address as links and tokens of its client show it: its owner recognises it, and anyone else who has the link learns no
 * more than its domain.
 */
export function maskMail(address: string): string {
  return `${address.slice(0, 1)}…${address.slice(address.lastIndexOf('@'))}`;
}
