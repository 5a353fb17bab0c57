import { whyNoPostgres } from '../testing/server.js';

const reason = whyNoPostgres();
if (reason !== null) {
  const { describe } = globalThis as unknown as { describe: { skip: (name: string, work: () => void) => void } };
  const named = (_name: string, work: () => void): void => {
    describe.skip(`without PostgreSQL: ${reason}`, work);
  };
  Object.assign(globalThis, { describe: Object.assign(named, describe) });
}
