import type { SourceService } from '@sluice/contract/ports';
import type { ServiceRecord } from '@sluice/state-store';

/** Ends a protection that came from the billing system and has no date there any more; a date that an operator set stays. */
export function followProtection(after: ServiceRecord, texts: SourceService['texts'], ref: string): void {
  if (Object.keys(texts).length === 0) return;
  const stated = texts['protected_until'];
  if (stated !== undefined) {
    if (after.protectedUntil === stated) after.refs[ref] = stated;
    return;
  }
  const taken = after.refs[ref];
  if (taken === undefined) return;
  if (after.protectedUntil === taken) after.protectedUntil = null;
  Reflect.deleteProperty(after.refs, ref);
}
