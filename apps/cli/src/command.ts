import { processDeps } from './process-deps.js';
import { run } from './runner.js';

const { deps, finish } = processDeps();
void run(process.argv.slice(2), deps).then(finish);
