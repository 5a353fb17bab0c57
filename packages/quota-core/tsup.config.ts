import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.js';

// Most programs rate no calls, and most panels have no agents, whose rules import the main entry by its name: no chunk is shared with it.
export default defineConfig({
  ...base,
  entry: {
    index: 'src/index.ts',
    'agents/index': 'src/agents/index.ts',
    'telephony/index': 'src/telephony/index.ts',
  },
  external: ['@sluice/quota-core'],
});
