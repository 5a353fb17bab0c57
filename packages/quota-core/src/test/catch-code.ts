import { QuotaCoreError } from '../index.js';

/** The code of the QuotaCoreError that `run` throws; fails when it throws nothing or something else. */
export function catchCode(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof QuotaCoreError) return error.code;
    throw error;
  }
  throw new Error('nothing was thrown');
}
