import type { CopyOptions, CopyResult } from './copy-store.js';
import type { UndoCopyOptions, UndoCopyResult } from './undo-copy.js';

// Loaded when a store is copied: hardly any command does.

/** As `copyStore` of copy-store.ts. */
export const copyStore = async (options: CopyOptions): Promise<CopyResult> =>
  (await import('./copy-store.js')).copyStore(options);

/** As `undoCopy` of undo-copy.ts. */
export const undoCopy = async (options: UndoCopyOptions): Promise<UndoCopyResult> =>
  (await import('./undo-copy.js')).undoCopy(options);
