import * as z from 'zod/mini';

// A config is parsed once per process: compiling a parser for it would cost more than it saves.
z.config({ jitless: true });
