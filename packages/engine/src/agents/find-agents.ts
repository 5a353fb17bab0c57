/** Returns the agents of this uuid, or else of this name. */
export function matches<T extends { uuid: string; name: string }>(agents: readonly T[], text: string): T[] {
  const byUuid = agents.filter(({ uuid }) => uuid === text.toLowerCase());
  return byUuid.length > 0 ? byUuid : agents.filter(({ name }) => name === text);
}
