import { base } from '../../jest.base.js';

// By itself jest would use one core of two. Tests that wait leave a part of a core to the other packages. What test files leave behind stays in memory: a worker that has grown is replaced.
export default { ...base, maxWorkers: 2, workerIdleMemoryLimit: '1.5GB' };
