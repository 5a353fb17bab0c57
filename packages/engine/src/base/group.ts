/** Returns rows by service. */
export function group<T extends { service: string | null }>(rows: T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    if (row.service === null) continue;
    const list = groups.get(row.service);
    if (list) list.push(row);
    else groups.set(row.service, [row]);
  }
  return groups;
}
