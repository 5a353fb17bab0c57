import { appendFileSync } from 'node:fs';
import { afterAll, expect } from '@jest/globals';

// Notes which mutants a test file reaches, and how long it takes. Modules that several files share keep the object that they first found.

const noted = (process.mutants ??= { mutantCoverage: { static: {}, perTest: {} } }).mutantCoverage;
globalThis.__stryker__ = process.mutants;
noted.static = {};
const startedAt = performance.now();

afterAll(() => {
  const { testPath: file } = expect.getState();
  const line = { file, ms: Math.round(performance.now() - startedAt), mutants: Object.keys(noted.static) };
  appendFileSync(process.env.SLUICE_REACHED, `${JSON.stringify(line)}\n`);
});
