import { it } from '@jest/globals';

/** Whether the tests have their stores in files, not on PostgreSQL instead. */
export const isOnFiles = process.env['SLUICE_TEST_STORE'] !== 'postgres';

/** A test of what only files have: backups, copies of the file, its bytes, a kill before each of its statements, and rows that are changed behind the back of the store. */
export const onFiles: typeof it | typeof it.skip = isOnFiles ? it : it.skip;
