import { unauthorised, get, remove, post, patch, users, user, invalid, type ReplayStep } from '../step.js';

const notYours = { status: 403, says: "You don't have permission to access this user" };

/** Reading, changing and deleting users, with the rights of each caller (docs/panels/hiddify.md, 2.3, 4.3, 4.7 and 5.1). */
export const userSteps: readonly ReplayStep[] = [
  get('the Owner lists users', users, {
    lists: ['anna', 'bela', 'dora', 'no uuid', 'null uuid', 'replaced', 'replaced again'],
  }),
  get('query parameters are ignored', `${users}?limit=1&enable=false`, {
    lists: ['anna', 'bela', 'dora', 'no uuid', 'null uuid', 'replaced', 'replaced again'],
  }),
  get('an agent lists users, those of its sub-agents too', users, { key: '{north}', lists: ['anna', 'bela'] }),
  get('an agent gets its own user', user('anna'), { key: '{north}' }),
  get('an agent gets a user of its sub-agent', user('bela'), { key: '{north}', ...notYours }),
  patch('an agent changes a user of its sub-agent', user('bela'), {}, { key: '{north}', ...notYours }),
  remove('an agent deletes a user of its sub-agent', user('bela'), { key: '{north}', ...notYours }),
  get("the key of a user is nobody's", '/api/v2/panel/ping/', { key: '{anna}', ...unauthorised }),
  patch('disable', user('anna'), { enable: false }, { has: { enable: false, is_active: false } }),
  patch('disable again', user('anna'), { enable: false }, { has: { enable: false } }),
  patch('enable', user('anna'), { enable: true }, { has: { enable: true, is_active: true } }),
  {
    title: 'a PATCH of another type changes nothing',
    method: 'PATCH',
    path: user('anna'),
    text: '{"enable":false}',
    headers: { 'Content-Type': 'text/plain' },
    status: 200,
    has: { enable: true },
  },
  patch(
    'a PATCH with a charset',
    user('anna'),
    { enable: true },
    { headers: { 'Content-Type': 'application/json; charset=utf-8' } },
  ),
  patch(
    'a PATCH of a kind of JSON',
    user('anna'),
    { foo: 1 },
    { headers: { 'Content-Type': 'application/vnd.api+json' }, status: 422 },
  ),
  patch('an empty PATCH', user('anna'), {}, { has: { enable: true } }),
  { title: 'a PATCH without a body', method: 'PATCH', path: user('anna'), status: 200 },
  patch('an unknown field', user('anna'), { foo: 1 }, invalid),
  patch(
    'usage as much as the limit is active',
    user('anna'),
    { current_usage_GB: 10 },
    { has: { current_usage_GB: 10, is_active: true } },
  ),
  patch(
    'one byte more is not',
    user('anna'),
    { current_usage_GB: 10.000000000931323 },
    { has: { is_active: false, enable: true } },
  ),
  patch('one byte less is', user('anna'), { current_usage_GB: 9.999999999068677 }, { has: { is_active: true } }),
  patch(
    'an agent zeroes usage',
    user('anna'),
    { current_usage_GB: 0 },
    { key: '{north}', has: { current_usage_GB: 0 } },
  ),
  patch(
    'an agent raises a limit',
    user('anna'),
    { usage_limit_GB: 7.3 },
    { key: '{north}', has: { usage_limit_GB: 7.2999999998137355 } },
  ),
  patch(
    'an agent gives a user away',
    user('anna'),
    { added_by_uuid: '{north-east}' },
    { key: '{north}', has: { added_by_uuid: '{north-east}' } },
  ),
  get('which is then no longer its own', user('anna'), { key: '{north}', ...notYours }),
  patch(
    'an unknown owner becomes an agent',
    user('anna'),
    { added_by_uuid: '{invented}' },
    { has: { added_by_uuid: '{invented}' } },
  ),
  get('the invented agent has a key', '/api/v2/admin/me/', {
    key: '{invented}',
    has: { name: 'unknown', mode: 'agent' },
  }),
  patch(
    'an owner in upper case is ignored',
    user('anna'),
    { added_by_uuid: '{NORTH}' },
    { has: { added_by_uuid: '{invented}' } },
  ),
  patch('back to its agent', user('anna'), { added_by_uuid: '{north}' }, { has: { added_by_uuid: '{north}' } }),
  post(
    'an agent makes a user for another',
    users,
    { name: '{tag} emil', uuid: '{emil}', usage_limit_GB: 2, added_by_uuid: '{south}' },
    { key: '{north-east}', has: { added_by_uuid: '{south}' } },
  ),
  patch('a user gets a new uuid', user('emil'), { uuid: '{renamed}' }, { has: { uuid: '{renamed}' } }),
  get('the old one is gone', user('emil'), { status: 404, says: 'User not found' }),
  patch('a uuid that is taken', user('renamed'), { uuid: '{anna}', name: '{tag} taken' }, { status: 500 }),
  patch('an unknown user', user('stranger'), {}, { status: 404, says: 'user not found' }),
  patch('a bad body for an unknown user', user('stranger'), { foo: 1 }, { status: 422 }),
  remove('delete', user('renamed'), { has: { msg: 'ok', status: 200 } }),
  remove('delete again', user('renamed'), { status: 404, says: 'user not found' }),
];
