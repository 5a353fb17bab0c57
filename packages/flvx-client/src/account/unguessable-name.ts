const pattern = /^sl-[0-9a-z]{20}$/;
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** Returns a login name that nobody can guess: an account that has it provably belongs to the service. */
export function unguessableName(randomBytes: (count: number) => Uint8Array): string {
  // 32 letters: every byte yields one without bias.
  return `sl-${[...randomBytes(20)].map((byte) => alphabet[byte % alphabet.length] ?? '').join('')}`;
}

/** Whether a name has the form that `unguessableName` returns. */
export function isUnguessable(name: string): boolean {
  return pattern.test(name);
}
