import { describe, expect, it } from '@jest/globals';
import { fixture } from '../test/fixture.js';
import { findRefusal, findMessage } from './refusal.js';

const of = (name: string): ReturnType<typeof findRefusal> => {
  const { status, json } = fixture(name).response;
  return findRefusal({ status, json });
};

describe('findRefusal', () => {
  it.each([
    ['user.list-empty', 'PANEL_NOT_FOUND', 'no_users'],
    ['user.list-empty-any', 'PANEL_NOT_FOUND', 'no_users'],
    ['user.get-not-found', 'PANEL_NOT_FOUND', 'user_not_found'],
    ['user.get-not-yours', 'PANEL_FORBIDDEN', 'not_yours'],
    ['admin_user.get-self', 'PANEL_FORBIDDEN', 'not_yours'],
    ['admin_user.list-as-agent', 'PANEL_FORBIDDEN', 'unauthorized'],
    ['error.bad-key', 'PANEL_FORBIDDEN', 'unauthorized'],
    ['error.no-key', 'PANEL_FORBIDDEN', 'unauthorized'],
    ['error.proxy-path', 'PANEL_AUTH', 'wrong_path'],
    ['error.unknown-route', 'PANEL_NOT_FOUND', 'no_route'],
    ['error.method', 'PANEL_REJECTED', 'wrong_method'],
    ['error.bad-json', 'PANEL_REJECTED', 'bad_request'],
    ['user.post-exists', 'PANEL_REJECTED', 'exists'],
    ['user.post-invalid', 'PANEL_REJECTED', 'validation'],
    ['user.post-invalid-any', 'PANEL_REJECTED', 'validation'],
  ])('takes %s for %s, %s', (name, code, panelCode) => {
    expect(of(name)).toMatchObject({ code, panelCode });
  });

  it.each(['admin_user.patch', 'admin_user.post-no-uuid', 'user.post-half-made', 'error.db-lost', 'error.redis-down'])(
    'leaves %s to its status: the outcome is open',
    (name) => {
      expect(fixture(name).response.status).toBe(500);
      expect(of(name)).toBeNull();
    },
  );

  it('takes no other 404 for an empty list', () => {
    for (const message of ['You have no user!', 'you have no user', 'Not Found', '']) {
      expect(findRefusal({ status: 404, json: { message } })?.panelCode).not.toBe('no_users');
    }
    expect(findRefusal({ status: 403, json: { message: 'You have no user' } })).toBeNull();
    expect(findRefusal({ status: 404, json: null })).toBeNull();
  });

  it('names the fields of a validation error', () => {
    expect(of('user.post-invalid')?.message).toBe(
      'Validation error: foo: Unknown field.; name: Missing data for required field.; usage_limit_GB: Not a valid number.',
    );
  });
});

describe('findMessage', () => {
  it('stops before the statement and its private keys, and masks uuids', () => {
    const words = findMessage(fixture('user.post-duplicate-race').response.json);
    expect(words).toContain('Duplicate entry');
    expect(words).not.toMatch(/PRIVATE KEY|parameters|\[SQL|3c9d4f85-a06e/);
  });

  it('stops there also where the line break is missing', () => {
    expect(findMessage({ msg: 'boom [SQL: INSERT ...] [parameters: ...]' })).toBe('boom');
    expect(findMessage({ msg: 'boom -----BEGIN OPENSSH PRIVATE KEY-----' })).toBe('boom');
  });

  it('finds nothing where there is nothing', () => {
    for (const json of [null, 'text', {}, { message: 5 }, { msg: '\n' }]) expect(findMessage(json)).toBeNull();
  });
});
