const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const path = require('node:path');

// Removes the types from a file. What is in the cache needs no compiler, and a file has the same key in all packages.

const base = readFileSync(path.join(module.path, '..', '..', 'tsconfig.base.json'), 'utf8');
const { version } = require('esbuild/package.json');
const same = [readFileSync(module.filename, 'utf8'), base, version];

module.exports = {
  getCacheKey: (text, file) =>
    createHash('sha256')
      .update([...same, file, text].join('\0'))
      .digest('hex'),
  process: (text, file) =>
    // Loaded only for a file that is not in the cache.
    require('esbuild').transformSync(text, {
      loader: 'ts',
      format: 'esm',
      target: 'node20',
      platform: 'node',
      sourcefile: file,
      sourcemap: 'inline',
      sourcesContent: false,
      tsconfigRaw: base,
    }),
};
