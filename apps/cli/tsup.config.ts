import { readFileSync } from 'node:fs';
import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.js';

interface Manifest {
  version: string;
  devDependencies: Record<string, string>;
}
const { version, devDependencies } = JSON.parse(
  readFileSync(new URL('package.json', import.meta.url), 'utf8'),
) as Manifest;

export default defineConfig({
  ...base,
  entry: { main: 'src/main.ts' },
  dts: false,
  splitting: true,
  treeshake: false,
  minifySyntax: true,
  minifyWhitespace: true,
  define: { SLUICE_VERSION: JSON.stringify(version) },
  // Bundled, so that a command starts with a few files instead of hundreds: what stands in devDependencies, the fakes
  // of `sluice demo` among them. Our own libraries and the native driver stay dependencies.
  noExternal: Object.keys(devDependencies),
  // Some of what is bundled is CommonJS and asks for Node's own modules with `require`.
  banner: {
    js: "import { createRequire as nodeRequire } from 'node:module';const require = nodeRequire(import.meta.url);",
  },
});
