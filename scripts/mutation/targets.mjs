const under = (folder, names) => names.map((name) => `packages/${folder}/${name}.ts`);

/** What decides, plans and stops changes of panels. Its mutants are noticed by tests of its own package, or of the engine. */
export const MUTATED = [
  ...under('engine/src', ['loop/brake', 'loop/decide', 'loop/plan', 'loop/resolve', 'kernel/subject/facts']),
  ...under('easydcim-client/src/panel', ['plan', 'plan-left']),
  ...under('flvx-client/src/panel', ['plan', 'plan-input']),
  ...under('flvx-client/src/account/plan', [
    'plan-account',
    'plan-ensure-user',
    'plan-forwards',
    'plan-limits',
    'plan-permissions',
  ]),
  ...under('hiddify-agent-traffic/src', ['panel/plan', 'account/plan-users']),
  ...under('astbilling-client/src/panel', ['plan', 'plan-did', 'plan-holds', 'plan-password', 'plan-repairs']),
  ...under('astbilling-client/src/account', ['plan-did', 'plan-line', 'plan-states']),
];
