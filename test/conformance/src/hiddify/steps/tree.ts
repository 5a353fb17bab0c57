import { deepNames, type ReplayStep } from '../step.js';

const admins = '/api/v2/admin/admin_user/';
const users = '/api/v2/admin/user/';
const admin = (name: string): string => `${admins}{${name}}/`;
const committed = { status: 500, says: "name 'admins' is not defined" };
const stillParent = {
  status: 500,
  says:
    "(MySQLdb.IntegrityError) (1451, 'Cannot delete or update a parent row: a foreign key constraint fails " +
    "(`hiddifypanel`.`admin_user`, CONSTRAINT `admin_user_ibfk_1` FOREIGN KEY (`parent_admin_id`) REFERENCES `admin_user` (`id`))')",
};

/** Cycles, hidden branches and what deleting an administrator does (docs/panels/hiddify.md, 2.4, 4.5 and 4.6). */
export const treeSteps: readonly ReplayStep[] = [
  {
    title: 'a user of the sub-agent',
    method: 'PATCH',
    path: `${users}{bela}/`,
    json: { added_by_uuid: '{north-east}', current_usage_GB: 2, enable: true },
    status: 200,
  },
  {
    title: 'the agent lists its branch',
    method: 'GET',
    path: users,
    key: '{north}',
    status: 200,
    lists: ['anna', 'bela'],
  },
  { title: 'an agent with a sub-agent is not deleted', method: 'DELETE', path: admin('north'), ...stillParent },
  {
    title: 'below its own child',
    method: 'PATCH',
    path: admin('north'),
    json: { parent_admin_uuid: '{north-east}' },
    ...committed,
  },
  { title: 'the Owner does not list the cycle', method: 'GET', path: admins, status: 200 },
  {
    title: 'nor its users',
    method: 'GET',
    path: users,
    status: 200,
    lists: ['carl', 'dora', 'no uuid', 'null uuid', 'replaced', 'replaced again'],
  },
  {
    title: 'one of the cycle by uuid',
    method: 'GET',
    path: admin('north'),
    status: 200,
    has: { parent_admin_uuid: '{north-east}' },
  },
  {
    title: 'a user of it by uuid',
    method: 'GET',
    path: `${users}{anna}/`,
    status: 200,
    has: { added_by_uuid: '{north}' },
  },
  {
    title: 'the agent lists the cycle',
    method: 'GET',
    path: users,
    key: '{north}',
    status: 200,
    lists: ['anna', 'bela'],
  },
  { title: 'a cycle is not deleted', method: 'DELETE', path: admin('north-east'), ...stillParent },
  {
    title: 'out of the cycle',
    method: 'PATCH',
    path: admin('north'),
    json: { parent_admin_uuid: '{owner}' },
    ...committed,
  },
  {
    title: 'the child first',
    method: 'DELETE',
    path: admin('north-east'),
    status: 200,
    has: { msg: 'ok', status: 200 },
  },
  {
    title: "its users are the deleter's",
    method: 'GET',
    path: `${users}{bela}/`,
    status: 200,
    has: { added_by_uuid: '{owner}', enable: true },
  },
  {
    title: 'its key is gone',
    method: 'GET',
    path: '/api/v2/panel/ping/',
    key: '{north-east}',
    status: 403,
    says: 'Unathorized',
  },
  {
    title: 'below an agent that is younger',
    method: 'PATCH',
    path: admin('north'),
    json: { parent_admin_uuid: '{renamed}' },
    ...committed,
  },
  {
    title: 'a parent that is younger than its child is deleted with it',
    method: 'DELETE',
    path: admin('renamed'),
    status: 200,
  },
  { title: 'the child is gone, too', method: 'GET', path: admin('north'), status: 404, says: 'Admin not found' },
  {
    title: "and its user is the deleter's",
    method: 'GET',
    path: `${users}{anna}/`,
    status: 200,
    has: { added_by_uuid: '{owner}' },
  },
  ...deepNames().map((name, at) => ({
    title: `level ${at + 1} of a chain`,
    method: 'POST',
    path: admins,
    json: {
      name: `{tag} ${name}`,
      uuid: `{${name}}`,
      mode: 'agent',
      can_add_admin: true,
      lang: 'en',
      parent_admin_uuid: at === 0 ? '{owner}' : `{deep-${at}}`,
    },
    status: 200,
  })),
  {
    title: 'a user on the last level that is seen',
    method: 'POST',
    path: users,
    key: '{deep-20}',
    json: { name: '{tag} level 20', uuid: '{emil}', usage_limit_GB: 1 },
    status: 200,
  },
  {
    title: 'a user below it',
    method: 'POST',
    path: users,
    key: '{deep-21}',
    json: { name: '{tag} level 21', uuid: '{newcomer}', usage_limit_GB: 1 },
    status: 200,
  },
  {
    title: 'the Owner sees twenty levels of users',
    method: 'GET',
    path: users,
    status: 200,
    lists: ['anna', 'bela', 'carl', 'dora', 'level 20', 'no uuid', 'null uuid', 'replaced', 'replaced again'],
  },
  {
    title: 'the first of the chain sees one more',
    method: 'GET',
    path: users,
    key: '{deep-1}',
    status: 200,
    lists: ['level 20', 'level 21'],
  },
  {
    title: 'the user below it by uuid',
    method: 'GET',
    path: `${users}{newcomer}/`,
    status: 200,
    has: { added_by_uuid: '{deep-21}' },
  },
  {
    title: 'the agent below it by uuid',
    method: 'GET',
    path: admin('deep-22'),
    status: 200,
    has: { parent_admin_uuid: '{deep-21}' },
  },
  { title: 'HEAD of a list', method: 'HEAD', path: users, status: 200 },
  { title: 'the usage task without traffic', method: 'GET', path: '/api/v2/admin/update_user_usage/', status: 200 },
];
