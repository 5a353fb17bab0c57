import { base } from '../../jest.base.js';

// It runs alone, on both cores (scripts/test.mjs).
export default { ...base, maxWorkers: 2 };
