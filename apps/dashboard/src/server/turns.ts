/**
 * Resolves when it is the turn of `who`. Where it `isOver` before, nobody waits for it any more: it has no turn, and is never resolved.
 */
export type Turn = (who: string, isOver?: () => boolean) => Promise<void>;

interface Waiting {
  begin: () => void;
  isOver: () => boolean;
}

/**
 * Returns a function that resolves when it is somebody's turn: one after the other, in rotation between those who wait, and what arrives
 * meanwhile is handled between two turns.
 */
export function takeTurns(): Turn {
  const waiting = new Map<string, Waiting[]>();
  let isDue = false;
  const schedule = (): void => {
    isDue = waiting.size > 0;
    if (isDue) setImmediate(begin);
  };
  const begin = (): void => {
    for (const [who, all] of waiting) {
      const [first, ...rest] = all.filter(({ isOver }) => !isOver());
      waiting.delete(who);
      if (rest.length > 0) waiting.set(who, rest);
      if (first === undefined) continue;
      schedule();
      first.begin();
      return;
    }
    isDue = false;
  };
  return (who, isOver = () => false) =>
    new Promise((resolve) => {
      waiting.set(who, [...(waiting.get(who) ?? []), { begin: resolve, isOver }]);
      if (!isDue) schedule();
    });
}
