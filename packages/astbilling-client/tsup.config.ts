import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.js';

export default defineConfig({
  ...base,
  entry: { index: 'src/index.ts', account: 'src/account/index.ts', panel: 'src/panel/index.ts' },
});
