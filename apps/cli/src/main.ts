#!/usr/bin/env node
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { CodeCache } from './code-cache.js';

const COMMAND = 'command.js';

/** The exit code of a command line that is wrong: what it began with is not a use. */
const USAGE = 2;

/** What ran longer holds more functions than a command needs at its start. */
const LONGEST_SECONDS = 20;

const { env, execArgv } = process;
const require = createRequire(import.meta.filename);

// Options of Node may change what is compiled, and debuggers and coverage need the files as Node loads them. Node has
// NODE_DISABLE_COMPILE_CACHE for the cache that newer versions bring.
if (
  execArgv.length > 0 ||
  env.NODE_OPTIONS !== undefined ||
  env.NODE_DISABLE_COMPILE_CACHE !== undefined ||
  env.NODE_V8_COVERAGE !== undefined
) {
  require(`./${COMMAND}`);
} else {
  const program = import.meta.dirname;
  const cache = new CodeCache({
    program,
    folder: join(program, 'compiled'),
    require,
    use: /^[a-z][a-z-]{0,30}$/.exec(process.argv[2] ?? '')?.[0] ?? '',
  });
  process.once('exit', (code) => {
    if (code !== USAGE && process.uptime() < LONGEST_SECONDS) cache.save();
  });
  cache.load(COMMAND);
}
