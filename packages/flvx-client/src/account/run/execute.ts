import type { FlvxClient, FlvxObserveOptions } from '../../client/client.js';
import { observeAccount } from '../account.js';
import { emptyHistory } from '../history/history.js';
import { Execution } from './execution.js';
import type { FlvxExecution, FlvxOperation, FlvxRunOptions } from './operation.js';

/**
 * Runs an operation: plans from an observation, performs the first step between the two hooks, reads the panel again, finds out
 * how the step ended, and plans again until nothing is left. A failed step stops only the steps that need it. Executions on one
 * account wait for each other. After any failure, run it again: it continues to the same final state.
 *
 * Rejects when the account can't be read, when the first plan is refused (`FlvxRefusedError`), and with the error of a hook. All
 * later failures are in the result.
 *
 * @example
 * const result = await execute(client, { scope: { userId: 12 }, plan: (observed) => planTerminate(observed) });
 * if (!result.done) throw new Error(result.steps.map((step) => step.error?.message ?? '').join(' '));
 */
export async function execute(
  client: FlvxClient,
  operation: FlvxOperation,
  options: FlvxRunOptions = {},
): Promise<FlvxExecution> {
  const { scope } = operation;
  const reading: FlvxObserveOptions = {
    ...(options.tag === undefined ? {} : { tag: options.tag }),
    ...(options.password == null ? {} : { password: options.password }),
  };
  const run = async (): Promise<FlvxExecution> => {
    const observed = options.observed ?? (await observeAccount(client, scope, emptyHistory, reading));
    return await new Execution(client, operation, options, observed).run();
  };
  if (scope.userId != null) return await client.alone(`id ${scope.userId}`, run);
  return await client.alone(`name ${scope.name ?? ''}`, async () => {
    // Another execution may work on an existing account by its id.
    const id = (options.observed ?? (await client.observe(scope))).user?.id;
    return id === undefined ? await run() : await client.alone(`id ${id}`, run);
  });
}
