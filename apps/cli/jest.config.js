import { base } from '../../jest.base.js';

// Every file loads the whole command anew and its modules stay in memory: a worker that has grown is replaced.
export default { ...base, maxWorkers: 2, workerIdleMemoryLimit: '768MB' };
