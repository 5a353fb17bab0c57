import { findMarkers } from '@sluice/quota-core/telephony';

/**
 * Returns the marks of bills on a line of an invoice. One that the billing system made by itself has none: it may have text that its
 * client typed, such as a field of an order.
 */
export function ownMarkers({ description, generated = false }: { description: string; generated?: boolean }): string[] {
  return generated ? [] : findMarkers(description);
}
