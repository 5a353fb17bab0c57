import path from 'node:path';
import { ensureInstalled, root, runTool } from './ensure-installed.mjs';

// Run by npm before it packs a package, in the package's folder: builds it, and writes its types where it is a library. On the
// error stream, since `npm pack --json` prints its answer on the other.

const stdio = ['ignore', 2, 2];
const name = process.env.npm_package_name;

ensureInstalled({ stdio });
if (!(await runTool('turbo', ['run', 'build', `--filter=${name}`, '--output-logs=errors-only'], { stdio }))) {
  process.exit(1);
}
const folder = process.cwd();
if (path.dirname(folder) === path.join(root, 'packages')) {
  // Imports the compiler, which a fresh clone has only now.
  const { writeDeclarations } = await import('./declarations.mjs');
  if (writeDeclarations(folder) > 0) process.exit(1);
}
