import { build } from 'esbuild';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './ensure-installed.mjs';

// Writes the tables that a new store gets, as all migrations together make them (packages/state-store/src/migrations/schema.ts).

const folder = path.join(root, 'packages', 'state-store');
const bundle = path.join(folder, '.schema.mjs');
try {
  await build({
    entryPoints: [path.join(folder, 'src', 'migrations', 'read-schema.ts')],
    outfile: bundle,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'warning',
  });
  const { readSchema } = await import(pathToFileURL(bundle).href);
  const statements = await readSchema();
  writeFileSync(
    path.join(folder, 'src', 'migrations', 'schema.ts'),
    `/** What makes the tables of a new store, as all steps together leave them. Written by \`npm run schema\`. */
export const SCHEMA: readonly string[] = [
${statements.map((statement) => `  ${JSON.stringify(statement)},`).join('\n')}
];
`,
  );
  process.stdout.write(`${statements.length} statements\n`);
} finally {
  rmSync(bundle, { force: true });
}
