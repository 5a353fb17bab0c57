import { type FakeResponse } from '../core/fake-response.js';
import { signInPage } from '../core/sign-in-page.js';

/** No token, or none that is known. */
export function unauthenticated(as: '401' | 'redirect' | 'sign-in-page', signInUrl: string): FakeResponse {
  if (as === 'redirect') return { status: 302, headers: { Location: signInUrl }, body: '' };
  if (as === 'sign-in-page') return { status: 200, body: signInPage };
  return { status: 401, body: { message: 'Unauthenticated.' } };
}

/** The token may not do this. */
export function forbidden(): FakeResponse {
  return { status: 403, body: { message: 'This action is unauthorized.' } };
}

/** No such endpoint, or no such object. */
export function notFound(as: 'json' | 'html'): FakeResponse {
  if (as === 'html') return { status: 404, body: '<html><body>404</body></html>' };
  return { status: 404, body: { message: 'Not Found' } };
}

/** The panel refused the request. */
export function refused(message: string): FakeResponse {
  return { status: 422, body: { message } };
}

/** Fields of the request are missing or wrong. */
export function invalid(errors: Readonly<Record<string, string>>): FakeResponse {
  const lists = Object.fromEntries(Object.entries(errors).map(([field, text]) => [field, [text]]));
  return { status: 422, body: { message: 'The given data was invalid.', errors: lists } };
}
