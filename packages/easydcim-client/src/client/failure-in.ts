import type { PanelFailure } from '@sluice/panel-http';
import { isObject } from './json.js';

const failed = /^(error|fail|failed|failure)$/i;

/**
 * A refusal inside of a 2xx answer (docs/panels/easydcim.md, 1.5): `success: false`, or a `status` that says so. A record of its
 * own, such as a port in the state "error", is no refusal: it has an id and no message.
 */
export function failureIn({ json }: { json: unknown }): PanelFailure | null {
  if (!isObject(json)) return null;
  const words = wordsOf(json);
  const isRecord = 'id' in json && words === null && !('errors' in json);
  const saysNo =
    json['success'] === false || (typeof json['status'] === 'string' && failed.test(json['status']) && !isRecord);
  return saysNo ? { code: 'PANEL_REJECTED', message: words ?? 'the panel gave no reason' } : null;
}

function wordsOf(json: Record<string, unknown>): string | null {
  for (const key of ['error', 'message', 'detail', 'details', 'reason']) {
    const value = json[key];
    if (typeof value === 'string' && value.trim() !== '') return value;
    if (typeof value === 'object' && value !== null && Object.keys(value).length > 0) return JSON.stringify(value);
  }
  return null;
}
