import { describe, expect, it } from '@jest/globals';
import { fixture, fixtureText } from '../test/fixture.js';
import { builtInProfiles, parseProfile, readProfile } from './load.js';
import { ProfileError } from './profile-error.js';

interface Case {
  why: string;
  patch: object;
}

const { cases, valid } = fixture<{ cases: Case[]; valid: Case[] }>('profile.invalid-cases');

/** JSON merge patch (RFC 7396). */
function patched(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result = { ...(typeof target === 'object' ? target : {}) } as Record<string, unknown>;
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(result, key);
    else result[key] = patched(result[key], value);
  }
  return result;
}

const listProblems = (document: unknown): ProfileError['problems'] => {
  try {
    parseProfile(document);
  } catch (error) {
    if (error instanceof ProfileError) return error.problems;
    throw error;
  }
  throw new Error('The profile was accepted.');
};

/** The path of the deepest single change of a patch. */
function toLeaf(patch: unknown): string[] {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return [];
  const [key, ...others] = Object.keys(patch);
  return key === undefined || others.length > 0 ? [] : [key, ...toLeaf((patch as Record<string, unknown>)[key])];
}

describe('a profile', () => {
  it.each(cases)('is refused for $why, by its path', ({ patch }) => {
    const problems = listProblems(patched(fixture('profile.default'), patch));
    const [{ path, message }] = problems as [{ path: string; message: string }];
    expect(path).not.toBe('');
    expect(path.startsWith(toLeaf(patch).slice(0, 3).join('.')) || toLeaf(patch).join('.').startsWith(path)).toBe(true);
    expect(message).not.toMatch(/^Invalid/);
    expect(JSON.stringify(problems)).not.toContain('evil');
  });

  it.each(valid)('is accepted with $why', ({ patch }) => {
    expect(() => parseProfile(patched(fixture('profile.default'), patch))).not.toThrow();
  });

  it('is accepted as the examples stand, which the built-in ones are', () => {
    expect(parseProfile(fixture('profile.default'))).toEqual(builtInProfiles.default);
    const magnus = readProfile(fixtureText('profile.magnusbilling'));
    const { subscribers, dids, cdrs } = builtInProfiles.magnusbilling.resources;
    // What was found on the running system since the example was written.
    expect(magnus).toEqual({
      ...builtInProfiles.magnusbilling,
      blockedWords: undefined,
      filtersEncoding: magnus.filtersEncoding,
      rating: magnus.rating,
      resources: {
        ...builtInProfiles.magnusbilling.resources,
        subscribers: magnus.resources.subscribers,
        dids: magnus.resources.dids,
        cdrs: magnus.resources.cdrs,
      },
    });
    expect(cdrs).toMatchObject({ operations: { list: { pagination: { style: 'after', afterFilter: 'id' } } } });
    expect(dids).toMatchObject({
      fields: { ...magnus.resources.dids?.fields, reserved: 'reserved' },
      operations: { update: { send: expect.arrayContaining(['reserved']) } },
    });
    expect(subscribers).toMatchObject({
      fields: { ...magnus.resources.subscribers?.fields, sip_accounts: 'sip_count' },
      operations: { create: { lookup: { sip_name: { absent: true } } } },
    });
    expect(parseProfile(fixture('profile.pt-envelope')).name).toBe('pt-envelope');
    for (const profile of Object.values(builtInProfiles)) expect(parseProfile(profile)).toEqual(profile);
  });

  it('extends a built-in one by key; credentials and replaced operations do not mix', () => {
    const own = parseProfile({
      profileVersion: 1,
      name: 'ours',
      extends: 'magnusbilling',
      basePath: '/index.php',
      auth: { kind: 'none' },
      resources: {
        subscribers: {
          fields: { channels: null },
          operations: {
            create: { fixed: { creditlimit: 50 } },
            suspend: { method: 'POST', path: '/{id}/off' },
            terminate: false,
          },
        },
      },
    });
    expect(own.auth).toEqual({ kind: 'none' });
    const { fields, operations } = own.resources.subscribers ?? {};
    expect(fields).toMatchObject({ channels: null, plan_id: 'id_plan' });
    expect(operations?.create).toMatchObject({ fixed: { createUser: 1, creditlimit: 50 }, path: '/save' });
    expect(operations?.suspend).toEqual({ method: 'POST', path: '/{id}/off' });
    expect(operations?.terminate).toBe(false);
    expect(listProblems({ profileVersion: 1, name: 'x', extends: 'default', __proto__: null, token: 'x' })).toEqual([
      { path: 'token', message: 'a profile has no such key; remove it, or correct its spelling' },
    ]);
  });

  it.each([
    ['http.headers.key', { http: { headers: { key: 'x' } }, auth: hmac() }],
    ['auth.name', { auth: { kind: 'header' } }],
    ['auth.name', { auth: { kind: 'header', name: 'Host' } }],
    ['formats.timezone', { formats: { timezone: 'Brazil/Nowhere' } }],
    ['pagination.pageParam', { pagination: { style: 'page' } }],
    ['envelope.next', { pagination: { style: 'cursor', cursorParam: 'c' } }],
    ['errors.failedWhen.0', { errors: { failedWhen: [{ at: '/x' }] } }],
    ['resources.plans.within', { resources: { plans: { within: 'subscribers' } } }],
    ['resources.cdrs.fields.charge', { resources: { cdrs: { fields: { charge: null } } } }],
    ['resources.dids.values.status.b', { resources: { dids: { values: { status: { a: [1, 2], b: 2 } } } } }],
    ['resources.dids.operations.suspend.via', { resources: { dids: { operations: { suspend: { via: 'unlink' } } } } }],
    ['resources.dids.operations.get.path', { resources: { dids: { operations: { get: { path: '/x' } } } } }],
    ['resources.dids.operations.get.path', { resources: { dids: { operations: { get: { path: '/{id}/{x}' } } } } }],
    [
      'resources.dids.operations.link.compose.a',
      { resources: { dids: { operations: { link: { method: 'POST', compose: { a: '{id}{b}' } } } } } },
    ],
    [
      'resources.dids.operations.link.compose.a',
      {
        resources: {
          dids: {
            operations: {
              link: {
                method: 'POST',
                compose: { a: '{id}{b}' },
                lookup: { b: { method: 'GET', path: '/b', filters: { c: '{id}' }, at: '/b', absent: true } },
              },
            },
          },
        },
      },
    ],
    ['resources.cdrs.whenEmpty.talk_seconds', { resources: { cdrs: { whenEmpty: { talk_seconds: 'charge' } } } }],
    ['resources.auth.operations.verify.method', { auth: { kind: 'body', name: 'token' } }],
  ])('is refused at %s for what its parts say together', (path, patch) => {
    const document = { profileVersion: 1, name: 'x', extends: 'default', ...patch };
    expect(listProblems(document).map((problem) => problem.path.toLowerCase())).toContain(path.toLowerCase());
  });

  it('is refused when it is not a JSON object', () => {
    expect(() => readProfile('{')).toThrow('not JSON');
    for (const document of [null, [], 'x', 1]) expect(() => parseProfile(document)).toThrow(ProfileError);
    expect(() => parseProfile({ name: '\u001b[31m', profileVersion: 1 })).toThrow('The profile " [31m" is not usable.');
  });
});

function hmac(): object {
  return { kind: 'hmac', algorithm: 'sha512', digest: 'hex', signs: 'body', keyHeader: 'Key', signHeader: 'Sign' };
}
