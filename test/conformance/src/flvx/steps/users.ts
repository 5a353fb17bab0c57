import { admin, customer, future, nobody, noSuchId, past, type ReplayStep } from '../step.js';

/** A create with one value in one field; every other field has its default. */
const coerced = (field: string, name: string, value: unknown): ReplayStep =>
  admin(`${field} ${JSON.stringify(value)}`, 'user/create', {
    user: `{p}-c-${name}`,
    pwd: 'Coerce-1',
    [field]: value,
  });

/** How values become integers and texts (docs/panels/flvx.md, 1.4); each step makes a user whose row shows what was stored. */
const coercionSteps: readonly ReplayStep[] = [
  coerced('flow', 'whole', 7),
  coerced('flow', 'text', '100'),
  coerced('flow', 'blanks', ' 7 '),
  coerced('flow', 'plus', '+8'),
  coerced('flow', 'zeros', '007'),
  { ...admin('flow 1e3', 'user/create'), text: '{"user":"{p}-c-exponent","pwd":"x","flow":1e3}' },
  { ...admin('flow 12.0', 'user/create'), text: '{"user":"{p}-c-point","pwd":"x","flow":12.0}' },
  { ...admin('name as a number', 'user/create'), text: '{"user":"{p}-c-number","pwd":4711} and more' },
  coerced('flow', 'zero', 0),
  coerced('flow', 'minus', -1),
  coerced('flow', 'null', null),
  coerced('flow', 'empty', ''),
  coerced('flow', 'fraction', 99.5),
  coerced('flow', 'fraction-text', '12.0'),
  coerced('flow', 'true', true),
  coerced('flow', 'list', [1]),
  coerced('flow', 'word', 'abc'),
  coerced('flow', 'huge', 1e21),
  coerced('flow', 'too-long', '9223372036854775808'),
  coerced('status', 'two', 2),
  coerced('flowResetTime', 'day-99', 99),
  coerced('num', 'minus-num', -5),
  coerced('expTime', 'expired', past),
  coerced('unknownField', 'unknown', 1),
];

/** A change of bob's own name and password; what is not given is left out of it. */
const ownPassword = (step: string, ...values: string[]): ReplayStep => {
  const [newUsername, currentPassword, newPassword, confirmPassword] = values;
  const send = { newUsername, currentPassword, newPassword, confirmPassword };
  return customer('bob', step, 'user/updatePassword', send);
};

const bob = { id: '<user:bob>', flow: 50, num: 3, expTime: future, flowResetTime: 0 };

/** Users and their own passwords (docs/panels/flvx.md, 3). */
export const userSteps: readonly ReplayStep[] = [
  admin('create in full', 'user/create', {
    user: '{p}-alice',
    pwd: 'Alice-1',
    status: 1,
    flow: 200,
    num: 5,
    expTime: future,
    flowResetTime: 15,
  }),
  admin('create by default', 'user/create', { user: ' {p}-bob ', pwd: ' Bob-1 ' }),
  admin('create again', 'user/create', { user: '{p}-alice', pwd: 'Alice-2' }),
  admin('create with the name of an administrator', 'user/create', { user: '{admin}', pwd: 'Alice-2' }),
  admin('create with other capitals', 'user/create', { user: '{p}-ALICE', pwd: 'Other-1' }),
  admin('create without a name', 'user/create', { user: ' ', pwd: 'x' }),
  admin('create without a password', 'user/create', { user: '{p}-x', pwd: '' }),
  admin('create without a body', 'user/create'),
  admin('create with null', 'user/create', null),
  admin('create with a list', 'user/create', []),
  { ...admin('create by PUT', 'user/create', { user: '{p}-x', pwd: 'x' }), method: 'PUT' },
  ...coercionSteps,
  admin('list by a part of the name', 'user/list', { keyword: '{p}-ALI' }),
  admin('list with paging', 'user/list', { current: 9, size: 1, keyword: '{p}-b' }),
  admin('list without a body', 'user/list'),
  admin('list with a field too many', 'user/list', { page: 1 }),
  admin('list with a text for a number', 'user/list', { current: '1' }),
  admin('list with a fraction', 'user/list', { current: 1.5 }),
  admin('list with null', 'user/list', { keyword: null, current: null }),

  { ...nobody('login of alice', 'user/login', { username: '{p}-alice', password: 'Alice-1' }), keep: 'alice' },
  { ...nobody('login of bob', 'user/login', { username: '{p}-bob', password: 'Bob-1' }), keep: 'bob' },
  nobody('login with blanks around', 'user/login', { username: ' {p}-bob', password: 'Bob-1' }),
  nobody('login of a user with status 2', 'user/login', { username: '{p}-c-two', password: 'Coerce-1' }),
  nobody('login of an expired user', 'user/login', { username: '{p}-c-expired', password: 'Coerce-1' }),
  customer('alice', 'user list of a customer', 'user/list'),
  customer('alice', 'unknown path of a customer', 'nope'),

  admin('update without id', 'user/update', { user: '{p}-x' }),
  admin('update without a name', 'user/update', { id: '<user:alice>' }),
  admin('update of an unknown user', 'user/update', { id: noSuchId, user: '{p}-x' }),
  admin('update of an administrator', 'user/update', { id: '<user:admin>', user: '{p}-x' }),
  admin('update with a name that is taken', 'user/update', { id: '<user:bob>', user: '{p}-alice' }),
  admin('update with a list', 'user/update', []),
  admin('reset before any change', 'user/reset', { id: '<user:c-whole>', type: 1 }),
  admin('update of the password alone', 'user/update', { id: '<user:c-zero>', user: '{p}-c-zero', pwd: 'New-1' }),
  admin('update of everything', 'user/update', { ...bob, user: '{p}-bob', status: 0 }),
  nobody('login while disabled', 'user/login', { username: '{p}-bob', password: 'Bob-1' }),
  nobody('login while disabled with a wrong password', 'user/login', { username: '{p}-bob', password: 'x' }),
  customer('bob', 'package while disabled', 'user/package'),
  admin('rename and enable', 'user/update', { ...bob, user: '{p}-bobby', status: 1 }),

  customer('bob', 'own password: field too many', 'user/updatePassword', { newUsername: 'x', more: 1 }),
  ownPassword('own password: no name'),
  ownPassword('own password: no old one', 'x'),
  ownPassword('own password: no new one', 'x', 'y'),
  ownPassword('own password: not confirmed', 'x', 'y', 'z'),
  ownPassword('own password: two new ones', 'x', 'y', 'z', 'zz'),
  ownPassword('own password: wrong old one', 'x', 'y', 'z', 'z'),
  ownPassword('own password: name taken', '{p}-alice', 'Bob-1', 'Bob-2', 'Bob-2'),
  ownPassword('own password and a name with blanks', ' {p}-bob', 'Bob-1', ' Bob-2', ' Bob-2'),
  nobody('login with the name and password with blanks', 'user/login', { username: ' {p}-bob', password: ' Bob-2' }),
  customer('bob', 'package with an old token', 'user/package'),
  { ...customer('bob', 'package by GET', 'user/package'), method: 'GET' },

  admin('groups of a user', 'user/groups', { id: '<user:alice>' }),
  admin('groups of an unknown user', 'user/groups', { id: noSuchId }),
  admin('groups without id', 'user/groups', {}),
  admin('groups with a list', 'user/groups', []),
  customer('bob', 'groups of another user', 'user/groups', { id: '<user:alice>' }),

  admin('reset of the wrong type', 'user/reset', { id: '<user:alice>', type: 3 }),
  admin('reset without a type', 'user/reset', { id: '<user:alice>' }),
  admin('reset without an id', 'user/reset', { type: 1 }),
  admin('reset of an unknown user', 'user/reset', { id: noSuchId, type: 1 }),
  admin('reset of an unknown permission', 'user/reset', { id: noSuchId, type: 2 }),
  admin('reset without a body', 'user/reset'),

  admin('delete without id', 'user/delete', {}),
  admin('delete of an unknown user', 'user/delete', { id: noSuchId }),
  admin('delete of an administrator', 'user/delete', { id: '<user:admin>' }),
  admin('delete of a user', 'user/delete', { id: '<user:c-two>' }),
  admin('delete of a deleted user', 'user/delete', { id: '<user:c-two>' }),
];
