export { manPages, type ManualParts } from './man-pages.js';
