import { readFileSync } from 'node:fs';
import { defineConfig, type Options } from 'tsup';
import { base } from '../../tsup.base.js';
import { thirdPartyNotices } from '../../tsup.notices.js';
import { fewerFiles } from './tsup.fewer-files.js';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as { version: string };

/** commander loads it for commands that are programs of their own; Sluice has none, and it takes a tenth of `--help`. */
const withoutChildProcess: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'without-child-process',
  setup(build) {
    build.onResolve({ filter: /^(node:)?child_process$/ }, ({ importer }) =>
      /[\\/]commander[\\/]/.test(importer) ? { path: 'child_process', namespace: 'without' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'without' }, () => ({ contents: 'module.exports = {};', loader: 'js' }));
  },
};

/** Looking for the driver's compiled part wherever a build may have put it takes longer than loading it. */
const driverInPlace: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'driver-in-place',
  setup(build) {
    build.onResolve({ filter: /^bindings$/ }, ({ path }) => ({ path, namespace: 'driver' }));
    build.onLoad({ filter: /.*/, namespace: 'driver' }, () => ({
      contents: 'module.exports = (name) => require(`better-sqlite3/build/Release/${name}`);',
      loader: 'js',
    }));
  },
};

/** undici loads it for servers that speak it; over our connections none is asked to, and it takes half as long as the rest. */
const withoutHttp2: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'without-http2',
  setup(build) {
    build.onResolve({ filter: /^node:http2$/ }, () => ({ path: 'http2', namespace: 'without-http2' }));
    build.onLoad({ filter: /.*/, namespace: 'without-http2' }, () => ({
      contents: 'module.exports = { constants: {} };',
      loader: 'js',
    }));
  },
};

/** All of undici takes a tenth of a second to load, four fifths of it for what is not used here. */
const clientAlone: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'client-alone',
  setup(build) {
    build.onResolve({ filter: /^undici$/ }, ({ path, resolveDir }) => ({
      path,
      namespace: 'client',
      pluginData: resolveDir,
    }));
    build.onLoad({ filter: /.*/, namespace: 'client' }, ({ pluginData }) => ({
      contents: `export { default as Client } from 'undici/lib/dispatcher/client.js';`,
      resolveDir: pluginData as string,
    }));
  },
};

/** Handlers of commands are loaded when they are called; what only reads the declared commands needs none of them. */
const declarationsAlone: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'declarations-alone',
  setup(build) {
    build.onResolve({ filter: /^\./ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    );
  },
};

const command: Options = {
  ...base,
  esbuildPlugins: [withoutChildProcess, driverInPlace, clientAlone, withoutHttp2, thirdPartyNotices],
  // The completion of names must be faster than commands; `usage` reads what all do that open the store, and little else; the
  // commands that work on panels need the loop.
  plugins: [
    fewerFiles('command.js', {
      names: ['list-stored'],
      common: ['usage', 'remedies', 'standing'],
      run: ['runs', 'run'],
    }),
  ],
  entry: { command: 'src/command.ts' },
  splitting: true,
  removeNodeProtocol: false,
  treeshake: false,
  minifySyntax: true,
  minifyWhitespace: true,
  define: { SLUICE_VERSION: JSON.stringify(version) },
  // Bundled, so that a command starts with a few files instead of hundreds: all of it stands in devDependencies. The native
  // driver alone stays a dependency, for its compiled part.
  noExternal: ['better-sqlite3'],
};

/** What starts the command: with code that an earlier one has compiled, which Node 20 has for CommonJS alone. */
const main: Options = {
  ...base,
  entry: { main: 'src/main.ts' },
  format: 'cjs',
  outExtension: () => ({ js: '.js' }),
  // The folder is that of `command`, which cleans it.
  clean: false,
  splitting: false,
  define: { 'import.meta.filename': '__filename', 'import.meta.dirname': '__dirname' },
};

/** Writes the manual; the build runs it once. */
const manual: Options = {
  ...base,
  esbuildPlugins: [withoutChildProcess, declarationsAlone],
  entry: { 'write-man-pages': 'src/write-man-pages.ts' },
  outDir: '.man',
  sourcemap: false,
  splitting: false,
  define: { SLUICE_VERSION: JSON.stringify(version) },
  noExternal: [/.*/],
  banner: { js: 'const require = process.getBuiltinModule;' },
};

export default defineConfig([command, main, manual]);
