import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../../../', import.meta.url));

interface Manifest {
  name: string;
  [kind: string]: unknown;
}

const FOLDERS = ['packages', 'apps'].flatMap((group) =>
  readdirSync(path.join(root, group))
    .map((name) => path.join(group, name))
    .filter((folder) => existsSync(path.join(root, folder, 'package.json'))),
);

/** The packages that the code of a folder imports, tests aside, each with a file that does. */
function listImports(folder: string): Map<string, string> {
  const src = path.join(root, folder, 'src');
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$|(?:^|[\\/])test(?:ing)?[\\/]/.test(file),
  );
  const found = new Map<string, string>();
  for (const file of files) {
    const code = readFileSync(path.join(src, file), 'utf8');
    for (const [, named = ''] of code.matchAll(/^(?:import|export)\b[^;'"]*?\bfrom '([^'.][^']*)';$/gm)) {
      const [name = ''] = /^(?:@[^/]+\/)?[^/]+/.exec(named) ?? [];
      if (!isBuiltin(named)) found.set(name, path.join(folder, 'src', file));
    }
  }
  return found;
}

// A package that is not named there is built into each one that imports it, and only where it happens to be built before.
it.each(FOLDERS)('%s names the packages that it imports in its package.json', (folder) => {
  const manifest = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8')) as Manifest;
  const kinds = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'];
  const named = new Set([
    manifest.name,
    ...kinds.flatMap((kind) => Object.keys((manifest[kind] as object | undefined) ?? {})),
  ]);
  expect([...listImports(folder)].filter(([name]) => !named.has(name))).toEqual([]);
});
