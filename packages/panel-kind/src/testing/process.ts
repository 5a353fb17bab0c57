/** A process that can be killed at a write to its store, or from outside. */
export interface Life {
  /** Writes so far. */
  writes: number;
  /** Number of the write that it dies before; null: none. */
  diesBefore: number | null;
  isDead: boolean;
  /** Called once, when it dies. */
  onDeath?: () => void;
}

/** Returns a life that ends before the given write (the first is 0), or only from outside. */
export function newLife(diesBefore: number | null = null): Life {
  return { writes: 0, diesBefore, isDead: false };
}

/** Ends a life. */
export function kill(life: Life): void {
  if (life.isDead) return;
  life.isDead = true;
  life.onDeath?.();
}

/** What a dead process gets from its store. */
class Killed extends Error {}

/** Returns the store as a process has it: once that is dead, nothing is read or written any more. */
export function withLife<Store extends object>(store: Store, life: Life): Store {
  return mortal(store, life) as Store;
}

function mortal(target: object, life: Life): object {
  const tables = new Map<unknown, object>();
  return new Proxy(target, {
    get(of, name) {
      const value: unknown = Reflect.get(of, name);
      if (typeof value === 'object' && value !== null) {
        const table = tables.get(name) ?? mortal(value, life);
        tables.set(name, table);
        return table;
      }
      if (typeof value !== 'function') return value;
      return (...inputs: unknown[]): unknown => {
        if (name === 'write' && life.writes++ === life.diesBefore) kill(life);
        if (life.isDead) return Promise.reject(new Killed('the process is dead'));
        return Reflect.apply(value, of, inputs);
      };
    },
  });
}
