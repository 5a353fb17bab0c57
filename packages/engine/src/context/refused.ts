/** Thrown in a write to store nothing of it. */
export class Refused extends Error {}

/** Returns that a write has stored something, with what it returns; null where it was refused by {@link Refused}. */
export async function unlessRefused<T>(writing: Promise<T>): Promise<{ value: T } | null> {
  try {
    return { value: await writing };
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}
