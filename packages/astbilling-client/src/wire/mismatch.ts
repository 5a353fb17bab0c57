/** A value that does not fit the profile. `path` is in the profile; the message has no value, only what kind of one came. */
export class Mismatch extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

/** Describes what came instead of a value, without the value. */
export function describeKind(value: unknown): string {
  if (value === undefined) return 'nothing came';
  if (value === null) return 'null came';
  if (value === '') return 'an empty text came';
  if (Array.isArray(value)) return 'a list came';
  const kind = { string: 'a text', number: 'a number', boolean: 'true or false', object: 'an object' } as const;
  return `${kind[typeof value as 'string']} came`;
}
