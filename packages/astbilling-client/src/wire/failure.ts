import type { Scalar } from '../profile/value-forms.js';
import {
  type CallOperation,
  type FailureKind,
  failureKinds,
  type FailureTest,
  type Profile,
} from '../profile/schema.js';
import { findAt, scalarText } from './pointer.js';
import { plainText } from './plain-text.js';

/** A refusal in the words of the system and of the contract. */
export interface WireFailure {
  kind: FailureKind;
  /** The system's own code. */
  code: string | null;
  message: string | null;
  requestId: string | null;
  details: { field: string; code: string | null; message: string }[];
}

/** What an answer is before it is read. */
export interface Reply {
  status: number;
  text: string;
  /** Absent when the body is not JSON. */
  json?: unknown;
}

/** Finds the refusal in an answer with any status, by the profile's tests and then the operation's; null where none fits. */
export function findFailure(
  profile: Pick<Profile, 'errors'>,
  operation: Pick<CallOperation, 'failedWhen'>,
  reply: Reply,
): WireFailure | null {
  for (const test of [...(profile.errors.failedWhen ?? []), ...(operation.failedWhen ?? [])]) {
    const match = matchTest(test, reply);
    if (match !== null) return toFailure(profile, test.kind, match.text, reply);
  }
  return null;
}

/** Describes a refusal that only its status shows. */
export function failureByStatus(profile: Pick<Profile, 'errors'>, reply: Reply): WireFailure {
  return toFailure(profile, undefined, null, reply);
}

function toFailure(
  { errors }: Pick<Profile, 'errors'>,
  stated: FailureKind | undefined,
  matched: string | null,
  { status, json }: Reply,
): WireFailure {
  const code = scalarAt(json, errors.code);
  const message = findAt(json, errors.message)?.value;
  const words = typeof message === 'string' && message.trim() !== '' ? message : matched;
  return {
    kind: stated ?? findKind(code, errors.codeMap) ?? toFailureKind(status),
    code,
    message: words === null ? null : plainText(words),
    requestId: scalarAt(json, errors.requestId),
    details:
      errors.details === undefined || errors.details === null ? [] : listDetails(findAt(json, errors.details)?.value),
  };
}

function matchTest(test: FailureTest, { status, text, json }: Reply): { text: string | null } | null {
  if (json === undefined) {
    // Such a page may quote the source of the system, with the words of all its refusals.
    if (status >= 500 && /^\s*</.test(text)) return null;
    const found = test.at === '' && test.contains?.some((part) => text.includes(part)) === true;
    return found ? { text } : null;
  }
  const found = findAt(json, test.at);
  if (test.equals !== undefined) {
    return found !== null && test.equals.includes(found.value as Scalar) ? { text: firstText(found.value) } : null;
  }
  if (test.present !== undefined) {
    const present = found !== null && found.value !== null;
    return present === test.present ? { text: firstText(found?.value) } : null;
  }
  // What is JSON is not searched as a whole: a customer's name may have such words.
  if (found === null || test.at === '') return null;
  const inner = textsIn(found.value).find((one) => test.contains?.some((part) => one.includes(part)));
  return inner === undefined ? null : { text: inner };
}

function* walk(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) yield* walk(inner);
  }
}

const textsIn = (value: unknown): string[] => [...walk(value)];

const firstText = (value: unknown): string | null => textsIn(value).find((text) => text.trim() !== '') ?? null;

function scalarAt(json: unknown, pointer: string | null | undefined): string | null {
  if (pointer === null || pointer === undefined) return null;
  return scalarText(findAt(json, pointer)?.value);
}

function findKind(code: string | null, codeMap: Record<string, FailureKind> = {}): FailureKind | null {
  if (code === null) return null;
  if (Object.hasOwn(codeMap, code)) return codeMap[code] ?? null;
  return failureKinds.find((kind) => kind === code) ?? null;
}

function toFailureKind(status: number): FailureKind {
  const kinds: Record<number, FailureKind> = {
    401: 'unauthorized',
    403: 'forbidden',
    404: 'not_found',
    409: 'conflict',
    422: 'validation_failed',
    429: 'rate_limited',
  };
  return kinds[status] ?? (status >= 500 ? 'unavailable' : 'bad_request');
}

function listDetails(value: unknown): WireFailure['details'] {
  if (Array.isArray(value)) {
    return value.flatMap((one: unknown) => {
      const { field, code, message } = (typeof one === 'object' && one !== null ? one : {}) as Record<string, unknown>;
      if (typeof field !== 'string') return [];
      const words = typeof message === 'string' ? plainText(message) : '';
      return [{ field, code: typeof code === 'string' ? code : null, message: words }];
    });
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([field, texts]) =>
    textsIn(texts).map((text) => ({ field, code: null, message: plainText(text) })),
  );
}
