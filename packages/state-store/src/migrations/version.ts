/** The schema version that this version of the package reads and writes. */
export const LATEST_SCHEMA_VERSION = 46;
