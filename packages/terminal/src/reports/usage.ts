import type { ServiceView } from '@sluice/engine';
import { usageInMode } from '@sluice/quota-core';
import { bytesCell } from '../terminal.js';

/** Returns the used bytes of the direction that counts. */
export function usedBytes({ usage, mode }: Pick<ServiceView, 'usage' | 'mode'>): number | null {
  return usage && usageInMode(usage, mode === 'IN' || mode === 'OUT' ? mode : 'TOTAL');
}

/** Returns the allowed bytes; null without a limit. */
export function allowedBytes({ allowance }: Pick<ServiceView, 'allowance'>): number | null {
  return allowance?.allowedBytes ?? null;
}

/** Returns the used bytes of the direction that counts as text; null where they are unknown. */
export function usedCell(service: Pick<ServiceView, 'usage' | 'mode'>): string | null {
  return bytesCell(usedBytes(service));
}
