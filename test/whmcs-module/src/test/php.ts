import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';

/** The folder with the modules for WHMCS. */
export const INTEGRATION = path.resolve(import.meta.dirname, '../../../../integrations/whmcs');

const LIBRARIES = ['Illuminate/Database/autoload.php', 'smarty4/Smarty.class.php'];

/** Why the modules can't be run here, as a suffix of a test's name; `null` if they can. */
export const noPhp = ((): string | null => {
  const needed = LIBRARIES.map((file) => `is_file("/usr/share/php/${file}")`).join(' && ');
  const check = `exit(${needed} && extension_loaded("curl") && extension_loaded("pdo_sqlite") ? 0 : 1);`;
  const { status, error } = spawnSync('php', ['-r', check]);
  if (error !== undefined) return ' (skipped: there is no php)';
  return status === 0 ? null : ' (skipped: php-curl, php-sqlite3, php-illuminate-database or smarty4 is missing)';
})();

/** A call of a module's function or of a hook (integrations/whmcs/test/run.php). */
export type PhpCall = (
  | { module: string; call: string; params?: Record<string, unknown> }
  | { hook: string; vars?: Record<string, unknown> }
  | { hook: string; menu: string[] }
) & {
  get?: Record<string, string>;
  post?: Record<string, unknown>;
  session?: Record<string, unknown>;
  /** The session of the call before. */
  isSameSession?: true;
  /** The password that WHMCS stores for the service after a success. */
  storedAfter?: string;
};

/** What a call did in WHMCS. */
export interface PhpResult {
  returned: unknown;
  /** What was printed. */
  output: string;
  /** The template that the function names, rendered. */
  html: string | null;
  thrown: string | null;
  milliseconds: number;
  /** What the session has after it. */
  session: Record<string, unknown>;
  /** Rows of the module log, after the replacement of secrets. */
  moduleLog: { module: string; action: string; request: string; response: string; processed: string }[];
  activity: { message: string; client: number }[];
  /** Service properties that were saved. */
  saved: Record<string, string>;
}

/** Rows of tables of WHMCS's database. */
export type Tables = Record<string, Row[]>;
type Row = Record<string, string | number | null>;

/** What one PHP process is asked for. */
export interface PhpRequest {
  database: string;
  /** The folder of WHMCS, with `modules`; default: the repository's. */
  root?: string;
  /** The folder for compiled templates. */
  compile: string;
  api?: { url: string; identifier: string; secret: string };
  tables?: Tables;
  /** Constants that `configuration.php` defines. */
  constants?: Record<string, number>;
  calls: PhpCall[];
}

/** Runs calls in one PHP process, one after the other. The server that they reach may be in this process. */
export async function runPhp(request: PhpRequest): Promise<{ results: PhpResult[]; tables: Tables }> {
  const child = spawn('php', [path.join(INTEGRATION, 'test', 'run.php')], { stdio: ['pipe', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.end(JSON.stringify(request));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  if (status !== 0) throw new Error(`php ended with ${String(status)}: ${stdout}${stderr}`);
  return JSON.parse(stdout) as { results: PhpResult[]; tables: Tables };
}
