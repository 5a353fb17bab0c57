import type { FakeResponse } from '../../core/fake-response.js';
import type { AstRefusal, RefusalCode } from '../refusal.js';

const statuses: Record<RefusalCode, number> = {
  bad_request: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  validation_failed: 422,
};

export function refused({ code, message, details }: AstRefusal, requestId: string): FakeResponse {
  return { status: statuses[code], body: { error: { code, message, details, request_id: requestId } } };
}

export const one = (data: object, status = 200): FakeResponse => ({ status, body: { data } });
