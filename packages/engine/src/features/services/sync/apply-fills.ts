import type { SourceService } from '@sluice/contract/ports';
import type { SourceFact, SourceFacts } from '@sluice/quota-core';
import type { ServiceRecord } from '@sluice/state-store';
import { findEntry } from '../../../base/config/find-entry.js';
import type { Context } from '../../../context/context.js';

/** Facts that follow the billing system as long as the service lasts; the others decide who an account belongs to. */
const FOLLOWING: readonly SourceFact[] = ['option', 'email'];

/** Returns the facts that fill columns, by product of the config. */
export function listFacts(context: Pick<Context, 'config' | 'findKind'>): Record<string, SourceFacts> {
  const products = Object.entries(context.config.products);
  return Object.fromEntries(
    products.flatMap(([name, { panel }]): [string, SourceFacts][] => {
      const facts = context.findKind(panel)?.facts;
      return facts === undefined ? [] : [[name, facts]];
    }),
  );
}

/**
 * Adds to a service's texts what the billing system knows of its order and client. An account keeps what it was made with: after a
 * renaming of its client it would be searched for, and confirmed, by another name.
 */
export function applyFills<Service extends SourceService>(
  context: Pick<Context, 'config' | 'findKind'>,
  service: Service,
  before: ServiceRecord | undefined,
): Service {
  const kind = context.findKind(findEntry(context.config.products, service.texts['product'] ?? '')?.panel ?? '');
  const { facts, requiredRef = null } = kind ?? {};
  if (facts === undefined) return service;
  const { texts, fills, unfilled, problems } = service;
  const named = requiredRef === null ? undefined : (before?.refs[requiredRef] ?? texts[requiredRef]);
  const isOwn = before !== undefined && before.ownRefs.length > 0;
  const isMade = isOwn || (named ?? '') !== '';
  const isOpen = (column: string): boolean => {
    const fact = findEntry(facts, column);
    return fact !== undefined && (!isMade || FOLLOWING.includes(fact));
  };
  const isKept = ([column, text]: [string, string]): boolean =>
    isOwn && text === '' && findEntry(facts, column) !== undefined;
  const stated = Object.entries(texts).filter((entry) => !isKept(entry));
  const filled = Object.entries(fills).filter(([column]) => isOpen(column));
  const missing = unfilled.filter(({ key }) => !isMade && key !== null && isOpen(key) && !hasText(before, key));
  return { ...service, texts: Object.fromEntries([...stated, ...filled]), problems: [...problems, ...missing] };
}

function hasText(record: ServiceRecord | undefined, key: string): boolean {
  return record !== undefined && (record.fields[key] ?? record.refs[key]) !== undefined;
}
