/** Returns whether a location is the address of a database on PostgreSQL; anything else is the path of a file. */
export function isOnServer(location: string): boolean {
  return /^postgres(ql)?:/i.test(location);
}
