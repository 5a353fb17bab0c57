import { usageError } from '@sluice/panel-kind/errors';

/** Returns `--ref`; undefined without it. `done`: what an empty one does not do. */
export function parseRef(ref: string | undefined, done: 'bought' | 'created' | 'changed'): string | undefined {
  if (ref?.trim() === '') throw usageError('bad_option', `--ref: the reference is empty; nothing was ${done}`);
  return ref;
}
