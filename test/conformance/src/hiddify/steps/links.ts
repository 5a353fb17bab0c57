import { get, patch, post, remove, user, users, type ReplayStep } from '../step.js';

const link = (title: string, page = '', more: Partial<ReplayStep> = {}): ReplayStep =>
  get(title, `/{frida}${page}`, { below: 'client-path', key: 'none', ...more });

/** The link of a user, as apps ask for it: without a key, below the client path (docs/panels/hiddify.md, 1.1). */
export const linkSteps: readonly ReplayStep[] = [
  post('a user with a link', users, { uuid: '{frida}', name: '{tag} frida', usage_limit_GB: 10, package_days: 30 }),
  link('the link of a new user', '/'),
  link('the link without its slash', '', { status: 308 }),
  link('the page of the link for other apps', '/clashmeta/'),
  link('the link of a user in capitals', '/', { path: '/{FRIDA}/' }),
  patch('a user with usage', user('frida'), { current_usage_GB: 3.7 }),
  link('the link of a user with usage', '/'),
  link('the link in clear', '/sub/'),
  link('the link as a file', '/all.txt'),
  patch('a used up and disabled user', user('frida'), { current_usage_GB: 10, enable: false }),
  link('the link of a disabled user', '/'),
  remove('a user with a link is deleted', user('frida')),
  link('the link of a deleted user', '/', { status: 302 }),
  link('the page of a deleted user', '/sub/', { status: 302 }),
];
