import type { Config } from './schema.js';

/** Returns the checked section of a billing system; undefined where the config has none. */
export function billingSettings(config: Config, kind: string): Record<string, unknown> | undefined {
  return (config as unknown as Record<string, Record<string, unknown> | undefined>)[kind];
}

/** Returns the section that each product of the config has for a kind of billing system, by name of the product. */
export function billingSections({ products }: Pick<Config, 'products'>, kind: string): Record<string, unknown> {
  const sections = Object.entries(products).map(([name, product]): [string, unknown] => [name, product[kind]]);
  return Object.fromEntries(sections.filter(([, section]) => section !== undefined));
}
