import * as z from 'zod/mini';

// A config is parsed once per process: compiling a parser for it would cost more than it saves.
z.config({ jitless: true });

/** Compiles the parsers that are defined from now on: those of panels, which are loaded later and parse thousands of rows. */
export function compileParsers(): void {
  z.config({ jitless: false });
}
