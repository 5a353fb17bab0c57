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
      let first = all.shift();
      while (first?.isOver() === true) first = all.shift();
      waiting.delete(who);
      if (all.length > 0) waiting.set(who, all);
      if (first === undefined) continue;
      schedule();
      first.begin();
      return;
    }
    isDue = false;
  };
  return (who, isOver = () => false) =>
    new Promise((resolve) => {
      const own = waiting.get(who) ?? [];
      own.push({ begin: resolve, isOver });
      waiting.set(who, own);
      if (!isDue) schedule();
    });
}
