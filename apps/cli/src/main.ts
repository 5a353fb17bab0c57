#!/usr/bin/env node
import { processDeps } from './process-deps.js';
import { run } from './runner.js';

const { deps, finish } = processDeps();
finish(await run(process.argv.slice(2), deps));
