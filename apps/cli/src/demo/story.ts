import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Terminal } from '../terminal/terminal.js';
import type { CommandContext, CommandHandler, GlobalOptions } from '../commands/command.js';
import { ExitCode } from '../exit-codes.js';
import { DEMO_SERVICES, DEMO_TOKEN, demoConfig, startDemoPanel, type DemoPanel } from './panel.js';
import { playOnStage, type DemoStep, type Stage, type StageSettings } from './stage.js';

const GB = 1024 ** 3;
const QUARTER_MS = 900_000;

/** Options of `demo`. */
export interface DemoOptions extends GlobalOptions {
  movingIn?: boolean;
}

interface Scene extends DemoPanel, Stage {
  setEnforce: (value: 'on' | 'observe') => void;
}

/** `sluice demo` */
export function demoWith(run: CommandContext['run']): CommandHandler<DemoOptions> {
  return async (_args, options, deps) => {
    const terminal = new Terminal(deps, options);
    const parts = { run, deps, terminal };
    const steps = await (options.movingIn === true ? playMovingIn(parts) : playFirstRuns(parts));
    terminal.document({ steps });
    return steps.every((step) => step.asExpected) ? ExitCode.done : ExitCode.failed;
  };
}

type Parts = Pick<StageSettings, 'run' | 'deps' | 'terminal'>;

async function playMovingIn(parts: Parts): Promise<DemoStep[]> {
  const { movingIn } = await import('./moving-in.js');
  return await movingIn(parts);
}

/** Runs real commands against a fake panel with three servers. */
async function playFirstRuns(parts: Parts): Promise<DemoStep[]> {
  const demo = await startDemoPanel();
  try {
    return await playOnStage({ ...parts, env: { DEMO_TOKEN }, now: demo.clock.now }, async (stage) => {
      const setEnforce = (value: 'on' | 'observe'): void => {
        writeFileSync(path.join(stage.folder, 'sluice.yaml'), demoConfig(demo.panel.url, value), { mode: 0o600 });
      };
      setEnforce('observe');
      writeFileSync(path.join(stage.folder, 'services.csv'), DEMO_SERVICES);
      await play({ ...demo, ...stage, setEnforce });
    });
  } finally {
    await demo.panel.close();
  }
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
