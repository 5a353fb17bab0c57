import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { INTEGRATION, noPhp } from './test/php.js';

const has = (program: string): boolean => spawnSync(program, ['--version']).status === 0;

/** The versions of PHP on this machine: that of the path, and others by their names in Debian. */
const versions = ['php', 'php8.1', 'php8.3', 'php8.4', 'php8.5'].filter(has);
const phpstan = process.env['SLUICE_PHPSTAN'] ?? (has('phpstan') ? 'phpstan' : null);

(noPhp === null ? it : it.skip)(`logs of uuids, which are keys of Hiddify, show four digits${noPhp ?? ''}`, () => {
  const uuid = '0f3c1c9e-7d6b-4a53-9a57-2f1f6f0c9a11';
  const program = `require 'modules/servers/sluice/lib/autoload.php';
    $secrets = new Sluice\\Whmcs\\Secrets(['a-long-token']);
    $row = json_decode($argv[1], true);
    echo json_encode([$secrets->maskedValues($row), $secrets->masked('GET /agents/' . $argv[2])]);`;
  const row = {
    refs: { hiddify_user_uuid: uuid, hiddify_agent_uuid: uuid.toUpperCase() },
    note: `of ${uuid}, a-long-token`,
  };
  const { stdout } = spawnSync('php', ['-r', program, JSON.stringify(row), uuid], {
    cwd: INTEGRATION,
    encoding: 'utf8',
  });
  expect(JSON.parse(stdout)).toEqual([
    { refs: { hiddify_user_uuid: '0f3c...', hiddify_agent_uuid: '0F3C...' }, note: 'of 0f3c..., ********' },
    'GET /agents/0f3c...',
  ]);
});

describe('the PHP files', () => {
  (versions.length > 0 ? it : it.skip)(
    `have no syntax error${versions.length > 0 ? '' : ' (skipped: there is no php)'}`,
    () => {
      const files = readdirSync(INTEGRATION, { recursive: true, encoding: 'utf8' }).filter((file) =>
        file.endsWith('.php'),
      );
      expect(files).toEqual(expect.arrayContaining(['modules/addons/sluice/sluice.php']));
      for (const version of versions) {
        const { status, stdout } = spawnSync('xargs', ['-n', '1', '-P', '2', version, '-l'], {
          cwd: INTEGRATION,
          input: files.join('\n'),
          encoding: 'utf8',
        });
        expect([version, status, stdout.split('\n').filter((line) => !/^(No syntax errors .*)?$/.test(line))]).toEqual([
          version,
          0,
          [],
        ]);
      }
    },
  );

  const why = phpstan === null ? ' (skipped: no phpstan on the path, and SLUICE_PHPSTAN names none)' : '';
  (phpstan === null ? it.skip : it)(`pass PHPStan at its highest level${why}`, () => {
    const words = ['analyse', '-c', 'phpstan.neon', '--no-progress', '--error-format', 'raw', '--memory-limit', '1G'];
    const { status, stdout } = spawnSync(phpstan ?? '', words, { cwd: INTEGRATION, encoding: 'utf8' });
    expect([status, stdout.trim()]).toEqual([0, '']);
  });
});
