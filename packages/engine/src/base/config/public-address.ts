import type { Config } from './schema.js';

/** Returns the address of a page as everybody reaches it; null where the config names no public address. */
export function toPublicAddress({ serve }: Pick<Config, 'serve'>, path: string): string | null {
  return serve.publicUrl === undefined ? null : `${serve.publicUrl.replace(/\/+$/, '')}${path}`;
}
