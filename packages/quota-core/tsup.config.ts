import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.js';

// Most programs rate no calls.
export default defineConfig({ ...base, entry: { index: 'src/index.ts', 'telephony/index': 'src/telephony/index.ts' } });
