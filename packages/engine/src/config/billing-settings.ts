import type { Config } from './schema.js';

/** Returns the checked section of a billing system; undefined where the config has none. */
export function billingSettings(config: Config, kind: string): Record<string, unknown> | undefined {
  return (config as unknown as Record<string, Record<string, unknown> | undefined>)[kind];
}
