import { unauthorised, get, remove, post, patch, users, admins, admin, type ReplayStep } from '../step.js';

const make = (name: string, mode: string, parent?: string): ReplayStep =>
  post(
    `the Owner makes ${name}`,
    admins,
    {
      name: `{tag} ${name}`,
      uuid: `{${name}}`,
      mode,
      can_add_admin: false,
      lang: 'en',
      ...(parent === undefined ? {} : { parent_admin_uuid: `{${parent}}` }),
    },
    { has: { name: `{tag} ${name}`, mode, uuid: `{${name}}`, comment: '', max_users: 100, telegram_id: null } },
  );

/** Roles and visibility (docs/panels/hiddify.md, 2.3 and 2.4), and the empty list. */
export const roleSteps: readonly ReplayStep[] = [
  make('north', 'agent'),
  make('north-east', 'agent', 'north'),
  make('south', 'admin'),
  make('second', 'super_admin'),
  get('an agent pings', '/api/v2/panel/ping/', { key: '{north}' }),
  get('an agent asks for itself', '/api/v2/admin/me/', { key: '{north}', has: { mode: 'agent', telegram_id: 0 } }),
  get('an admin asks for itself', '/api/v2/admin/me/', { key: '{south}', has: { mode: 'admin' } }),
  get('a second super admin asks for itself', '/api/v2/admin/me/', {
    key: '{second}',
    has: { parent_admin_uuid: '{owner}' },
  }),
  get('an agent lists admins', admins, { key: '{north}', ...unauthorised }),
  get('an agent gets an admin', admin('north-east'), { key: '{north}', ...unauthorised }),
  post('an agent makes an admin', admins, {}, { key: '{north}', ...unauthorised }),
  get('an agent runs the usage task', '/api/v2/admin/update_user_usage/', { key: '{north}', ...unauthorised }),
  get('an admin runs the usage task', '/api/v2/admin/update_user_usage/', { key: '{south}', ...unauthorised }),
  get('an admin reads the configuration', '/api/v2/admin/all-configs/', { key: '{south}', ...unauthorised }),
  get('an admin lists admins', admins, { key: '{south}', lists: ['south'] }),
  get('an admin gets itself by uuid', admin('south'), {
    key: '{south}',
    status: 403,
    says: "you don't have permission to access this admin",
  }),
  get('an admin gets another', admin('north'), {
    key: '{south}',
    status: 403,
    says: "you don't have permission to access this admin",
  }),
  patch(
    'an admin changes another',
    admin('north'),
    {},
    { key: '{south}', status: 403, says: "You don't have permission to access this admin" },
  ),
  remove('an admin deletes itself', admin('south'), {
    key: '{south}',
    status: 403,
    says: "You don't have permission to access this admin",
  }),
  get('a second super admin lists admins', admins, { key: '{second}', lists: ['second'] }),
  get('the Owner lists admins', admins, { lists: ['north', 'north-east', 'second', 'south'] }),
  get('an empty list', users, { key: '{north-east}', status: 404, says: 'You have no user' }),
  get('an empty list with Accept */*', users, {
    key: '{north-east}',
    headers: { Accept: '*/*' },
    status: 404,
    says: 'You have no user',
    has: { msg: 'You have no user' },
  }),
  get('the Owner gets an agent in upper case', admin('NORTH'), {
    has: { uuid: '{north}', parent_admin_uuid: '{owner}' },
  }),
  get('an unknown admin', admin('stranger'), { status: 404, says: 'Admin not found' }),
  get('the status of an agent', '/api/v2/admin/server_status/', { key: '{north-east}' }),
];
