import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureInstalled, root } from './ensure-installed.mjs';

// One executable file with Node, the command and the SQLite driver in it, for hosts without npm and Node. It runs on this
// machine's operating system and processor. `node scripts/bundle.mjs [FILE]`; needs the network once for postject, which puts
// the command into a copy of Node.

const POSTJECT = 'postject@1.0.0-alpha.6';
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
const cli = path.join(root, 'apps', 'cli');
const { version } = createRequire(import.meta.url)(path.join(cli, 'package.json'));

const MAIN = `
import { processDeps } from './src/process-deps.js';
import { run } from './src/runner.js';
process.argv[1] = process.execPath;
const { deps, finish } = processDeps();
run(process.argv.slice(2), deps).then(finish);
`;

/** The driver's compiled part can only be loaded from a file: it is written to a folder of the user alone, and removed. */
const ADDON = `
const { mkdtempSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { getRawAsset } = require('node:sea');
module.exports = () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-driver-'));
  try {
    const file = join(folder, 'better_sqlite3.node');
    writeFileSync(file, new Uint8Array(getRawAsset('better_sqlite3.node')), { mode: 0o700 });
    const addon = { exports: {} };
    process.dlopen(addon, file);
    return addon.exports;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
`;

const driverInside = {
  name: 'driver-inside',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^bindings$/ }, () => ({ path: 'bindings', namespace: 'driver' }));
    onLoad({ filter: /.*/, namespace: 'driver' }, () => ({ contents: ADDON, loader: 'js' }));
  },
};

async function bundle(file) {
  const work = mkdtempSync(path.join(tmpdir(), 'sluice-bundle-'));
  const inside = (name) => path.join(work, name);
  // The bundler that tsup brings, which a fresh clone has only now.
  const { build } = createRequire(createRequire(import.meta.url).resolve('tsup'))('esbuild');
  try {
    await build({
      stdin: { contents: MAIN, resolveDir: cli, sourcefile: 'bundle.ts', loader: 'ts' },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      minify: true,
      keepNames: true,
      legalComments: 'none',
      conditions: ['@sluice/source'],
      define: { SLUICE_VERSION: JSON.stringify(version) },
      outfile: inside('sluice.cjs'),
      plugins: [driverInside],
      logLevel: 'warning',
    });
    const driver = createRequire(import.meta.url).resolve('better-sqlite3/package.json');
    const config = {
      main: inside('sluice.cjs'),
      output: inside('sluice.blob'),
      disableExperimentalSEAWarning: true,
      assets: {
        'better_sqlite3.node': path.join(path.dirname(driver), 'build', 'Release', 'better_sqlite3.node'),
      },
    };
    writeFileSync(inside('sea.json'), JSON.stringify(config));
    const stdio = ['ignore', 'ignore', 'inherit'];
    execFileSync(process.execPath, ['--experimental-sea-config', inside('sea.json')], { stdio });
    copyFileSync(process.execPath, inside('sluice'));
    chmodSync(inside('sluice'), 0o755);
    const mac = process.platform === 'darwin' ? ['--macho-segment-name', 'NODE_SEA'] : [];
    const command = [inside('sluice'), 'NODE_SEA_BLOB', inside('sluice.blob'), '--sentinel-fuse', FUSE, ...mac];
    execFileSync('npx', ['--yes', POSTJECT, ...command], { stdio });
    mkdirSync(path.dirname(file), { recursive: true });
    copyFileSync(inside('sluice'), file);
    chmodSync(file, 0o755);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  ensureInstalled();
  const file = path.resolve(process.argv[2] ?? path.join(root, 'bundle', 'sluice'));
  await bundle(file);
  process.stdout.write(`${file}: the sluice command ${version} for ${process.platform} ${process.arch}\n`);
}
