import { base } from '../../jest.base.js';

// By itself jest would use one core of two, and tests that wait leave a third of two. What test files leave behind stays in memory: a worker that has grown is replaced.
export default { ...base, maxWorkers: 3, workerIdleMemoryLimit: '768MB' };
