import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ensureInstalled, root, runTool } from './ensure-installed.mjs';

/** The packages that are published: their folders and manifests. */
export const published = ['packages', 'apps']
  .flatMap((group) => readdirSync(path.join(root, group)).map((name) => path.join(root, group, name)))
  .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) }))
  .filter(({ manifest }) => manifest.private !== true);

/**
 * Packs every published package, as built and with the types that were written for all, into a folder; returns the name of each
 * package's tarball.
 */
export function packInto(destination) {
  const workspaces = published.map(({ manifest }) => `--workspace=${manifest.name}`);
  const options = { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] };
  const output = execFileSync(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--pack-destination', destination, ...workspaces],
    options,
  );
  const packed = Object.values(JSON.parse(output));
  return published.map((one) => ({ ...one, filename: packed.find(({ name }) => name === one.manifest.name).filename }));
}

/** Packs the modules for WHMCS into a file that is unpacked in WHMCS's folder; returns its name. */
function packModules(destination, version) {
  const name = `sluice-whmcs-${version}.tgz`;
  const folder = path.join(root, 'integrations', 'whmcs');
  execFileSync('tar', ['--owner=0', '--group=0', '-czf', path.join(destination, name), '-C', folder, 'modules']);
  return name;
}

if (process.argv[1] === import.meta.filename) {
  ensureInstalled();
  if (!(await runTool('turbo', ['run', 'build', '--output-logs=errors-only']))) process.exit(1);
  // Imports the compiler, which a fresh clone has only now.
  const { writeDeclarations } = await import('./declarations.mjs');
  if (writeDeclarations() > 0) process.exit(1);
  const folder = path.join(root, 'tarballs');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const packed = packInto(folder);
  const command = packed.find(({ manifest }) => manifest.bin !== undefined);
  const modules = packModules(folder, command.manifest.version);
  process.stdout.write(`${packed.length} packages and ${modules} in ${path.relative(process.cwd(), folder) || '.'}

  npm install --global ./tarballs/${command.filename}   the sluice command
  npm install ./tarballs/*.tgz${' '.repeat(command.filename.length - 2)}   the libraries and the command, in a project of your own
  tar -xzf ./tarballs/${modules} -C WHMCS${' '.repeat(Math.max(1, command.filename.length - modules.length + 3))}   the modules for WHMCS, into its folder
`);
}
