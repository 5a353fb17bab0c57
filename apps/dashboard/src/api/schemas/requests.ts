import * as z from 'zod';

/** The range of a graph. */
export const range = z
  .templateLiteral([z.number().int().positive().max(99_999), z.enum(['h', 'd'])])
  .or(z.literal('cycle'))
  .default('cycle')
  .describe('cycle, or the last hours or days: 24h, 7d');
