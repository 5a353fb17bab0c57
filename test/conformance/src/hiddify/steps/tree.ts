import {
  deepNames,
  unauthorised,
  get,
  remove,
  post,
  patch,
  users,
  admins,
  user,
  admin,
  committed,
  type ReplayStep,
} from '../step.js';

const stillParent = {
  status: 500,
  says:
    "(MySQLdb.IntegrityError) (1451, 'Cannot delete or update a parent row: a foreign key constraint fails " +
    "(`hiddifypanel`.`admin_user`, CONSTRAINT `admin_user_ibfk_1` FOREIGN KEY (`parent_admin_id`) REFERENCES `admin_user` (`id`))')",
};

/** Cycles, hidden branches and what deleting an administrator does (docs/panels/hiddify.md, 2.4, 4.5 and 4.6). */
export const treeSteps: readonly ReplayStep[] = [
  patch('a user of the sub-agent', user('bela'), { added_by_uuid: '{north-east}', current_usage_GB: 2, enable: true }),
  get('the agent lists its branch', users, { key: '{north}', lists: ['anna', 'bela'] }),
  remove('an agent with a sub-agent is not deleted', admin('north'), stillParent),
  patch('below its own child', admin('north'), { parent_admin_uuid: '{north-east}' }, committed),
  get('the Owner does not list the cycle', admins),
  get('nor its users', users, { lists: ['carl', 'dora', 'no uuid', 'null uuid', 'replaced', 'replaced again'] }),
  get('one of the cycle by uuid', admin('north'), { has: { parent_admin_uuid: '{north-east}' } }),
  get('a user of it by uuid', user('anna'), { has: { added_by_uuid: '{north}' } }),
  get('the agent lists the cycle', users, { key: '{north}', lists: ['anna', 'bela'] }),
  remove('a cycle is not deleted', admin('north-east'), stillParent),
  patch('out of the cycle', admin('north'), { parent_admin_uuid: '{owner}' }, committed),
  remove('the child first', admin('north-east'), { has: { msg: 'ok', status: 200 } }),
  get("its users are the deleter's", user('bela'), { has: { added_by_uuid: '{owner}', enable: true } }),
  get('its key is gone', '/api/v2/panel/ping/', { key: '{north-east}', ...unauthorised }),
  patch('below an agent that is younger', admin('north'), { parent_admin_uuid: '{renamed}' }, committed),
  remove('a parent that is younger than its child is deleted with it', admin('renamed')),
  get('the child is gone, too', admin('north'), { status: 404, says: 'Admin not found' }),
  get("and its user is the deleter's", user('anna'), { has: { added_by_uuid: '{owner}' } }),
  ...deepNames().map((name, at) =>
    post(`level ${at + 1} of a chain`, admins, {
      name: `{tag} ${name}`,
      uuid: `{${name}}`,
      mode: 'agent',
      can_add_admin: true,
      lang: 'en',
      parent_admin_uuid: at === 0 ? '{owner}' : `{deep-${at}}`,
    }),
  ),
  post(
    'a user on the last level that is seen',
    users,
    { name: '{tag} level 20', uuid: '{emil}', usage_limit_GB: 1 },
    { key: '{deep-20}' },
  ),
  post(
    'a user below it',
    users,
    { name: '{tag} level 21', uuid: '{newcomer}', usage_limit_GB: 1 },
    { key: '{deep-21}' },
  ),
  get('the Owner sees twenty levels of users', users, {
    lists: ['anna', 'bela', 'carl', 'dora', 'level 20', 'no uuid', 'null uuid', 'replaced', 'replaced again'],
  }),
  get('the first of the chain sees one more', users, { key: '{deep-1}', lists: ['level 20', 'level 21'] }),
  get('the user below it by uuid', user('newcomer'), { has: { added_by_uuid: '{deep-21}' } }),
  get('the agent below it by uuid', admin('deep-22'), { has: { parent_admin_uuid: '{deep-21}' } }),
  { title: 'HEAD of a list', method: 'HEAD', path: users, status: 200 },
  get('the usage task without traffic', '/api/v2/admin/update_user_usage/'),
];
