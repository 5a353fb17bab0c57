import * as z from 'zod';

/** Something in an answer that is not understood: where, and what was expected there. Never a value. */
export class ParseProblem extends Error {
  readonly path: string[];

  constructor(message: string, path: string[] = []) {
    super(message);
    this.path = path;
  }
}

/** A reader as a schema, so that the transport makes the error, redacts it and logs the call as failed. */
export function schemaOf<T>(read: (json: unknown) => T): z.ZodType<T> {
  return z.unknown().transform((json, context) => {
    try {
      return read(json);
    } catch (error) {
      if (!(error instanceof ParseProblem)) throw error;
      context.addIssue({ code: 'custom', message: error.message, path: error.path });
      return z.NEVER;
    }
  });
}
