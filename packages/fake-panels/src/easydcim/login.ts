import { type FakeResponse } from '../core/fake-response.js';
import { toFields, type PanelCall } from './panel.js';
import { invalid } from './refusals.js';

/** Returns a new token of the administrator for the right e-mail address and password. */
export function signIn({ panel, request }: PanelCall): FakeResponse {
  const fields = toFields(request);
  const errors: Record<string, string> = {};
  for (const field of ['email', 'password', 'device_name']) {
    if (typeof fields[field] !== 'string') errors[field] = `The ${field.replace('_', ' ')} field is required.`;
  }
  if (Object.keys(errors).length > 0) return invalid(errors);
  const { email, password } = panel.credentials;
  if (fields.email !== email || fields.password !== password) {
    return invalid({ email: 'These credentials do not match our records.' });
  }
  const token = `fake-session-${panel.access.tokens.size + 1}`;
  panel.access.tokens.set(token, { user: null, mayImpersonate: true });
  const [outer, inner] = panel.answers.login.shape.split('-');
  return { status: 200, body: inner === undefined ? { [outer ?? 'token']: token } : { data: { [inner]: token } } };
}
