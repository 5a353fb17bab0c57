import { readFileSync } from 'node:fs';
import { defineConfig, type Options } from 'tsup';
import { base } from '../../tsup.base.js';
import { thirdPartyNotices } from '../../tsup.notices.js';

/** Kysely freezes each part of each query, which takes longer than to build it; nothing changes one afterwards. */
const withoutFreezing: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'without-freezing',
  setup(build) {
    build.onLoad({ filter: /[\\/]kysely[\\/]dist[\\/]esm[\\/]util[\\/]object-utils\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const contents = text.replace('return Object.freeze(obj);', 'return obj;');
      if (contents === text) throw new Error('Kysely freezes its queries elsewhere: change tsup.config.ts.');
      return { contents };
    });
  },
};

export default defineConfig({
  ...base,
  entry: ['src/index.ts', 'src/testing/index.ts'],
  // From its some 300 files kysely loads in 90 ms, from one in 20: more than the rest of a short command takes.
  noExternal: ['kysely'],
  esbuildPlugins: [withoutFreezing, thirdPartyNotices],
});
