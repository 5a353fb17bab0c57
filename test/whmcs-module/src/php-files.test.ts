import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { INTEGRATION } from './test/php.js';

const has = (program: string): boolean => spawnSync(program, ['--version']).status === 0;

/** The versions of PHP on this machine: that of the path, and others by their names in Debian. */
const versions = ['php', 'php8.1', 'php8.3', 'php8.4', 'php8.5'].filter(has);
const phpstan = process.env['SLUICE_PHPSTAN'] ?? (has('phpstan') ? 'phpstan' : null);

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
