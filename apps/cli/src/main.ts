#!/usr/bin/env node
import { ExitCode } from './exit-codes.js';
import { processDeps } from './process-deps.js';
import { run } from './runner.js';

const { deps, finish } = processDeps();
// Until the command has ended: Node would leave with 0 if it waited for something that can no longer come.
process.exitCode = ExitCode.failed;
// Without `await`: files that are read later import from this one, and would wait for its end.
void run(process.argv.slice(2), deps).then(finish);
