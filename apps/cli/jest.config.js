import { base } from '../../jest.base.js';

export default { ...base, testTimeout: 120_000 };
