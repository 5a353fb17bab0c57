import { admin, customer, future, node, noSuchId, past, report, type ReplayStep } from '../step.js';

const GB = 2 ** 30;
const t1 = { userId: '<user:carol>', tunnelId: '<tunnel:t1>' };
const first = '<forward:first>_<user:carol>_<permission:carol@t1>_tcp';
const second = '<forward:second>_<user:carol>_<permission:carol@t2>_tcp';
const quota = { id: '<user:carol>', user: '{p}-carol', num: 10, flowResetTime: 1 };
const resume = (step: string): ReplayStep =>
  admin(step, 'forward/batch-resume', { ids: ['<forward:first>', '<forward:second>'] });

/** Counting, and what the panel pauses by itself (docs/panels/flvx.md, 7.1 and 7.2). */
export const trafficSteps: readonly ReplayStep[] = [
  admin('carol', 'user/create', { user: '{p}-carol', pwd: 'Carol-1', flow: 10, expTime: future }),
  {
    ...customer('nobody', 'login of carol', 'user/login', { username: '{p}-carol', password: 'Carol-1' }),
    keep: 'carol',
  },
  admin('carol on the plain tunnel', 'tunnel/user/assign', { ...t1, flow: 4 }),
  admin('carol on the dear tunnel', 'tunnel/user/assign', { userId: '<user:carol>', tunnelId: '<tunnel:t2>', flow: 9 }),
  customer('carol', 'first forward', 'forward/create', {
    tunnelId: '<tunnel:t1>',
    name: '{p}-first',
    remoteAddr: '198.51.100.50:443',
    inPort: 21_020,
  }),
  customer('carol', 'second forward', 'forward/create', {
    tunnelId: '<tunnel:t2>',
    name: '{p}-second',
    remoteAddr: '198.51.100.51:443',
    inPort: 21_021,
  }),
  report('plain bytes', first, 1000, 500),
  report('dear bytes', second, 1001, 3),
  report('bytes of the other protocol', first.replace('_tcp', '_udp'), 7),
  report('bytes of a bare name', first.replace('_tcp', ''), 7),
  report('bytes of a short name', '<forward:first>_<user:carol>', 7),
  report('bytes of another service', 'web_api', 7),
  report('negative bytes', first, -7, -1),
  report('bytes of an unknown forward', `${noSuchId}_<user:carol>_<permission:carol@t2>_tcp`, 100, 10),
  report('bytes without a permission', '<forward:first>_<user:carol>_0_tcp', 50),
  report('bytes with an unknown permission', `<forward:first>_<user:carol>_${noSuchId}_tcp`, 50),
  { ...report('bytes with a wrong secret', first, 7), path: '/flow/upload?secret=wrong' },
  { ...report('no JSON', first, 7), text: 'x' },

  report('one byte below the quota', first, 4 * GB - 1_500 - 14 + 8 - 1),
  report('exactly the quota of the permission', first, 1),
  resume('resume over the quota'),
  report('paused again', first, 0, 1),
  admin('more quota', 'tunnel/user/assign', { ...t1, flow: 100 }),
  report('nothing is paused that has status 0', first, 1),
  resume('resume with quota'),
  report('within the quota', first, 1),
  admin('quota of the user to the byte', 'user/update', { ...quota, flow: 5, expTime: future }),
  admin('own quotas again', 'tunnel/user/batch-assign', { userId: '<user:carol>', tunnels: [] }),
  admin('room on the plain tunnel', 'tunnel/user/assign', { ...t1, flow: 1_000 }),
  admin('room on the dear tunnel', 'tunnel/user/assign', {
    userId: '<user:carol>',
    tunnelId: '<tunnel:t2>',
    flow: 1_000,
  }),
  admin('counters to zero', 'user/reset', { id: '<user:carol>', type: 1 }),
  report('exactly the quota of the user', first, 5 * GB),
  report('one byte above it', first, 1),
  admin('one permission to zero', 'user/reset', { id: '<permission:carol@t1>', type: 2 }),
  admin('user to zero', 'user/reset', { id: '<user:carol>', type: 1 }),
  resume('resume after the reset'),

  admin('expired user', 'user/update', { ...quota, flow: 5, expTime: past, status: 1 }),
  admin('permission that holds', 'tunnel/user/assign', { ...t1, expTime: future }),
  report('traffic of an expired user', first, 1),
  admin('user without an expiry', 'user/update', { ...quota, flow: 5, expTime: 0, status: 1 }),
  resume('resume without an expiry'),
  report('traffic without an expiry', first, 1),
  admin('disabled user', 'user/update', { ...quota, flow: 5, expTime: future, status: 0 }),
  report('traffic of a disabled user', second, 1),
  admin('user with status 2', 'user/update', { ...quota, flow: 5, expTime: future, status: 2 }),
  resume('resume with status 2'),
  report('traffic with status 2', second, 1),
  admin('user enabled', 'user/update', { ...quota, flow: 5, expTime: future, status: 1 }),
  resume('resume of the enabled'),
  admin('closed permission', 'tunnel/user/assign', { ...t1, status: 0 }),
  report('traffic of a closed permission', first, 1),
  admin('permission with quota zero', 'tunnel/user/assign', { ...t1, status: 1, flow: 0 }),
  resume('resume with quota zero'),
  report('no traffic at quota zero', first, 0),
  admin('quota in bytes that blocks', 'tunnel/user/assign', { ...t1, flow: 10 * GB }),
  resume('resume with a quota in bytes'),
  report('traffic with a quota in bytes that blocks', first, 1),
  admin('quota in bytes that does not', 'tunnel/user/assign', { ...t1, flow: 20 * GB }),
  resume('resume with another quota in bytes'),
  report('traffic with a quota in bytes that does not', first, 1),

  admin('quota of one', 'tunnel/user/assign', { ...t1, flow: 1 }),
  node('node leaves before the quota', 'n1', 'leave'),
  report('quota reached without a node', first, 2 * GB),
  node('node comes back after the quota', 'n1', 'connect'),
  report('the quota is not tried again', first, 5),
  admin('what runs is paused', 'forward/pause', { id: '<forward:first>' }),
  customer('carol', 'counters in the package', 'user/package'),
];
