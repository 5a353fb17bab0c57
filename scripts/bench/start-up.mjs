import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { interleaved, main, runTimed } from './lib.mjs';

/** `sluice --help` and `sluice usage` of one service against bare node; the latter also where no command has left its code compiled. */
export async function benchStartUp() {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-bench-'));
  writeFileSync(
    path.join(folder, 'sluice.yaml'),
    'panels:\n  dcim: { kind: easydcim, url: "https://dcim.example.com", token: "${env:TOKEN}" }\nproducts:\n  big: { panel: dcim, quota: 10TB }\n',
    { mode: 0o600 },
  );
  const run = (args, env) => async () => {
    const { code, ms, stderr } = await runTimed(args, { cwd: folder, env });
    if (code !== 0) throw new Error(stderr);
    return ms;
  };
  try {
    const pairs =
      'service add svc-1 panel=dcim product=big billing_cycle=monthly next_due_date=2030-01-15 easydcim_service_id=1';
    await run([main, ...pairs.split(' ')])();
    const figures = await interleaved(
      {
        node: run(['-e', '0']),
        help: run([main, '--help']),
        usage: run([main, 'usage', 'svc-1']),
        first: run([main, 'usage', 'svc-1'], { NODE_DISABLE_COMPILE_CACHE: '1' }),
      },
      15,
    );
    return [
      { name: 'sluice --help against bare node', figure: figures.help / figures.node, limit: 1.4 },
      { name: 'sluice usage SERVICE against bare node', figure: figures.usage / figures.node, limit: 2.2 },
      {
        name: 'sluice usage SERVICE that compiles its code against bare node',
        figure: figures.first / figures.node,
        limit: 3.3,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
