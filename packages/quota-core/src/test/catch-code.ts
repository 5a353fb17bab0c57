import { QuotaCoreError } from '../index.js';

/** Returns a function that returns the code of the error of this class that `run` throws, and fails when it throws nothing or something else. */
export function catching(Kind: new (...args: never[]) => Error & { code: string }): (run: () => unknown) => string {
  return (run) => {
    try {
      run();
    } catch (error) {
      if (error instanceof Kind) return error.code;
      throw error;
    }
    throw new Error('nothing was thrown');
  };
}

/** The code of the QuotaCoreError that `run` throws. */
export const catchCode = catching(QuotaCoreError);
