/** Nobody hears of what other processes write to a file: it is asked so often. */
const ASK_MS = 500;

/** Calls the listener when the version has changed, until the returned function is called. */
export function watchVersion(readVersion: () => Promise<string>, listener: () => void): () => void {
  let known: string | null = null;
  let isOver = false;
  let asking: ReturnType<typeof setTimeout> | null = null;
  const ask = async (): Promise<void> => {
    const version = await readVersion().catch(() => null);
    if (isOver) return;
    if (version !== known) {
      known = version;
      listener();
    }
    asking = setTimeout(() => void ask(), ASK_MS).unref();
  };
  void ask();
  return () => {
    isOver = true;
    if (asking !== null) clearTimeout(asking);
  };
}
