import type { Options } from 'tsup';

/** What every package is built with: ESM for Node 20, sources inside the maps; scripts/declarations.mjs writes the types. */
export const base: Options = {
  entry: ['src/index.ts'],
  format: 'esm',
  target: 'node20',
  platform: 'node',
  // Optional: it is there or not where the command runs.
  external: ['@resvg/resvg-js'],
  sourcemap: true,
  clean: true,
};
