import type * as ChildProcess from 'node:child_process';
import type * as Net from 'node:net';

/** What a server is started with. */
export interface SupervisedServer {
  /** Folder of the programs. */
  bin: string;
  /** Folder of its own, with `control.sock` while it runs. */
  folder: string;
  /** Who runs it: the server refuses root. */
  user: { uid: number; gid: number } | null;
  /** Settings of the server. */
  settings: readonly string[];
  /** What it is made with, beside what all are. */
  initial: readonly string[];
}

/**
 * Runs a server for as long as somebody is connected to its control socket, then ends it and removes its folder, also where the tests
 * were killed. The source of this function runs in a process of its own, so that it uses nothing from outside.
 *
 * Each line on the socket is a request (`hello`, `restart`, `kill`), which is answered by `ok`.
 */
// oxlint-disable-next-line max-lines-per-function -- its source runs by itself
export async function supervise({ bin, folder, user, settings, initial }: SupervisedServer): Promise<void> {
  const { spawn } = process.getBuiltinModule('node:child_process');
  const fs = process.getBuiltinModule('node:fs');
  const net = process.getBuiltinModule('node:net');
  const data = `${folder}/data`;
  const log = fs.openSync(`${folder}/log`, 'a');
  fs.writeFileSync(`${folder}/pid`, String(process.pid));
  const how = {
    stdio: ['ignore', log, log] as ChildProcess.StdioOptions,
    cwd: folder,
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
    ...user,
  };
  const run = (program: string, args: readonly string[]): Promise<number | null> =>
    new Promise((resolve) => {
      spawn(`${bin}/${program}`, args, how)
        .on('exit', resolve)
        .on('error', () => {
          resolve(-1);
        });
    });
  const freePort = (): Promise<number> =>
    new Promise((resolve) => {
      const probe = net.createServer().listen(0, '127.0.0.1', () => {
        const { port } = probe.address() as Net.AddressInfo;
        probe.close(() => {
          resolve(port);
        });
      });
    });
  const answers = async (port: number): Promise<boolean> =>
    (await run('pg_isready', ['-q', '-h', '127.0.0.1', '-p', String(port)])) === 0;
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  fs.mkdirSync(data, { mode: 0o700 });
  if (user !== null) fs.chownSync(data, user.uid, user.gid);
  const common = ['-D', data, '-U', 'postgres', '-E', 'UTF8', '-N'];
  if ((await run('initdb', [...common, ...initial])) !== 0) process.exit(1);
  const port = await freePort();
  let server: ChildProcess.ChildProcess | null = null;
  const start = async (): Promise<void> => {
    const args = [
      '-D',
      data,
      '-p',
      String(port),
      '-k',
      '',
      '-h',
      '127.0.0.1',
      ...settings.flatMap((one) => ['-c', one]),
    ];
    const started = spawn(`${bin}/postgres`, args, how);
    server = started;
    while (!(await answers(port))) {
      if (started.exitCode !== null) process.exit(1);
      await pause(20);
    }
  };
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    const stopping = server;
    server = null;
    if (stopping === null || stopping.exitCode !== null) return;
    const ended = new Promise((resolve) => stopping.on('exit', resolve));
    stopping.kill(signal);
    await ended;
  };
  const end = async (): Promise<void> => {
    // Who comes now starts another server, once this one is gone.
    fs.rmSync(`${folder}/control.sock`, { force: true });
    await stop('SIGINT');
    fs.rmSync(folder, { recursive: true, force: true });
    process.exit(0);
  };
  await start();
  fs.writeFileSync(`${folder}/port`, String(port));
  const serve = async (request: string): Promise<void> => {
    if (request === 'kill') await stop('SIGQUIT');
    if (request !== 'restart') return;
    await stop('SIGINT');
    await start();
  };
  let users = 0;
  let ending = setTimeout(() => void end(), 60_000);
  net
    .createServer((socket) => {
      if (!fs.existsSync(`${folder}/control.sock`)) {
        socket.destroy();
        return;
      }
      users += 1;
      clearTimeout(ending);
      socket.on('data', (text) => {
        for (const line of String(text).split('\n').filter(Boolean)) void serve(line).then(() => socket.write('ok\n'));
      });
      socket.on('error', () => undefined);
      socket.on('close', () => {
        users -= 1;
        if (users === 0) ending = setTimeout(() => void end(), 5000);
      });
    })
    .listen(`${folder}/control.sock`);
}
