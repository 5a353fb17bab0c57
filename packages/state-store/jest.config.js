import { base as shared } from '../../jest.base.js';

const { testSequencer, ...base } = shared;

/** Tests about files, about both databases at once, and about what needs no store. */
const WITHOUT_POSTGRES = [
  '/sqlite/',
  '/migrations/',
  '/copy/',
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
      displayName: 'PostgreSQL',
      setupFiles: ['<rootDir>/src/test/on-postgres.ts'],
      setupFilesAfterEnv: ['<rootDir>/src/test/skip-without-postgres.ts'],
      testPathIgnorePatterns: WITHOUT_POSTGRES,
    },
  ],
};
