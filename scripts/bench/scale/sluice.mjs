import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { main, runTimed } from '../lib.mjs';
import { describePanels } from './panel.mjs';

const hook = path.join(import.meta.dirname, 'used-hook.mjs');
let runs = 0;

/** A folder with a config for these panels, and their services in its store. */
export async function prepareSluice(panels, options) {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-bench-'));
  const { config, services } = describePanels(panels, options);
  writeFileSync(path.join(folder, 'sluice.yaml'), config, { mode: 0o600 });
  writeFileSync(path.join(folder, 'services.csv'), services);
  /** Runs the built command to its end; what the process used, and how long it ran. Throws unless it ends with 0. */
  const run = async (...words) => {
    const file = path.join(folder, `used-${(runs += 1)}.json`);
    const env = { SLUICE_BENCH_USED: file };
    const { code, ms, stderr, stdout } = await runTimed(['--import', hook, main, ...words], {
      cwd: folder,
      env,
      keepOutput: true,
    });
    if (code !== 0) throw new Error(`sluice ${words.join(' ')} ended with ${code}: ${stderr.slice(-2000)}`);
    return { ms, stdout, ...JSON.parse(readFileSync(file, 'utf8')) };
  };
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    await run('service', 'import', 'services.csv', '--quiet');
  } catch (error) {
    remove();
    throw error;
  }
  return {
    folder,
    database: path.join(folder, 'sluice.db'),
    run,
    /** Replaces the config by one that has this section, too. */
    setPoll: (more) =>
      writeFileSync(path.join(folder, 'sluice.yaml'), describePanels(panels, { ...options, more }).config),
    remove,
  };
}
