import type { Kysely } from 'kysely';

/** One step of the schema. Steps only go forward, and one that was released is never changed. */
export interface Migration {
  /** 1, 2, 3, … without a gap. */
  version: number;
  /** Its file name without the ending. */
  name: string;
  /** Whether it removes secrets: then nothing of the old rows stays in the file. */
  removesSecrets?: boolean;
  /** Runs inside the transaction of all pending steps. */
  up(db: Kysely<unknown>): Promise<void>;
}
