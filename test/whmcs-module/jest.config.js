import { base } from '../../jest.base.js';

// The last of the packages: what waits for PHP leaves a core idle.
export default { ...base, maxWorkers: 2 };
