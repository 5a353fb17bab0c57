import { createHmac } from 'node:crypto';

/** The claims of a token; instants in seconds. */
export interface FlvxClaims {
  readonly sub: string;
  readonly exp: number;
  readonly roleId: number;
}

/** The lifetime of a token, in seconds (90 days). */
export const tokenLifeSeconds = 7_776_000;

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const sign = (content: string, secret: string): string =>
  createHmac('sha256', secret).update(content).digest('base64url');

/** A token as the panel issues it at login (docs/panels/flvx.md, 2.1); `issuedAt` in seconds. */
export function issueToken(
  secret: string,
  user: { readonly id: number; readonly name: string; readonly roleId: number },
  issuedAt: number,
): string {
  const head = encode({ alg: 'HmacSHA256', typ: 'JWT' });
  const claims = {
    sub: String(user.id),
    iat: issuedAt,
    exp: issuedAt + tokenLifeSeconds,
    user: user.name,
    name: user.name,
    role_id: user.roleId,
  };
  const content = `${head}.${encode(claims)}`;
  return `${content}.${sign(content, secret)}`;
}

function integerClaim(value: unknown): number | null {
  if (value === undefined || value === null) return 0;
  return typeof value === 'number' && Number.isInteger(value) ? value : null;
}

/**
 * The claims of a token with a good signature, or null. As on the panel, its header is ignored, a missing role counts as 0,
 * and a token without `exp` counts as expired.
 */
export function readToken(secret: string, token: string): FlvxClaims | null {
  const parts = token.split('.');
  const [head, payload, signature] = parts;
  if (parts.length !== 3 || head === undefined || payload === undefined || signature === undefined) return null;
  if (sign(`${head}.${payload}`, secret) !== signature || !/^[\w-]+$/.test(payload)) return null;
  let raw: unknown;
  try {
    raw = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
  if (typeof raw !== 'object' || raw === null) return null;
  const { sub, exp, role_id: role } = raw as { sub?: unknown; exp?: unknown; role_id?: unknown };
  const until = integerClaim(exp);
  const roleId = integerClaim(role);
  const subject = sub ?? '';
  return until === null || roleId === null || typeof subject !== 'string' ? null : { sub: subject, exp: until, roleId };
}
