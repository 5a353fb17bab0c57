import * as z from 'zod';
import { bytesOfGigabytes } from '../client/gigabytes.js';

/** A database's sum may come as text. */
const bytes = z
  .union([z.number(), z.string().regex(/^-?\d+(\.0*)?$/)])
  .transform((value) => Math.max(0, Number(value)))
  .pipe(z.number().int().max(Number.MAX_SAFE_INTEGER));

/** GB or null; the add-on reads 0 as no limit. */
const limit = z
  .number()
  .nullable()
  .transform((gb, context) => {
    const whole = gb === null ? 0 : bytesOfGigabytes(gb);
    if (whole !== null) return whole > 0 ? whole : null;
    context.addIssue({ code: 'custom', message: 'a finite number is due' });
    return z.NEVER;
  });

export const statsSchema = z.object({
  agent_id: z.number().int(),
  agent_name: z.string(),
  agent_uuid: z.string(),
  total_traffic_bytes: bytes,
  traffic_limit_GB: limit,
  is_limit_exceeded: z.boolean(),
  users_count: z.number().int(),
});

export const listSchema = z.object({ agents: z.array(statsSchema), count: z.number().int() });

export const setLimitSchema = z.object({ agent_id: z.number().int(), traffic_limit_GB: z.number().nullable() });

export const checkSchema = z.object({ was_exceeded: z.boolean(), stats: statsSchema });

export const checkAllSchema = z.object({ exceeded_agents_count: z.number().int() });

export const canCreateSchema = z.object({
  can_create: z.boolean(),
  error_message: z.string().nullish(),
  agent_stats: statsSchema,
});
