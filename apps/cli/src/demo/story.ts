import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CommandContext } from '../commands/command.js';
import type { Deps } from '../context.js';
import type { Terminal } from '../output/terminal.js';
import { DEMO_SERVICES, DEMO_TOKEN, demoConfig, startDemoPanel, type DemoPanel } from './panel.js';

const GB = 1024 ** 3;
const QUARTER_MS = 900_000;

/** One command of the demo and whether it came out as the story says. */
export interface DemoStep {
  command: string;
  exitCode: number;
  asExpected: boolean;
}

interface Scene extends DemoPanel {
  say: (text: string) => void;
  sluice: (command: string, expectedExit: number) => Promise<void>;
  setEnforce: (value: 'on' | 'observe') => void;
}

/** Plays the whole story with real commands against a fake panel; the temporary folder is removed in the end. */
export async function runDemo(run: CommandContext['run'], deps: Deps, terminal: Terminal): Promise<DemoStep[]> {
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
      terminal.line(terminal.colors.dim(`$ sluice ${command}`));
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
    await tell(scene);
  } finally {
    await demo.panel.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const failed = steps.filter((step) => !step.asExpected);
  if (failed.length > 0)
    terminal.warn(`The demo did not come out as it should: ${failed.map((step) => step.command).join(', ')}`);
  return steps;
}

async function tell(scene: Scene): Promise<void> {
  const { say, sluice, panel, clock } = scene;
  say('A panel with three servers. Staff has switched off port 7002 of alpha before we came.');
  await sluice('panel test', 0);
  await sluice('service import services.csv', 0);

  say('Sluice begins by watching: it reads and decides, and changes nothing.');
  panel.addTraffic(501, { in: 15 * GB, out: 5 * GB });
  clock.advance(QUARTER_MS);
  await sluice('poll --verbose', 0);

  say('The operator agrees and lets it enforce. alpha is over its 100 GB: its port goes down.');
  scene.setEnforce('on');
  await sluice('plan', 4);
  clock.advance(QUARTER_MS);
  await sluice('poll', 0);
  say(portLine(scene));

  say('Somebody switches the port on by hand: reconcile finds the drift and repairs it.');
  panel.staffEnablePort(7001);
  clock.advance(QUARTER_MS);
  await sluice('reconcile', 0);

  say('The panel answers garbage for beta: nothing is changed for it, the others are done, exit code 3.');
  panel.spoilBandwidth(502, '<html>Sign in</html>');
  clock.advance(QUARTER_MS);
  await sluice('poll', 3);
  panel.honestBandwidth();

  say('gamma has not paid: its order is suspended.');
  await sluice('provision suspend gamma --reason unpaid', 0);

  say('alpha gets a larger quota: the next poll gives back what Sluice took, and only that.');
  await sluice('override set alpha --quota 200GB --quiet', 0);
  clock.advance(QUARTER_MS);
  await sluice('poll', 0);
  say(portLine(scene));

  say('Why is alpha in its state? From the store alone:');
  await sluice('explain alpha', 0);
  await sluice('log list --actions', 0);
}

function portLine({ panel }: Scene): string {
  const states = [7001, 7002, 7003].map((id) => `${id} ${panel.port(id).adminState}`);
  return `Ports of alpha on the panel now: ${states.join(', ')}`;
}
