/** What the text of each kind of line may contain, in braces. */
export const LINE_PLACEHOLDERS = {
  purchase: ['traffic', 'name', 'service', 'client', 'package'],
  calls: ['username', 'name', 'service', 'client', 'period', 'from', 'to', 'last'],
} as const;
