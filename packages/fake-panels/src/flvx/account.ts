import { type Handler, post } from './call.js';
import { badToken, shownInPackage } from './forwards.js';
import { shownPermission } from './permissions.js';
import { issueToken } from './token.js';
import { md5 } from './users.js';
import type { FlvxWorld } from './world.js';

/** The one-time captcha ids of a panel and until when each holds, in Unix milliseconds. */
export type CaptchaTokens = Map<string, number>;

const captchaLifeMs = 5 * 60_000;

const captchaOn = (world: FlvxWorld): boolean => world.configValue('captcha_enabled')?.toLowerCase() === 'true';

/** With a key of the foreign service only its own tokens count, which do not exist here. */
const turnstileOn = (world: FlvxWorld): boolean => (world.configValue('cloudflare_secret_key') ?? '').trim() !== '';

function consume(tokens: CaptchaTokens, id: string, now: number): boolean {
  const until = tokens.get(id);
  tokens.delete(id);
  return until !== undefined && until > now;
}

export const login = (secret: string, tokens: CaptchaTokens): Handler =>
  post((call) => {
    const body = call.strict({ username: 'text', password: 'text', captchaId: 'text' });
    if (typeof body === 'string') return call.fail('请求参数错误', 500);
    const { username, password } = body;
    if (username.trim() === '') return call.fail('用户名不能为空', 500);
    if (password.trim() === '') return call.fail('密码不能为空', 500);
    const { world } = call;
    if (captchaOn(world) && !consume(tokens, body.captchaId.trim(), world.now())) return call.fail('验证码校验失败');
    const user = world.users.find((row) => row.user === username);
    if (user?.pwd !== md5(password)) return call.fail('账号或密码错误');
    if (user.status === 0) return call.fail('账号被停用');
    const { id, roleId } = user;
    return call.ok({
      token: issueToken(secret, { id, name: user.user, roleId }, Math.floor(world.now() / 1000)),
      name: user.user,
      role_id: roleId,
      requirePasswordChange: username === 'admin_user' || password === 'admin_user',
    });
  });

export const checkCaptcha: Handler = post((call) => call.ok(captchaOn(call.world) ? 1 : 0));

/** Whether the captcha answer is right, and its one-time id. */
export function verifyCaptcha(world: FlvxWorld, tokens: CaptchaTokens, id: string, data: string): boolean {
  if (id === '' || data !== 'ok' || turnstileOn(world)) return false;
  tokens.set(id, world.now() + captchaLifeMs);
  return true;
}

export const updatePassword: Handler = post((call) => {
  const { userId, world } = call;
  if (userId === null) return call.fail(badToken, 401);
  const body = call.strict({
    newUsername: 'text',
    currentPassword: 'text',
    newPassword: 'text',
    confirmPassword: 'text',
  });
  if (typeof body === 'string') return call.fail('修改账号密码时发生错误');
  if (body.newUsername.trim() === '') return call.fail('新用户名不能为空');
  if (body.currentPassword.trim() === '') return call.fail('当前密码不能为空');
  if (body.newPassword.trim() === '') return call.fail('新密码不能为空');
  if (body.confirmPassword.trim() === '') return call.fail('确认密码不能为空');
  if (body.newPassword !== body.confirmPassword) return call.fail('新密码和确认密码不匹配');
  const user = world.users.get(userId);
  if (user === undefined) return call.fail('用户不存在');
  if (user.pwd !== md5(body.currentPassword)) return call.fail('当前密码错误');
  const other = world.users.find((row) => row.user === body.newUsername && row.id !== userId);
  if (other !== undefined) return call.fail('用户名已存在');
  world.beforeWrite();
  Object.assign(user, { user: body.newUsername, pwd: md5(body.newPassword), updatedTime: world.now() });
  return call.ok();
});

export const userPackage: Handler = post((call) => {
  const { userId, world } = call;
  if (userId === null) return call.fail(badToken, 401);
  const user = world.users.get(userId);
  if (user === undefined) return call.fail('用户不存在');
  const { pwd: _pwd, roleId: _roleId, ...info } = user;
  return call.ok({
    userInfo: { ...info, name: user.user },
    tunnelPermissions: world.permissions.of(userId).map((row) => ({
      ...shownPermission(world, row),
      speed: row.speedId === null ? null : (world.limits.get(row.speedId)?.speed ?? null),
    })),
    forwards: world.forwards.of(userId).map((row) => shownInPackage(world, row)),
    statisticsFlows: world.statistics
      .of(userId)
      .slice(-24)
      .map(({ createdTime: _createdTime, ...row }) => row),
  });
});
