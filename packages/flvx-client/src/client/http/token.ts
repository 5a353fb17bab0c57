import * as z from 'zod';
import { epochSeconds, type EpochSeconds } from '../units/units.js';

const claims = z.object({ exp: z.int().positive(), role_id: z.int(), name: z.string() });

/** What a token says of itself. */
export interface FlvxClaims {
  expiresAt: EpochSeconds;
  /** 0 is an administrator. */
  role: number;
  name: string;
}

/**
 * The payload of the panel's token, read by hand: its header names an algorithm that JWT libraries refuse (docs/panels/flvx.md, 2.1).
 * Null when it cannot be understood.
 */
export function readToken(token: string): FlvxClaims | null {
  const payload = token.split('.')[1];
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
