const SECRET = /pass|senha|secret|token|(^|[^a-z])pin([^a-z]|$)/i;

/** Returns whether the name of a further field of a profile says that it holds a secret, which is neither shown nor stored. */
export function isSecretName(name: string): boolean {
  return SECRET.test(name);
}
