const under = (folder, names) => names.map((name) => `packages/${folder}/${name}.ts`);

const planners = [
  ...under('engine/src', [
    'loop/brake',
    'loop/decide',
    'loop/plan',
    'loop/resolve',
    'kernel/subject/facts',
    'features/agents/plan-users',
  ]),
  ...under('easydcim-client/src/panel', ['plan', 'plan-left']),
  ...under('flvx-client/src/panel', ['plan', 'plan-input']),
  ...under('flvx-client/src/account/plan', [
    'plan-account',
    'plan-ensure-user',
    'plan-forwards',
    'plan-limits',
    'plan-permissions',
  ]),
  ...under('hiddify-agent-traffic/src', ['panel/plan']),
  ...under('astbilling-client/src/panel', ['plan', 'plan-did', 'plan-holds', 'plan-password', 'plan-repairs']),
  ...under('astbilling-client/src/account', ['plan-did', 'plan-line', 'plan-states']),
];

const rules = under('quota-core/src', [
  'allowance',
  'auto-buy',
  'brake',
  'bytes',
  'cycle',
  'decide',
  'jump',
  'limit',
  'money',
  'poll-schedule',
  'reversals',
  'step-cycle',
  'window',
  'window-usage',
  'zone',
]);

export const toPackage = (file) => file.split('/').slice(0, 2).join('/');

/**
 * What is mutated: files, the folders whose tests have to notice, the minutes after which the rest is left out, and the least share in
 * percent. The rules are tested by their own package, what decides, plans and stops changes of panels by the engine's tests, too.
 */
export const PARTS = {
  rules: { files: rules, tests: ['packages/quota-core'], minutes: 50, least: 95 },
  planners: { files: planners, tests: ['test/engine', ...new Set(planners.map(toPackage))], minutes: 120, least: 85 },
};
