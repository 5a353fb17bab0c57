import { base as shared, withPostgres } from '../../jest.base.js';

const { testSequencer, ...base } = shared;

/** Tests about files, about both databases at once, and about what needs no store. */
const WITHOUT_POSTGRES = [
  '/sqlite/',
  '/migrations/',
  '/copy/',
  '/testing/',
  '/(decision-basis|open-store|query-plans|record-table|restore-store|store-address|two-backups|readme)\\.test',
];

/** Tests run once with files and once on PostgreSQL. */
export default {
  testSequencer,
  testTimeout: base.testTimeout,
  projects: [
    {
      ...base,
      displayName: 'SQLite',
      setupFiles: ['<rootDir>/src/test/on-sqlite.ts'],
      testPathIgnorePatterns: ['/postgres/'],
    },
    {
      ...base,
      ...withPostgres,
      displayName: 'PostgreSQL',
      testPathIgnorePatterns: WITHOUT_POSTGRES,
    },
  ],
};
