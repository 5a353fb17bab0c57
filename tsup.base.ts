import type { Options } from 'tsup';

/** What every package is built with: ESM for Node 20, types beside it, sources inside the maps. */
export const base: Options = {
  entry: ['src/index.ts'],
  format: 'esm',
  target: 'node20',
  platform: 'node',
  // The types of our other packages as built: reading their sources for each again takes twice as long.
  dts: { compilerOptions: { customConditions: [] } },
  sourcemap: true,
  clean: true,
};
