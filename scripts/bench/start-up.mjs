import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { interleaved, main, runTimed } from './lib.mjs';

/** `sluice --help` and `sluice usage` against bare node. */
export async function benchStartUp() {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-bench-'));
  writeFileSync(
    path.join(folder, 'sluice.yaml'),
    'panels:\n  dcim: { kind: easydcim, url: "https://dcim.example.com", token: "${env:TOKEN}" }\nproducts:\n  big: { panel: dcim, quota: 10TB }\n',
    { mode: 0o600 },
  );
  const run = (args) => async () => {
    const { code, ms, stderr } = await runTimed(args, { cwd: folder });
    if (code !== 0) throw new Error(stderr);
    return ms;
  };
  try {
    const pairs =
      'service add svc-1 panel=dcim product=big billing_cycle=monthly next_due_date=2030-01-15 easydcim_service_id=1';
    await run([main, ...pairs.split(' ')])();
    const figures = await interleaved(
      { node: run(['-e', '0']), help: run([main, '--help']), usage: run([main, 'usage']) },
      15,
    );
    return [
      { name: 'sluice --help against bare node', figure: figures.help / figures.node, limit: 1.4 },
      { name: 'sluice usage against bare node', figure: figures.usage / figures.node, limit: 2.5 },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
