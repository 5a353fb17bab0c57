import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { root } from './ensure-installed.mjs';

// Takes pictures of all pages of customers, resellers and operators: in each language, three widths, light, dark and printed.
// node scripts/pictures.mjs [FOLDER]

const folder = path.resolve(process.argv[2] ?? path.join(root, '.reports', 'pictures'));
const { status } = spawnSync(
  process.execPath,
  [path.join(root, 'scripts', 'run-jest.mjs'), 'src/test/browser/all-pages'],
  {
    cwd: path.join(root, 'apps', 'dashboard'),
    stdio: 'inherit',
    env: {
      ...process.env,
      NODE_OPTIONS: '--experimental-vm-modules',
      SLUICE_LONG: '1',
      SLUICE_PICTURES: folder,
      SLUICE_REPORT: 'pictures',
    },
  },
);
process.stdout.write(`${status === 0 ? 'Pictures' : 'A page is not as it should be; pictures'} are in ${folder}\n`);
process.exit(status ?? 1);
