import { findMarkers } from '@sluice/quota-core';
import type { WhmcsInvoiceItem } from '../index.js';

/** Whether WHMCS made a line by itself: it may have text of its client, such as a custom field of the order, and so any marker. */
export function isGenerated({ type }: Pick<WhmcsInvoiceItem, 'type'>): boolean {
  return type !== '';
}

/** Returns the markers in a line that WHMCS did not make by itself. */
export function readMarkers({ type, description }: Pick<WhmcsInvoiceItem, 'type' | 'description'>): string[] {
  return isGenerated({ type }) ? [] : findMarkers(description);
}
