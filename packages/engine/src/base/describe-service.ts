import type { ServiceRecord } from '@sluice/state-store';

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

/** Returns what people call a package, with its id behind; an id alone where nobody named it. */
export function describePackage({ package: id, packageName: name }: { package: string; packageName: string }): string {
  return describeService({ id, name: name === id ? null : name });
}

/** Returns a sentence that begins with the id of a service, or has it in quotes, with its name before the id. */
export function nameInText<T extends string>(text: T, { id, name = null }: NamedService): T {
  if (name === null) return text;
  if (text.startsWith(id) && /^(?:[\s:,;']|$)/.test(text.slice(id.length)))
    return `${describeService({ id, name })}${text.slice(id.length)}` as T;
  return text.replace(`"${id}"`, () => describeService({ id, name })) as T;
}
