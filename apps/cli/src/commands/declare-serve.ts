import { type LazyCommand, repeated } from './command.js';
import { listOptions } from './list-options.js';

/** Declares `serve`, `worker`, `queue` and `api-token`. */
export function declareServe(program: LazyCommand): void {
  program
    .command('serve')
    .description('serve the HTTP API and the dashboard until interrupted')
    .option('--listen <address>', 'address and port (default: serve.listen of the config, or 127.0.0.1:8787)')
    .option('--with-schedule', 'also run poll, reconcile, agent check and call bill when they are due, as cron would')
    .examples('sluice serve', 'sluice serve --listen 127.0.0.1:9000 --with-schedule')
    .runs(async () => (await import('./serve.js')).serve);
  program
    .command('worker')
    .description('run the jobs that are due, beside other workers on a store on PostgreSQL, until interrupted')
    .option('--concurrency <n>', 'jobs at the same time (default: 4)')
    .examples('sluice worker', 'sluice worker --concurrency 8')
    .runs(async () => (await import('./worker.js')).worker);
  program.group('queue', 'the queue of jobs on PostgreSQL', declareQueue).examples('sluice queue show');
  program
    .group('api-token', 'tokens of the HTTP API, and share links', declareTokens)
    .examples('sluice api-token list');
}

function declareQueue(queue: LazyCommand): void {
  queue
    .command('show')
    .description('show waiting and ended jobs, and the workers; exit code 1 if no worker begins jobs')
    .examples('sluice queue show', 'sluice queue show --json')
    .runs(async () => (await import('./queue.js')).queueShow);
}

function declareTokens(tokens: LazyCommand): void {
  const load = () => import('./api-token.js');
  tokens
    .command('create <name>')
    .description('create a token, which is printed once')
    .requiredOption(
      '--scope <scope>',
      'what it permits: read, operate (all changes) or tokens (making tokens); or client:ID to read the services of one client, with buy, manage or password for what its customer may do; or agent:UUID for one agent and the users below it; repeatable',
      repeated,
    )
    .option('--expires <time>', 'when it ends: 90d, or a date (default: never)')
    .option('--actor <name>', 'who, for the list (default: the login name)')
    .examples(
      'sluice api-token create billing --scope operate --expires 90d',
      'sluice api-token create shop-42 --scope client:42 --scope buy',
    )
    .runs(async () => (await load()).apiTokenCreate);
  listOptions(tokens.command('list'), 'client', 'status=tokens')
    .description('list tokens and share links')
    .examples('sluice api-token list --status active')
    .runs(async () => (await load()).apiTokenList);
  tokens
    .command('revoke <token>')
    .description('end a token or share link, by its name or id, and its sessions')
    .option('--with-made', 'also end the tokens and links that it made')
    .examples('sluice api-token revoke billing', 'sluice api-token revoke billing --with-made')
    .runs(async () => (await load()).apiTokenRevoke);
}
