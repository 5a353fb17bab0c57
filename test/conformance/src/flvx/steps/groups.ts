import { admin, node, noSuchId, type ReplayStep } from '../step.js';

const dave = { user: '{p}-dave', pwd: 'Dave-1', flow: 30, expTime: 1_924_992_000_000 };

/** Groups, the rights between them, backup/export (docs/panels/flvx.md, 8). */
export const groupSteps: readonly ReplayStep[] = [
  admin('user group', 'group/user/create', { name: '{p}-basic' }),
  admin('user group of the same name', 'group/user/create', { name: '{p}-basic' }),
  admin('user group without a name', 'group/user/create', {}),
  admin('second user group', 'group/user/create', { name: '{p}-more', status: 0 }),
  admin('tunnel group', 'group/tunnel/create', { name: '{p}-asia' }),
  admin('tunnel group of the same name', 'group/tunnel/create', { name: '{p}-asia' }),
  admin('update of a group', 'group/user/update', { id: '<userGroup:more>', name: '{p}-more', status: 1 }),
  admin('update of a group without id', 'group/user/update', { name: 'x' }),
  admin('update of an unknown group', 'group/tunnel/update', { id: noSuchId, name: '{p}-x' }),
  admin('update to a name that is taken', 'group/user/update', { id: '<userGroup:more>', name: '{p}-basic' }),
  admin('members of a tunnel group', 'group/tunnel/assign', {
    groupId: '<tunnelGroup:asia>',
    tunnelIds: ['<tunnel:t2>', '<tunnel:t1>', noSuchId],
  }),
  admin('members of no group', 'group/tunnel/assign', { groupId: 0, tunnelIds: [] }),
  admin('members with a field too many', 'group/user/assign', { groupId: '<userGroup:basic>', users: [] }),
  admin('members of a user group', 'group/user/assign', { groupId: '<userGroup:basic>', userIds: ['<user:alice>'] }),
  admin('right without a group', 'group/permission/assign', { userGroupId: '<userGroup:basic>' }),
  admin('right', 'group/permission/assign', { userGroupId: '<userGroup:basic>', tunnelGroupId: '<tunnelGroup:asia>' }),
  admin('right once more', 'group/permission/assign', {
    userGroupId: '<userGroup:basic>',
    tunnelGroupId: '<tunnelGroup:asia>',
  }),
  admin('user made in groups', 'user/create', {
    ...dave,
    groupIds: ['<userGroup:more>', '<userGroup:basic>', noSuchId, -1],
  }),
  admin('groups of that user', 'user/groups', { id: '<user:dave>' }),
  admin('removed by hand', 'tunnel/user/remove', { id: '<permission:dave@t1>' }),
  admin('back with the next change of the group', 'group/tunnel/assign', {
    groupId: '<tunnelGroup:asia>',
    tunnelIds: ['<tunnel:t1>', '<tunnel:t2>', '<tunnel:t3>'],
  }),
  admin('tunnel groups', 'group/tunnel/list'),
  admin('user groups', 'group/user/list'),
  admin('rights', 'group/permission/list'),
  admin('user without groups keeps his permissions', 'user/update', { id: '<user:dave>', ...dave, groupIds: [] }),
  admin('groups left out are kept', 'user/update', { id: '<user:alice>', user: '{p}-alice', flow: 300, expTime: 0 }),
  admin('groups null are cleared', 'user/update', { id: '<user:alice>', user: '{p}-alice', groupIds: null }),
  admin('groups again', 'user/update', { id: '<user:dave>', ...dave, groupIds: ['<userGroup:basic>'] }),
  admin('user taken out of the group', 'group/user/assign', { groupId: '<userGroup:basic>', userIds: [] }),
  admin('user back in the group', 'group/user/assign', { groupId: '<userGroup:basic>', userIds: ['<user:dave>'] }),
  admin('right removed', 'group/permission/remove', { id: '<right:basic@asia>' }),
  admin('right removed again', 'group/permission/remove', { id: '<right:basic@asia>' }),
  admin('right again', 'group/permission/assign', {
    userGroupId: '<userGroup:basic>',
    tunnelGroupId: '<tunnelGroup:asia>',
  }),

  ...['users', 'nodes', 'tunnels', 'forwards', 'speedLimits', 'tunnelGroups', 'userGroups', 'permissions'].map((type) =>
    admin(`export of ${type}`, 'backup/export', { types: [type] }),
  ),
  admin('export of permissions of users', 'backup/export', { types: ['userTunnels'] }),
  admin('export of nothing known', 'backup/export', { types: ['nope'] }),
  admin('export with a field too many', 'backup/export', { types: ['nope'], more: 1 }),
  admin('export with a text', 'backup/export', { types: 'users' }),
  admin('export without a body', 'backup/export'),
  { ...admin('export by GET', 'backup/export'), method: 'GET' },
  admin('group deleted', 'group/user/delete', { id: '<userGroup:basic>' }),
  admin('group deleted again', 'group/user/delete', { id: '<userGroup:basic>' }),
];

const gone = (kind: string, path: string, names: readonly string[]): ReplayStep[] =>
  names.map((name) => admin(`away with ${kind} ${name}`, path, { id: `<${kind}:${name}>` }));

/** Takes away what the run has made. */
export const lastSteps: readonly ReplayStep[] = [
  admin('all forwards are deleted', 'forward/batch-delete', {
    ids: ['<forward:first>', '<forward:second>', '<forward:pair>', '<forward:admins>'],
  }),
  ...gone('userGroup', 'group/user/delete', ['more']),
  ...gone('tunnelGroup', 'group/tunnel/delete', ['asia']),
  ...gone('limit', 'speed-limit/delete', ['slow', 'other', 'late']),
  ...gone('tunnel', 'tunnel/delete', ['t1', 't2', 't3']),
  node('report after the last tunnel', 'n1', 'report'),
  ...gone('user', 'user/delete', ['alice', 'ALICE', 'carol', 'dave']),
  ...gone('user', 'user/delete', ['c-whole', 'c-text', 'c-blanks', 'c-plus', 'c-zeros', 'c-zero', 'c-minus', 'c-null']),
  ...gone('user', 'user/delete', ['c-empty', 'c-fraction', 'c-fraction-text', 'c-true', 'c-list', 'c-word', 'c-huge']),
  ...gone('user', 'user/delete', [
    'c-too-long',
    'c-day-99',
    'c-minus-num',
    'c-expired',
    'c-unknown',
    'c-exponent',
    'c-point',
    'c-number',
  ]),
  ...gone('node', 'node/delete', ['n1', 'n2']),
];
