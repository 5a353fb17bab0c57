import { startStandalone, usage } from './standalone/start-standalone.js';

/** Prints the greeting when the fake is ready, and its numbers of calls on SIGTERM or SIGINT. */
async function run(): Promise<void> {
  const { greeting, server } = await startStandalone(process.argv.slice(2));
  process.stdout.write(`${JSON.stringify({ ...greeting, pid: process.pid })}\n`);
  const end = (): void => {
    const { calls, changing, maxInFlight } = server.totals;
    process.stdout.write(`${JSON.stringify({ calls, changing, maxInFlight })}\n`);
    void server.close();
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
}

if (process.argv.includes('--help')) process.stdout.write(`${usage}\n`);
else
  run().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
    process.exitCode = 2;
  });
