import * as z from 'zod';
import { epochSeconds, type EpochSeconds } from '../units.js';

/** Three base64url parts. */
const TOKEN = /^[\w-]+\.([\w-]+)\.[\w-]+$/;

const claims = z.object({ exp: z.int().positive(), role_id: z.int(), name: z.string() });

/** The claims of a token. */
export interface FlvxClaims {
  expiresAt: EpochSeconds;
  /** 0 is an administrator. */
  role: number;
  name: string;
}

/**
 * Parses the payload of the panel's token; null when it can't be parsed. JWT libraries refuse the algorithm that its header
 * names (docs/panels/flvx.md, 2.1).
 */
export function parseToken(token: string): FlvxClaims | null {
  const [, payload] = TOKEN.exec(token) ?? [];
  if (payload === undefined) return null;
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
  const checked = claims.safeParse(json);
  if (!checked.success) return null;
  return { expiresAt: epochSeconds(checked.data.exp), role: checked.data.role_id, name: checked.data.name };
}
