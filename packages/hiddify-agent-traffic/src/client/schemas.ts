import * as z from 'zod';
import type { HiddifyServerStatus } from './records.js';

export const meSchema = z.object({
  uuid: z.string().nullable(),
  name: z.string(),
  mode: z.enum(['super_admin', 'admin', 'agent']),
  parent_admin_uuid: z.string().nullish(),
});

export const infoSchema = z.object({ version: z.string().optional() });

/** A sum is text with MariaDB and a number otherwise. */
const count = z
  .union([z.number(), z.string().regex(/^\d+(\.0*)?$/)])
  .transform(Number)
  .pipe(z.number().int().min(0).max(Number.MAX_SAFE_INTEGER));

const period = z.object({ usage: count, online: count });

export const serverStatusSchema = z.object({
  usage_history: z.object({
    today: period,
    yesterday: period,
    last_30_days: period,
    total: period.extend({ users: count }),
  }),
});

/** Converts the panel's statistics. */
export function toServerStatus({ usage_history: history }: z.infer<typeof serverStatusSchema>): HiddifyServerStatus {
  const { today, yesterday, last_30_days: month, total } = history;
  const of = (figure: 'usage' | 'online'): HiddifyServerStatus['usage'] => ({
    today: today[figure],
    yesterday: yesterday[figure],
    last30Days: month[figure],
    total: total[figure],
  });
  return { usage: of('usage'), online: of('online'), users: total.users };
}
