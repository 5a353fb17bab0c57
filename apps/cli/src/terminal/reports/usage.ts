import type { ServiceView } from '@sluice/engine';
import { usedBytes } from '@sluice/engine/words';
import { bytesCell } from '../terminal.js';

export { usedBytes };

/** Returns the allowed bytes; null without a limit. */
export function allowedBytes({ allowance }: Pick<ServiceView, 'allowance'>): number | null {
  return allowance?.allowedBytes ?? null;
}

/** Returns the used bytes of the direction that counts as text; null where they are unknown. */
export function usedCell(service: Pick<ServiceView, 'usage' | 'mode'>): string | null {
  return bytesCell(usedBytes(service));
}
