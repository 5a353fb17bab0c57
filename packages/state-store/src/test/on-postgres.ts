import { whyNoPostgres } from '../testing/server.js';

// The tests of this run have their stores on PostgreSQL, or are skipped (scripts/jest/skipping.cjs).
const reason = whyNoPostgres();
Object.assign(globalThis, { SLUICE_TEST_STORE: 'postgres', ...(reason === null ? {} : { SLUICE_TEST_SKIP: reason }) });
