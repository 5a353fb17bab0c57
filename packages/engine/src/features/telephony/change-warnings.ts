import type { RecordChange } from '@sluice/contract/documents';
import type { TelephonyResource } from '@sluice/panel-kind';
import { toText, type WrittenValue } from './documents.js';
import { RECORD_NAMES } from './panels.js';

/** Returns in sentences what of a change the panel does not show as it was sent, and what does not stay. */
export function toWarnings(
  resource: TelephonyResource,
  { record, differs, putBackBy }: Pick<RecordChange, 'record' | 'differs' | 'putBackBy'>,
): string[] {
  const show = (name: string): string => {
    const value = (record[name] ?? null) as WrittenValue;
    return value === null ? '' : toText(value);
  };
  const what = `${RECORD_NAMES[resource]} ${show('id') || show('name')}`.trim();
  const warnings = differs.map(
    (name) => `${what}: the panel shows ${name} as "${show(name)}", which is not what was sent`,
  );
  if (putBackBy !== null)
    warnings.push(`${what} is the line of ${putBackBy}, whose next reconcile puts it back: change the service instead`);
  return warnings;
}
