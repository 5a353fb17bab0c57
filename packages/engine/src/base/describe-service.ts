import type { ServiceRecord } from '@sluice/state-store';
import { productName } from './config/package-name.js';
import type { Config } from './config/schema.js';

/** A service, as far as its title needs it; without a name it is called by its id. */
export interface NamedService extends Pick<ServiceRecord, 'id'> {
  name?: string | null | undefined;
}

/**
 * Returns what people call a service, with its id behind: the id finds it, and stays.
 *
 * @example
 * ```ts
 * describeService({ id: 'svc-17', name: 'Web server Paris' }); // Web server Paris (svc-17)
 * ```
 */
export function describeService({ id, name = null }: NamedService): string {
  return name === null ? id : `${name} (${id})`;
}

/** Returns a sentence that begins with the id of a service, or has it in quotes, with its name before the id. */
export function nameInText(text: string, { id, name = null }: NamedService): string {
  if (name === null) return text;
  if (text.startsWith(id) && /^(?:[\s:,;']|$)/.test(text.slice(id.length)))
    return `${describeService({ id, name })}${text.slice(id.length)}`;
  return text.replace(`"${id}"`, () => describeService({ id, name }));
}

/** What lists show of the service of a row; null where it is not stored any more. */
export function toOwner(
  config: Pick<Config, 'products'>,
  service: ServiceRecord | undefined,
): Record<'name' | 'panel' | 'product' | 'productName' | 'client' | 'clientName', string | null> {
  const { name = null, panel = null, product = null, client = null, clientName = null } = service ?? NOBODY;
  const ofProduct = { product, productName: product === null ? null : productName(config, product) };
  return { name, panel, ...ofProduct, client, clientName };
}

const NOBODY: Partial<ServiceRecord> = {};
