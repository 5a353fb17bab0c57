import { checkStore } from './check-store.js';
import { prune } from './prune.js';
import type { StateStore } from './store.js';
import type { Access } from './tables/access.js';

/** Maintenance of a store: retention, checks, backups. */
export function createMaintenance(parts: {
  access: Access;
  location: string;
  schemaVersion: number;
  backup: (file: string) => Promise<void>;
}): StateStore['maintenance'] {
  return {
    prune: (request) => prune(parts.access, request),
    check: () => parts.access.read((session) => checkStore(session, parts.location, parts.schemaVersion)),
    backup: parts.backup,
  };
}
