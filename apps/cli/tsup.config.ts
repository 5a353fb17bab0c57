import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.js';

export default defineConfig({
  ...base,
  entry: { main: 'src/main.ts' },
  dts: false,
  splitting: true,
  // The fakes are a private part of the command (`sluice demo`); everything else is a published dependency.
  noExternal: ['@sluice/fake-panels'],
});
