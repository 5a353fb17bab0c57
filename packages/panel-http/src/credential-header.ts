/** Does a header of this name carry a secret? */
export function isCredentialHeader(name: string): boolean {
  return /authori[sz]ation|token|key|secret|passw|cookie|session/i.test(name);
}
