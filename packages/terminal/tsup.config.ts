import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.js';

// Entries of their own, so that a command loads only what it prints with.
export default defineConfig({
  ...base,
  // A bundle of the command finds `readline/promises` by it alone.
  removeNodeProtocol: false,
  entry: {
    index: 'src/index.ts',
    text: 'src/text.ts',
    ask: 'src/ask.ts',
    'files/index': 'src/files/index.ts',
    'rows/index': 'src/rows/index.ts',
    templates: 'src/templates.ts',
    'reports/index': 'src/reports/index.ts',
    'lists/index': 'src/lists/index.ts',
    'telephony/index': 'src/telephony/index.ts',
    graphs: 'src/graphs.ts',
    'completion/index': 'src/completion/index.ts',
    'manual/index': 'src/manual/index.ts',
  },
});
