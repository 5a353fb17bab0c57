import { base } from '../../jest.base.js';

// The longest after the command: it ends sooner on both cores.
export default { ...base, maxWorkers: 2 };
