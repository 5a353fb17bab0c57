import type { Check } from '@sluice/contract/documents';

/** Returns a function that makes checks of one object. */
export function toChecks(name: string, object: string) {
  return (status: Check['status'], message: string, code?: string): Check => ({
    ...{ name, object, status, message },
    ...(code === undefined ? {} : { code }),
  });
}
