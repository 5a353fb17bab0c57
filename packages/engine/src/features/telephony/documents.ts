import type { TelephonyDocument } from '@sluice/contract/documents';
import { isSecretName, type TelephonyField } from '@sluice/panel-kind';
import { compareMoney } from '@sluice/quota-core';
import { type DidDestination, isSameDocument } from '@sluice/quota-core/telephony';

/** Returns a record as documents have it: without passwords, further fields of the profile last. */
export function toDocument(record: object): TelephonyDocument {
  const { extra = {}, ...known } = record as { extra?: Record<string, unknown> };
  const further = Object.entries(extra).filter(([name]) => !isSecretName(name));
  return { ...snakeCased(known), ...Object.fromEntries(further) };
}

function snakeCased(record: object): Record<string, unknown> {
  const isRecord = (value: unknown): value is object =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [toSnake(name), isRecord(value) ? snakeCased(value) : value]),
  );
}

function toSnake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Returns a name as records have it: `planId`. */
export function toCamel(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}

/** A value to be written. */
export type WrittenValue = string | number | boolean | readonly string[] | DidDestination | null;

function isDestination(value: WrittenValue): value is DidDestination {
  return typeof value === 'object' && value !== null && 'type' in value;
}

/** Returns whether a record shows a value as it was written. */
export function showsValue({ name, type }: TelephonyField, document: TelephonyDocument, wanted: WrittenValue): boolean {
  if (type === 'secret') return true;
  const shown = (document[name] ?? null) as WrittenValue;
  if (wanted === null || wanted === '') return shown === null || shown === '';
  if (isDestination(wanted)) return shown !== null && toText(shown) === toText(wanted);
  if (type === 'money' && typeof shown === 'string') return compareMoney(shown, toText(wanted)) === 0;
  if (type === 'document' && typeof shown === 'string') return isSameDocument(shown, toText(wanted));
  return shown !== null && toText(shown) === toText(wanted);
}

/** Returns a value as text; ids in a list are separated by commas. */
export function toText(value: WrittenValue): string {
  if (isDestination(value)) return value.type === 'none' ? 'none' : `${value.type}:${value.value ?? ''}`;
  return typeof value === 'object' ? (value ?? []).join(',') : String(value);
}
