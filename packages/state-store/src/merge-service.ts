import type { ServiceChange, ServiceRecord } from './records.js';

/** Returns the service with the named columns and keys changed; all others stay. */
export function mergeService(record: ServiceRecord, change: ServiceChange): ServiceRecord {
  const { id, refs = {}, ownRefs = {}, fields = {}, ...columns } = change;
  return {
    ...record,
    ...columns,
    id,
    refs: mergeTexts(record.refs, refs),
    ownRefs: mergeNames(record.ownRefs, ownRefs),
    fields: mergeTexts(record.fields, fields),
  };
}

function mergeTexts(texts: Record<string, string>, change: Record<string, string | null>): Record<string, string> {
  const merged = new Map(Object.entries(texts));
  for (const [name, text] of Object.entries(change)) {
    if (text === null) merged.delete(name);
    else merged.set(name, text);
  }
  return Object.fromEntries(merged);
}

function mergeNames(names: readonly string[], change: Record<string, boolean>): string[] {
  const merged = new Set(names);
  for (const [name, isIn] of Object.entries(change)) {
    if (isIn) merged.add(name);
    else merged.delete(name);
  }
  return [...merged];
}
