import * as z from 'zod/mini';

// A config is parsed once: compiling a parser for it first would take longer than it saves.
z.config({ jitless: true });
