/** Returns whether a request bills all that is due of all lines, as the job of the schedule does: it names no part of that. */
export function isAllDue({
  service,
  invoice,
  period,
}: {
  service?: string | null | undefined;
  invoice?: string | null | undefined;
  period?: string | null | undefined;
}): boolean {
  return [service, invoice, period].every((named) => named === undefined || named === null);
}
