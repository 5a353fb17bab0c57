import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Terminal } from '../terminal/terminal.js';
import type { CommandContext, CommandHandler } from '../commands/command.js';
import type { Deps } from '../context.js';
import { ExitCode } from '../exit-codes.js';
import { DEMO_SERVICES, DEMO_TOKEN, demoConfig, startDemoPanel, type DemoPanel } from './panel.js';

const GB = 1024 ** 3;
const QUARTER_MS = 900_000;

/** One command of the demo and whether it ended as expected. */
interface DemoStep {
  command: string;
  exitCode: number;
  asExpected: boolean;
}

interface Scene extends DemoPanel {
  say: (text: string) => void;
  sluice: (command: string, expectedExit: number) => Promise<void>;
  setEnforce: (value: 'on' | 'observe') => void;
}

/** `sluice demo` */
export function demoWith(run: CommandContext['run']): CommandHandler {
  return async (_args, options, deps) => {
    const terminal = new Terminal(deps, options);
    const steps = await runDemo(run, deps, terminal);
    terminal.document({ steps });
    return steps.every((step) => step.asExpected) ? ExitCode.done : ExitCode.failed;
  };
}

/** Runs real commands against a fake panel in a temporary folder, which is removed at the end. */
async function runDemo(run: CommandContext['run'], deps: Deps, terminal: Terminal): Promise<DemoStep[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-demo-'));
  const demo = await startDemoPanel();
  const steps: DemoStep[] = [];
  const inside: Deps = {
    ...deps,
    stdout: terminal.json ? { write: () => true } : deps.stdout,
    env: { ...deps.env, DEMO_TOKEN, SLUICE_CONFIG: '' },
    cwd: folder,
    clock: { now: () => demo.clock.now(), sleep: (ms, signal) => deps.clock.sleep(ms, signal) },
  };
  const scene: Scene = {
    ...demo,
    say: (text) => {
      terminal.line();
      terminal.line(terminal.colors.bold(`# ${text}`));
    },
    sluice: async (command, expectedExit) => {
      terminal.verbatim(terminal.colors.dim(`$ sluice ${command}`));
      const exitCode = await run(command.split(' '), inside);
      if (exitCode !== 0) terminal.line(terminal.colors.dim(`(exit code ${exitCode})`));
      steps.push({ command, exitCode, asExpected: exitCode === expectedExit });
    },
    setEnforce: (value) => {
      writeFileSync(path.join(folder, 'sluice.yaml'), demoConfig(demo.panel.url, value), { mode: 0o600 });
    },
  };
  try {
    scene.setEnforce('observe');
    writeFileSync(path.join(folder, 'services.csv'), DEMO_SERVICES);
    await play(scene);
  } finally {
    await demo.panel.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const failed = steps.filter((step) => !step.asExpected);
  if (failed.length > 0)
    terminal.warn(
      `The demo did not end as expected. Commands with an unexpected exit code: ${failed.map((step) => step.command).join(', ')}`,
    );
  return steps;
}

async function play(scene: Scene): Promise<void> {
  const { say, sluice, panel, clock } = scene;
  say('A panel with three servers. Staff has already disabled port 7002 of alpha.');
  await sluice('panel test', 0);
  await sluice('service import services.csv', 0);

  say('Sluice starts with "enforce: observe". It reads and decides, but changes nothing.');
  panel.addTraffic(501, { in: 15 * GB, out: 5 * GB });
  clock.advance(QUARTER_MS);
  await sluice('poll --verbose', 0);

  say('The operator switches to enforce. alpha is over its 100 GB: its port is disabled.');
  scene.setEnforce('on');
  await sluice('plan', 4);
  clock.advance(QUARTER_MS);
  await sluice('poll', 0);
  say(portLine(scene));

  say('Staff enables the port by hand: reconcile finds the drift and repairs it.');
  panel.staffEnablePort(7001);
  clock.advance(QUARTER_MS);
  await sluice('reconcile', 0);

  say(
    'The panel returns an invalid answer for beta: beta is left unchanged, the other services are processed, the exit code is 3.',
  );
  panel.spoilBandwidth(502, '<html>Sign in</html>');
  clock.advance(QUARTER_MS);
  await sluice('poll', 3);
  panel.honestBandwidth();

  say('gamma is unpaid: its order is suspended.');
  await sluice('provision suspend gamma --reason unpaid', 0);

  say('alpha buys 50 GB for this cycle: the purchase undoes what Sluice changed, and only that.');
  await sluice('credit add 11 20 --currency EUR', 0);
  await sluice('purchase create alpha extra-50 --ref order-4711', 0);
  say(portLine(scene));

  say('With auto-buy the next poll buys before it holds.');
  await sluice('auto-buy set alpha --on --package extra-50 --threshold 10GB', 0);
  panel.addTraffic(501, { in: 30 * GB, out: 10 * GB });
  clock.advance(QUARTER_MS);
  await sluice('poll', 0);
  await sluice('purchase list', 0);
  await sluice('credit history 11', 0);

  say('"explain" shows why alpha is in its state, using only the store:');
  await sluice('explain alpha', 0);
  await sluice('log list --actions', 0);

  say('"report" shows where each service stands, also as a page with charts that needs no other file:');
  await sluice('report', 0);
  await sluice('report --html report.html', 0);
  say(
    'The demo removes its folder. With your own config, "sluice serve" shows the same in a browser, at http://127.0.0.1:8787 by default.',
  );
}

function portLine({ panel }: Scene): string {
  const states = [7001, 7002, 7003].map((id) => `${id} ${panel.port(id).adminState}`);
  return `Ports of alpha on the panel now: ${states.join(', ')}`;
}
