/** Which traffic counts against the quota: into the service, out of it, or both together. */
export type Mode = 'IN' | 'OUT' | 'TOTAL';

/**
 * The mode in force: the operator's override, else the service's own field, else the product's, else TOTAL.
 *
 * @example
 * ```ts
 * resolveMode({ override: null, service: 'OUT', product: 'TOTAL' }); // OUT
 * ```
 */
export function resolveMode(input: { override: Mode | null; service: Mode | null; product: Mode | null }): Mode {
  return input.override ?? input.service ?? input.product ?? 'TOTAL';
}
