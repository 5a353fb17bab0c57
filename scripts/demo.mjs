import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { ensureInstalled, root, runTool } from './ensure-installed.mjs';

ensureInstalled();
if (!(await runTool('turbo', ['run', 'build', '--output-logs=errors-only']))) process.exit(1);
const main = path.join(root, 'apps', 'cli', 'dist', 'main.js');
const { status } = spawnSync(process.execPath, [main, 'demo', ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(status ?? 1);
