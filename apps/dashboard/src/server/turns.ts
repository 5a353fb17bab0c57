/**
 * Returns a function that resolves when it is somebody's turn: one after the other, in rotation between those who wait, and what arrives
 * meanwhile is handled between two turns.
 */
export function takeTurns(): (who: string) => Promise<void> {
  const waiting = new Map<string, (() => void)[]>();
  let isDue = false;
  const schedule = (): void => {
    isDue = waiting.size > 0;
    if (isDue) setImmediate(begin);
  };
  const begin = (): void => {
    for (const [who, [first, ...rest]] of waiting) {
      waiting.delete(who);
      if (rest.length > 0) waiting.set(who, rest);
      schedule();
      first?.();
      return;
    }
  };
  return (who) =>
    new Promise((resolve) => {
      waiting.set(who, [...(waiting.get(who) ?? []), resolve]);
      if (!isDue) schedule();
    });
}
