export type { PanelKindSuite } from './bench.js';
export { describePanelKind } from './describe-panel-kind.js';
export type {
  SuiteCommand,
  SuiteEngine,
  SuiteEngineOptions,
  SuiteRun,
  SuiteServiceView,
  SuiteSluice,
  SuiteStore,
  SuiteTest,
} from './engine.js';
export type {
  CallPort,
  FailingWay,
  LimitedProduct,
  PanelWorld,
  PanelWorlds,
  ReleaseWay,
  StaffAct,
  SuiteClock,
  SuiteOperation,
  SuiteService,
} from './world.js';
