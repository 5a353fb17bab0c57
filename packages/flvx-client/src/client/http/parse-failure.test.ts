import { describe, expect, it } from '@jest/globals';
import { recordedFiles } from '../../test/recorded.js';
import { parseFailure } from './api.js';

const cases = [...recordedFiles()].flatMap(([file, list]) =>
  list.flatMap((one) => {
    const { body } = one.response;
    return typeof body === 'object' && body !== null && 'code' in body ? [[file, one.name, body] as const] : [];
  }),
);

const say = (code: number, msg: string): ReturnType<typeof parseFailure> =>
  parseFailure({ json: { code, msg, ts: 1 } });

describe('failures in answers with HTTP 200', () => {
  it('covers the recorded answers', () => {
    expect(cases.length).toBeGreaterThan(100);
  });

  it.each(cases)('%s: %s', (_file, _name, body) => {
    const failure = parseFailure({ json: body });
    const { code } = body as { code: number };
    expect(failure === null).toBe(code === 0);
    if (failure !== null) expect(failure.message).not.toBe('');
  });

  it.each([
    [401, '未登录或token已过期', 'PANEL_AUTH', 401],
    [403, '权限不足，仅管理员可操作', 'PANEL_FORBIDDEN', 'not_admin'],
    [500, '请求参数错误', 'PANEL_REJECTED', 500],
    [-2, 'database is locked (5) (SQLITE_BUSY)', 'PANEL_SERVER_ERROR', -2],
    [-1, '用户名已存在', 'PANEL_REJECTED', 'name_taken'],
    [-1, '用户不存在', 'PANEL_NOT_FOUND', 'user_missing'],
    [-1, '请不要作死', 'PANEL_REJECTED', 'admin_protected'],
    [-1, '账号或密码错误', 'PANEL_REJECTED', 'bad_credentials'],
    [-1, '账号被停用', 'PANEL_REJECTED', 'account_disabled'],
    [-1, '验证码校验失败', 'PANEL_REJECTED', 'captcha'],
    [-1, '转发不存在', 'PANEL_NOT_FOUND', 'forward_missing'],
    [-1, '节点不在线', 'PANEL_REJECTED', 'node_offline'],
    [-1, '等待节点响应超时', 'PANEL_REJECTED', 'node_timeout'],
    [-1, '节点连接已断开', 'PANEL_REJECTED', 'node_gone'],
    [-1, 'service 88_12_0 not found', 'PANEL_REJECTED', 'service_missing'],
    [-1, '节点 hk-entry 下发失败: 节点不在线', 'PANEL_REJECTED', 'node_offline'],
    [-1, 'disk full', 'PANEL_REJECTED', -1],
    [-1, 'constructor', 'PANEL_REJECTED', -1],
  ])('takes %i %s for %s %s', (code, msg, wanted, panelCode) => {
    expect(say(code, msg)).toMatchObject({ code: wanted, panelCode });
  });

  it('never repeats what the database said', () => {
    expect(say(-2, 'constraint failed: UNIQUE constraint failed: user.name')?.message).toBe(
      "the panel's database reported an error",
    );
  });

  it('names the node that did not take a change', () => {
    expect(say(-1, '节点 hk-entry 下发失败: 节点不在线')?.message).toContain('hk-entry');
  });

  it('leaves answers outside the envelope to their schemas', () => {
    expect(parseFailure({ json: { version: '1.0', exportedAt: 1 } })).toBeNull();
    expect(parseFailure({ json: null })).toBeNull();
    expect(parseFailure({ json: { code: 'x' } })).toBeNull();
  });
});
