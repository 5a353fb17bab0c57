export type { InitAnswers, OfferedRow, PanelAnswer, ProductAnswer, SecretAnswer } from './answers.js';
export { type Check, checkCurrency, checkTimeZone, pathInConfig } from './check-answers.js';
export { type CollectedAnswers, collectAnswers, type CollectParts, type GivenAnswers } from './collect-answers.js';
export { type Ask, Interview, type Interviewer } from './interview.js';
export { type PanelPairsSources, parsePanels } from './panel-pairs.js';
export type { OpenEngine } from './test-panels.js';
export { refuseExisting, refuseUnwritable, writeConfig, type WrittenConfig } from './write-config.js';
