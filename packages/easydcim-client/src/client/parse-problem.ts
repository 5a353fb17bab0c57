import * as z from 'zod';

/** A part of an answer that can't be parsed: its path and what was expected there, never a value. */
export class ParseProblem extends Error {
  readonly path: string[];

  constructor(message: string, path: string[] = []) {
    super(message);
    this.path = path;
  }
}

/** Converts a parser to a schema, so that the transport creates the error, redacts it and logs the call as failed. */
export function toSchema<T>(read: (json: unknown) => T): z.ZodType<T> {
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
