import { processDeps } from './process-deps.js';
import { run } from './runner.js';

const { deps, finish } = processDeps();

/** Resolves when the command has ended. */
export const ended: Promise<void> = run(process.argv.slice(2), deps).then(finish);
