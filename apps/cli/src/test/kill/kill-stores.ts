import { describe } from '@jest/globals';
import { acquireSchema, whyNoPostgres } from '@sluice/state-store/testing';

/** Where the store of a command is that is killed. */
export type StoreKind = 'a file' | 'PostgreSQL';

/** Describes tests for a store in a file and for one on PostgreSQL, which are skipped where that can't be had. */
export function describeOnEachStore(work: (kind: StoreKind) => void): void {
  const reason = whyNoPostgres();
  describe('with a store in a file', () => {
    work('a file');
  });
  (reason === null ? describe : describe.skip)(
    `with a store on PostgreSQL${reason === null ? '' : ` (${reason})`}`,
    () => {
      work('PostgreSQL');
    },
  );
}

/** An empty store for a config. */
export interface KillStore {
  /** The line of the config. */
  line: string;
  env: Record<string, string>;
  /** Its address, where it is no file. */
  url: string | null;
  /** The file of open holds. */
  holdsFile: string;
  close: () => Promise<void>;
}

/** Returns an empty store, or one that the first command makes. */
export async function newKillStore(kind: StoreKind): Promise<KillStore> {
  if (kind === 'a file')
    return { line: '', env: {}, url: null, holdsFile: 'sluice.db.holds.json', close: () => Promise.resolve() };
  const schema = await acquireSchema();
  await schema.empty();
  return {
    line: 'state: "${env:STATE_URL}"',
    env: { STATE_URL: schema.url },
    url: schema.url,
    holdsFile: 'postgres.holds.json',
    close: () => schema.release(),
  };
}
